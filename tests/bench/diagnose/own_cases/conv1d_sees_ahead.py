"""The next value of a series, by a causal convolution."""

import keras
import numpy as np
import tensorflow as tf

KIND = "result"
CAUSE = "the convolution over time is centred (SAME) and sees ahead; the reference's is causal"
LINE = 'return tf.nn.conv1d(series, kernel, 1, "SAME")'


def DATA():
    rng = np.random.default_rng(97)
    noise = rng.normal(size=(260, 13, 2)).astype("float32")
    series = np.cumsum(noise, axis=1) / 4
    x, y = series[:, :-1], series[:, 1:, :1]
    return x[:192], y[:192], x[192:], y[192:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((12, 2)),
            keras.layers.Conv1D(6, 3, padding="causal", activation="tanh"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.02), loss="mse")
    return model


class Series:
    def __init__(self):
        self.kernel = tf.Variable(tf.random.normal((3, 2, 6), stddev=0.3))
        self.offset = tf.Variable(tf.zeros(6))
        self.w, self.b = tf.Variable(tf.random.normal((6, 1))), tf.Variable(tf.zeros(1))
        self.variables = [self.kernel, self.offset, self.w, self.b]
        self.adam = keras.optimizers.Adam(0.02)

    def convolve(self, series, kernel):
        return tf.nn.conv1d(series, kernel, 1, "SAME")

    def __call__(self, series):
        hidden = tf.tanh(self.convolve(series, self.kernel) + self.offset)
        return tf.tensordot(hidden, self.w, 1) + self.b

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.squared_difference(self(x), y))
        self.adam.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, x):
        return self(tf.constant(x)).numpy()


class Causal(Series):
    def convolve(self, series, kernel):
        return tf.nn.conv1d(tf.pad(series, [[0, 0], [2, 0], [0, 0]]), kernel, 1, "VALID")


def loop():
    return Series()


def fixed():
    return Causal()
