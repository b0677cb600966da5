"""The ConvNet in Keras: plain, with dropout, with batch normalisation, and with both."""

from collections.abc import Callable, Sequence

import keras
from keras import layers

Hook = Callable[[keras.KerasTensor, int], keras.KerasTensor]
SIZE = (28, 28, 1)


def convnet(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
) -> keras.Model:
    """Return the model, not compiled. Hand-written twin: ``rawtf.convnet.ConvNet``."""
    return _convnet("convnet", filters, hidden_layers, kernel_initializer, size)


def convnet_dropout(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
    dropout_rate: float = 0.5,
) -> keras.Model:
    """Return the same with dropout after each hidden dense layer; twin: ``ConvNetDropout``."""
    drop = _dropout(dropout_rate)
    return _convnet(
        "convnet_dropout", filters, hidden_layers, kernel_initializer, size, after_dense=drop
    )


def convnet_batchnorm(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
) -> keras.Model:
    """Return the same with each convolution's input normalised; twin: ``ConvNetBatchNorm``."""
    return _convnet(
        "convnet_batchnorm", filters, hidden_layers, kernel_initializer, size, before_conv=_norm
    )


def convnet_full(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
    dropout_rate: float = 0.5,
) -> keras.Model:
    """Return the model with both; twin: ``ConvNetFull``."""
    return _convnet(
        "convnet_full", filters, hidden_layers, kernel_initializer, size, _norm,
        _dropout(dropout_rate),
    )  # fmt: skip


def _as_it_is(a: keras.KerasTensor, number: int) -> keras.KerasTensor:
    return a


def _norm(a: keras.KerasTensor, number: int) -> keras.KerasTensor:
    return layers.BatchNormalization(name=f"batch_norm_{number}")(a)


def _dropout(rate: float) -> Hook:
    return lambda a, number: layers.Dropout(rate, name=f"dropout_{number}")(a)


def _convnet(
    name: str,
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object,
    size: tuple[int, int, int],
    before_conv: Hook = _as_it_is,
    after_dense: Hook = _as_it_is,
) -> keras.Model:
    f_1, f_2, f_3 = filters
    n_1, n_2 = hidden_layers
    init = {"kernel_initializer": kernel_initializer}
    conv = {"kernel_size": 3, "padding": "same", "activation": "relu", **init}
    x = keras.Input(size, name="x")
    a = layers.Conv2D(f_1, **conv, name="conv_1")(before_conv(x, 1))
    a = layers.Conv2D(f_2, **conv, name="conv_2")(before_conv(a, 2))
    a = layers.MaxPooling2D(name="max_pool_2")(a)
    a = layers.Conv2D(f_3, **conv, name="conv_3")(before_conv(a, 3))
    a = layers.MaxPooling2D(name="max_pool_3")(a)
    a = layers.Flatten(name="flatten")(a)
    a = after_dense(layers.Dense(n_1, "relu", **init, name="dense_1")(a), 1)
    a = after_dense(layers.Dense(n_2, "relu", **init, name="dense_2")(a), 2)
    y = layers.Dense(10, "softmax", **init, name="dense_3")(a)
    return keras.Model(x, y, name=name)
