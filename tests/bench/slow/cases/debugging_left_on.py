"""A model that is still debugged."""
import keras
import numpy as np
import tensorflow as tf

KIND = "speed"
CAUSE = "the model is compiled with run_eagerly=True, so that fit runs operation by operation"
LINE = 'model.compile(keras.optimizers.SGD(0.05), loss="mse", run_eagerly=True)'


def DATA():
    rng = np.random.RandomState(4)
    x = rng.normal(size=(704, 12)).astype("float32")
    y = (x[:, :1] * x[:, 1:2] + 0.1 * rng.normal(size=(704, 1))).astype("float32")
    return x[:640], y[:640], x[640:], y[640:]


def _net():
    return keras.Sequential([keras.Input((12,)), keras.layers.Dense(24, "relu"), keras.layers.Dense(1)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05), loss="mse")
    return model


def loop():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05), loss="mse", run_eagerly=True)
    return model


def fixed():
    return reference()
