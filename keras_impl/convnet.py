"""The ConvNet in Keras: plain, with dropout, with batch normalisation, and with both."""

from collections.abc import Sequence

import keras
from keras import layers

SIZE = (28, 28, 1)


def convnet(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
) -> keras.Model:
    """Return the model, not compiled. Hand-written twin: ``rawtf.convnet.ConvNet``."""
    (f_1, f_2, f_3), (n_1, n_2) = filters, hidden_layers
    init = {"kernel_initializer": kernel_initializer}
    conv = {"kernel_size": 3, "padding": "same", "activation": "relu", **init}
    x = keras.Input(size, name="x")
    a = layers.Conv2D(f_1, **conv, name="conv_1")(x)
    a = layers.Conv2D(f_2, **conv, name="conv_2")(a)
    a = layers.MaxPooling2D(name="max_pool_2")(a)
    a = layers.Conv2D(f_3, **conv, name="conv_3")(a)
    a = layers.MaxPooling2D(name="max_pool_3")(a)
    a = layers.Flatten(name="flatten")(a)
    a = layers.Dense(n_1, "relu", **init, name="dense_1")(a)
    a = layers.Dense(n_2, "relu", **init, name="dense_2")(a)
    y = layers.Dense(10, "softmax", **init, name="dense_3")(a)
    return keras.Model(x, y, name="convnet")


def convnet_dropout(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
    dropout_rate: float = 0.5,
) -> keras.Model:
    """Return the same with dropout after each hidden dense layer; twin: ``ConvNetDropout``."""
    (f_1, f_2, f_3), (n_1, n_2) = filters, hidden_layers
    init = {"kernel_initializer": kernel_initializer}
    conv = {"kernel_size": 3, "padding": "same", "activation": "relu", **init}
    x = keras.Input(size, name="x")
    a = layers.Conv2D(f_1, **conv, name="conv_1")(x)
    a = layers.Conv2D(f_2, **conv, name="conv_2")(a)
    a = layers.MaxPooling2D(name="max_pool_2")(a)
    a = layers.Conv2D(f_3, **conv, name="conv_3")(a)
    a = layers.MaxPooling2D(name="max_pool_3")(a)
    a = layers.Flatten(name="flatten")(a)
    a = layers.Dense(n_1, "relu", **init, name="dense_1")(a)
    a = layers.Dropout(dropout_rate, name="dropout_1")(a)
    a = layers.Dense(n_2, "relu", **init, name="dense_2")(a)
    a = layers.Dropout(dropout_rate, name="dropout_2")(a)
    y = layers.Dense(10, "softmax", **init, name="dense_3")(a)
    return keras.Model(x, y, name="convnet_dropout")


def convnet_batchnorm(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
) -> keras.Model:
    """Return the same with each convolution's input normalised; twin: ``ConvNetBatchNorm``."""
    (f_1, f_2, f_3), (n_1, n_2) = filters, hidden_layers
    init = {"kernel_initializer": kernel_initializer}
    conv = {"kernel_size": 3, "padding": "same", "activation": "relu", **init}
    x = keras.Input(size, name="x")
    a = layers.BatchNormalization(name="batch_norm_1")(x)
    a = layers.Conv2D(f_1, **conv, name="conv_1")(a)
    a = layers.BatchNormalization(name="batch_norm_2")(a)
    a = layers.Conv2D(f_2, **conv, name="conv_2")(a)
    a = layers.MaxPooling2D(name="max_pool_2")(a)
    a = layers.BatchNormalization(name="batch_norm_3")(a)
    a = layers.Conv2D(f_3, **conv, name="conv_3")(a)
    a = layers.MaxPooling2D(name="max_pool_3")(a)
    a = layers.Flatten(name="flatten")(a)
    a = layers.Dense(n_1, "relu", **init, name="dense_1")(a)
    a = layers.Dense(n_2, "relu", **init, name="dense_2")(a)
    y = layers.Dense(10, "softmax", **init, name="dense_3")(a)
    return keras.Model(x, y, name="convnet_batchnorm")


def convnet_full(
    filters: Sequence[int],
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    size: tuple[int, int, int] = SIZE,
    dropout_rate: float = 0.5,
) -> keras.Model:
    """Return the model with both; twin: ``ConvNetFull``."""
    (f_1, f_2, f_3), (n_1, n_2) = filters, hidden_layers
    init = {"kernel_initializer": kernel_initializer}
    conv = {"kernel_size": 3, "padding": "same", "activation": "relu", **init}
    x = keras.Input(size, name="x")
    a = layers.BatchNormalization(name="batch_norm_1")(x)
    a = layers.Conv2D(f_1, **conv, name="conv_1")(a)
    a = layers.BatchNormalization(name="batch_norm_2")(a)
    a = layers.Conv2D(f_2, **conv, name="conv_2")(a)
    a = layers.MaxPooling2D(name="max_pool_2")(a)
    a = layers.BatchNormalization(name="batch_norm_3")(a)
    a = layers.Conv2D(f_3, **conv, name="conv_3")(a)
    a = layers.MaxPooling2D(name="max_pool_3")(a)
    a = layers.Flatten(name="flatten")(a)
    a = layers.Dense(n_1, "relu", **init, name="dense_1")(a)
    a = layers.Dropout(dropout_rate, name="dropout_1")(a)
    a = layers.Dense(n_2, "relu", **init, name="dense_2")(a)
    a = layers.Dropout(dropout_rate, name="dropout_2")(a)
    y = layers.Dense(10, "softmax", **init, name="dense_3")(a)
    return keras.Model(x, y, name="convnet_full")
