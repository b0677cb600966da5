"""The multilayer perceptron in Keras, plain and with dropout."""

from collections.abc import Sequence

import keras
from keras import layers


def mlp(
    hidden_layers: Sequence[int], kernel_initializer: object = "glorot_uniform", n_inputs: int = 784
) -> keras.Model:
    """Return the model 784-64-32-16-10, not compiled. Hand-written twin: ``rawtf.mlp.MLP``."""
    n_1, n_2, n_3 = hidden_layers
    init = {"kernel_initializer": kernel_initializer}
    x = keras.Input((n_inputs,), name="x")
    a = layers.Dense(n_1, "sigmoid", **init, name="dense_1")(x)
    a = layers.Dense(n_2, "sigmoid", **init, name="dense_2")(a)
    a = layers.Dense(n_3, "sigmoid", **init, name="dense_3")(a)
    y = layers.Dense(10, "softmax", **init, name="dense_4")(a)
    return keras.Model(x, y, name="mlp")


def mlp_dropout(
    hidden_layers: Sequence[int],
    kernel_initializer: object = "glorot_uniform",
    n_inputs: int = 784,
    dropout_rate: float = 0.5,
) -> keras.Model:
    """Return the same with dropout after each hidden layer; twin: ``rawtf.mlp.MLPDropout``."""
    n_1, n_2, n_3 = hidden_layers
    init = {"kernel_initializer": kernel_initializer}
    x = keras.Input((n_inputs,), name="x")
    a = layers.Dense(n_1, "sigmoid", **init, name="dense_1")(x)
    a = layers.Dropout(dropout_rate, name="dropout_1")(a)
    a = layers.Dense(n_2, "sigmoid", **init, name="dense_2")(a)
    a = layers.Dropout(dropout_rate, name="dropout_2")(a)
    a = layers.Dense(n_3, "sigmoid", **init, name="dense_3")(a)
    a = layers.Dropout(dropout_rate, name="dropout_3")(a)
    y = layers.Dense(10, "softmax", **init, name="dense_4")(a)
    return keras.Model(x, y, name="mlp_dropout")
