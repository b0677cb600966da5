"""The binary perceptron in Keras: one ``Dense`` layer with a sigmoid."""

import keras
from keras import layers


def perceptron(kernel_initializer: object = "glorot_uniform", n_inputs: int = 784) -> keras.Model:
    """Return the model 784 to 1, not compiled. Hand-written twin: ``rawtf.perceptron``."""
    x = keras.Input((n_inputs,), name="x")
    y = layers.Dense(1, "sigmoid", kernel_initializer=kernel_initializer, name="dense_1")(x)
    return keras.Model(x, y, name="perceptron")
