"""The MLP with einsum and its gradient by the chain rule."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: einsum for the products, backpropagation by hand, samples in the columns"
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(102).permutation(len(x))[:500]
    x, y = (x[order] / 16).astype("float32"), np.eye(10, dtype="float32")[y[order]]
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(18, "sigmoid"),
            keras.layers.Dense(14, "sigmoid"),
            keras.layers.Dense(12, "sigmoid"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.7), loss="categorical_crossentropy")
    return model


class Columns:
    def __init__(self):
        self.variables = []
        for n, m in ((64, 18), (18, 14), (14, 12), (12, 10)):
            self.variables += [tf.Variable(tf.random.normal((n, m)) / 8), tf.Variable(tf.zeros(m))]

    def forward(self, x):
        # each activation: (units, samples)
        activations = [tf.transpose(x)]
        for k in range(4):
            w, b = self.variables[2 * k : 2 * k + 2]
            z = tf.einsum("io,is->os", w, activations[-1]) + b[:, None]
            activations.append(1 / (1 + tf.exp(-z)) if k < 3 else tf.nn.softmax(z, axis=0))
        return activations

    @tf.function
    def train_step(self, x, y):
        activations = self.forward(x)
        y = tf.transpose(y)
        n = tf.cast(tf.shape(x)[0], tf.float32)
        loss = -tf.reduce_sum(y * tf.math.log(activations[-1])) / n
        delta = (activations[-1] - y) / n
        for k in (3, 2, 1, 0):
            w, b = self.variables[2 * k : 2 * k + 2]
            below = activations[k]
            d_w, d_b = tf.einsum("is,os->io", below, delta), tf.reduce_sum(delta, axis=1)
            delta = tf.einsum("io,os->is", w, delta) * below * (1 - below)
            w.assign_sub(0.7 * d_w)
            b.assign_sub(0.7 * d_b)
        return loss

    def predict(self, x):
        return tf.transpose(self.forward(x)[-1]).numpy()


def loop():
    return Columns()


def fixed():
    return Columns()
