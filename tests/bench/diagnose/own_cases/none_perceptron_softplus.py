"""A perceptron in raw operations, its loss in another form."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: raw operations, softplus(z) - y z for the cross-entropy, sum over size for the mean"
LINE = None

raw = tf.raw_ops


def DATA():
    x, y = load_digits(n_class=2, return_X_y=True)
    order = np.random.default_rng(101).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("float32")[:, None]
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.3, momentum=0.5), loss="binary_crossentropy")
    return model


class Raw:
    def __init__(self):
        self.w = tf.Variable(tf.random.normal((64, 1)))
        self.b = tf.Variable(tf.zeros((1,)))
        self.variables = [self.w, self.b]
        self.velocity = [tf.Variable(tf.zeros_like(v)) for v in self.variables]

    def score(self, x):
        return raw.AddV2(x=raw.MatMul(a=x, b=self.w), y=self.b)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            z = self.score(x)
            each = raw.Sub(x=raw.Softplus(features=z), y=raw.Mul(x=y, y=z))
            loss = raw.Sum(input=each, axis=[0, 1]) / tf.cast(tf.size(y), tf.float32)
        slopes = tape.gradient(loss, self.variables)
        for v, m, g in zip(self.variables, self.velocity, slopes, strict=True):
            m.assign(0.5 * m + g)
            v.assign_sub(0.3 * m)
        return loss

    def predict(self, x):
        return raw.Sigmoid(x=self.score(x)).numpy()


def loop():
    return Raw()


def fixed():
    return Raw()
