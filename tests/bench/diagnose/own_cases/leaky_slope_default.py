"""A leaky network on diabetes, each side by its own default."""

import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "tf.nn.leaky_relu leaks 0.2 by default, keras.layers.LeakyReLU 0.3"
LINE = "return tf.nn.leaky_relu(z)"


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((10,)),
            keras.layers.Dense(16),
            keras.layers.LeakyReLU(),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="mean_absolute_error")
    return model


class Leaky:
    def __init__(self):
        self.first = keras.layers.Dense(16)
        self.second = keras.layers.Dense(1)
        self(tf.zeros((1, 10)))
        self.variables = self.first.weights + self.second.weights
        self.adam = keras.optimizers.Adam(0.01)

    def leak(self, z):
        return tf.nn.leaky_relu(z)

    def __call__(self, x):
        return self.second(self.leak(self.first(x)))

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(y - self(x)))
        self.adam.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, x):
        return self(x).numpy()


class LeaksMore(Leaky):
    def leak(self, z):
        return tf.nn.leaky_relu(z, alpha=0.3)


def loop():
    return Leaky()


def fixed():
    return LeaksMore()
