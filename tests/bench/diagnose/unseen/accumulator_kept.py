"""House-like prices with four small batches to an update."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_regression

KIND = "result"
CAUSE = "the gradient sums are not set back to zero after an update, so each update drags all earlier ones along"
LINE = None
FIT = {"batch_size": 16, "epochs": 1}

EVERY = 4


def DATA():
    x, y = make_regression(400, 8, n_informative=5, noise=5.0, random_state=107)
    x, y = x.astype("float32"), (y / y.std()).astype("float32").reshape(-1, 1)
    return x[:320], y[:320], x[320:], y[320:]


def priced():
    return keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(10, "relu"), keras.layers.Dense(1)])


def reference():
    model = priced()
    model.compile(keras.optimizers.SGD(0.05, gradient_accumulation_steps=EVERY), loss="mse")
    return model


class SmallBatches:
    def __init__(self):
        self.model = priced()
        self.variables = self.model.weights
        self.learned = self.model.trainable_variables
        self.sgd = keras.optimizers.SGD(0.05)
        self.sums = [tf.Variable(tf.zeros(v.shape)) for v in self.learned]
        self.seen = 0

    @tf.function
    def gather(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self.model(x, training=True) - y) ** 2)
        for total, grad in zip(self.sums, tape.gradient(loss, self.learned)):
            total.assign_add(grad)
        return loss

    def update(self):
        self.sgd.apply([total / EVERY for total in self.sums], self.learned)

    def train_step(self, x, y):
        loss = self.gather(x, y)
        self.seen += 1
        if self.seen % EVERY == 0:
            self.update()
        return loss

    def fit(self, x, y, epochs, batch_size):
        for start in list(range(0, len(x), batch_size)) * epochs:
            self.train_step(x[start:start + batch_size], y[start:start + batch_size])

    def predict(self, x):
        return self.model(x).numpy()


class EmptiedBatches(SmallBatches):
    def update(self):
        super().update()
        for total in self.sums:
            total.assign(tf.zeros_like(total))


def loop():
    return SmallBatches()


def fixed():
    return EmptiedBatches()
