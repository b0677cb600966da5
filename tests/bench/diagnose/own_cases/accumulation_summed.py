"""Large batches on a small machine: the gradient is gathered over two of them."""

import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the gradients of two batches are added up; gradient_accumulation_steps takes their mean"
LINE = "return store"


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]


def _net():
    return keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(12, "tanh"), keras.layers.Dense(1)]
    )


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05, gradient_accumulation_steps=2), loss="mse")
    return model


class TwoBatches:
    every = 2

    def __init__(self):
        self.net = _net()
        self.variables = self.net.weights
        self.sgd = keras.optimizers.SGD(0.05)
        self.store = [tf.Variable(tf.zeros(w.shape)) for w in self.variables]
        self.seen = 0

    @tf.function
    def gather(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.mean_squared_error(y, self.net(x, training=True)))
        for kept, g in zip(self.store, tape.gradient(loss, self.variables), strict=True):
            kept.assign_add(g)
        return loss

    def gathered(self, store):
        return store

    def train_step(self, x, y):
        loss = self.gather(x, y)
        self.seen += 1
        if self.seen % self.every == 0:
            gradients = [self.gathered(tf.convert_to_tensor(kept)) for kept in self.store]
            self.sgd.apply(gradients, self.variables)
            for kept in self.store:
                kept.assign(tf.zeros_like(kept))
        return loss

    def predict(self, x):
        return self.net(x).numpy()


class MeanOfTwo(TwoBatches):
    def gathered(self, store):
        return store / self.every


def loop():
    return TwoBatches()


def fixed():
    return MeanOfTwo()
