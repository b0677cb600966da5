"""A loop that is slow, for `gvk diagnose --speed`: it makes its compiled step anew each time."""

import keras
import numpy as np
import tensorflow as tf


def DATA() -> tuple:
    """Return x_train, y_train, x_test, y_test."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4)).astype("float32")
    y = np.sin(x[:, :1])
    return x[:160], y[:160], x[160:], y[160:]


def reference() -> keras.Model:
    """Return the compiled Keras model."""
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.01), loss="mse")
    return model


class Loop:
    """The same by a tape."""

    def __init__(self) -> None:
        self.net = reference()
        self.variables = self.net.weights

    def descend(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Take a step; return the loss."""
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.net(x, training=True) - y))
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.01 * g)
        return loss

    def train_step(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Take a compiled step."""
        step = tf.function(self.descend)
        return step(x, y)


def loop() -> Loop:
    """Return the program."""
    return Loop()
