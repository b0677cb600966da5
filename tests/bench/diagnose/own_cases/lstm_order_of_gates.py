"""An LSTM cell ported from TensorFlow 1."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the gates are cut as input, new, forget, output (TensorFlow 1); Keras: input, forget, new"
LINE = "i, g, f, o = tf.split(z, 4, axis=1)"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(88).permutation(len(x))[:450]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8)
    y = y[order].astype("int32")
    return x[:300], y[:300], x[300:], y[300:]


def reference():
    model = keras.Sequential([keras.Input((8, 8)), keras.layers.LSTM(8), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss=loss)
    return model


class Cell(tf.Module):
    def __init__(self, n_in, units):
        super().__init__()
        self.units = units
        self.kernel = tf.Variable(tf.random.normal((n_in, 4 * units)) * 0.2)
        self.recurrent = tf.Variable(tf.random.normal((units, 4 * units)) * 0.2)
        self.bias = tf.Variable(tf.zeros(4 * units))

    def gates(self, z):
        i, g, f, o = tf.split(z, 4, axis=1)
        return i, f, g, o

    def __call__(self, x, h, c):
        z = tf.matmul(x, self.kernel) + tf.matmul(h, self.recurrent) + self.bias
        i, f, g, o = self.gates(z)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        return tf.sigmoid(o) * tf.tanh(c), c


class KerasCell(Cell):
    def gates(self, z):
        i, f, g, o = tf.split(z, 4, axis=1)
        return i, f, g, o


class Reader(tf.Module):
    def __init__(self, cell):
        super().__init__()
        self.cell = cell(8, 8)
        self.w, self.b = tf.Variable(tf.random.normal((8, 10)) * 0.3), tf.Variable(tf.zeros(10))

    @property
    def variables(self):
        cell = self.cell
        return [cell.kernel, cell.recurrent, cell.bias, self.w, self.b]

    def scores(self, rows):
        h = c = tf.zeros((tf.shape(rows)[0], self.cell.units))
        for row in tf.unstack(rows, num=8, axis=1):
            h, c = self.cell(row, h, c)
        return h @ self.w + self.b

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.scores(x))
            loss = tf.reduce_mean(xent)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.5 * g)
        return loss

    def predict(self, x):
        return self.scores(tf.constant(x)).numpy()


def loop():
    return Reader(Cell)


def fixed():
    return Reader(KerasCell)
