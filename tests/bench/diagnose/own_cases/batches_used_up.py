"""Batches from a generator, for two epochs."""

import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the batches come from one iterator, used up after the first epoch: the second has none"
LINE = "batches = self.batches(x, y, batch_size)"
FIT = {"batch_size": 44, "epochs": 2}


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]


def _net():
    return keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(10, "relu"), keras.layers.Dense(1)]
    )


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.03), loss="mse")
    return model


class Epochs:
    def __init__(self):
        self.net = _net()
        self.sgd = keras.optimizers.SGD(0.03)
        self.variables = self.net.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.net(x, training=True) - y))
        self.sgd.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def batches(self, x, y, batch_size):
        for i in range(0, len(x), batch_size):
            yield x[i : i + batch_size], y[i : i + batch_size]

    def fit(self, x, y, epochs, batch_size):
        batches = self.batches(x, y, batch_size)
        for _ in range(epochs):
            for x_batch, y_batch in batches:
                self.train_step(x_batch, y_batch)

    def predict(self, x):
        return self.net(x).numpy()


class EpochsAnew(Epochs):
    def fit(self, x, y, epochs, batch_size):
        for _ in range(epochs):
            for x_batch, y_batch in self.batches(x, y, batch_size):
                self.train_step(x_batch, y_batch)


def loop():
    return Epochs()


def fixed():
    return EpochsAnew()
