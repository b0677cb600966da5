"""A GRU with one matrix product a gate, its update in another form, two half batches a step."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: three products for one, new + z (h - new), the gradient as the mean of two halves"
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(107).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    model = keras.Sequential([keras.Input((8, 8)), keras.layers.GRU(6), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5, momentum=0.9, nesterov=True), loss=loss)
    return model


class HalfBatches:
    def __init__(self):
        shapes = (8, 18), (6, 18), (2, 18), (6, 10), (10,)
        self.variables = [tf.Variable(tf.random.normal(shape) / 3) for shape in shapes]
        self.momentum = [tf.Variable(tf.zeros_like(v)) for v in self.variables]

    def gate(self, x, h, n):
        kernel, recurrent, bias, _, _ = self.variables
        part = slice(6 * n, 6 * n + 6)
        return x @ kernel[:, part] + bias[0, part], h @ recurrent[:, part] + bias[1, part]

    def scores(self, rows):
        h = tf.zeros((len(rows), 6))
        for t in range(8):
            z = tf.sigmoid(tf.add_n(self.gate(rows[:, t], h, 0)))
            r = tf.sigmoid(tf.add_n(self.gate(rows[:, t], h, 1)))
            from_x, from_h = self.gate(rows[:, t], h, 2)
            new = tf.tanh(from_x + r * from_h)
            h = new + z * (h - new)
        return h @ self.variables[3] + self.variables[4]

    @tf.function
    def gradient(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.scores(x))
            loss = tf.reduce_mean(xent)
        return loss, tape.gradient(loss, self.variables)

    def train_step(self, x, y):
        half = len(x) // 2
        loss_1, first = self.gradient(tf.constant(x[:half]), tf.constant(y[:half]))
        loss_2, second = self.gradient(tf.constant(x[half:]), tf.constant(y[half:]))
        for v, m, a, b in zip(self.variables, self.momentum, first, second, strict=True):
            g = (a + b) / 2
            m.assign(0.9 * m + g)
            v.assign_sub(0.5 * (g + 0.9 * m))
        return (loss_1 + loss_2) / 2

    def predict(self, x):
        return self.scores(tf.constant(x)).numpy()


def loop():
    return HalfBatches()


def fixed():
    return HalfBatches()
