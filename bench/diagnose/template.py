"""What ``gvk diagnose --template`` prints: a pair file to fill in. It runs as it stands."""

import keras
import numpy as np
import tensorflow as tf

FIT = {"batch_size": 32}  # what fit is called with: batch_size, epochs, shuffle, class_weight


def DATA() -> tuple:
    """Return x_train, y_train, x_test, y_test."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(320, 8)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    return x[:256], y[:256], x[256:], y[256:]


def reference() -> keras.Model:
    """Return the compiled Keras model."""
    model = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile("sgd", "binary_crossentropy")
    return model


class Loop:
    """Your own training: train_step(x, y), and predict(x) if you have it."""

    def __init__(self) -> None:
        self.net = keras.Sequential(
            [keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")]
        )
        self.variables = self.net.weights  # in the order of the reference's

    @tf.function
    def train_step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Take a step; return the loss."""
        with tf.GradientTape() as tape:
            p = self.net(x, training=True)
            loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, p))
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.01 * g)
        return loss

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return predictions."""
        return self.net(x, training=False).numpy()


def loop() -> Loop:
    """Return your program."""
    return Loop()
