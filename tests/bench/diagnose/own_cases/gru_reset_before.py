"""A GRU written out over the rows of a digit."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the reset gate is applied before the recurrent product; Keras's GRU applies it after"
LINE = "return tf.matmul(r * h, u) + b"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(87).permutation(len(x))[:450]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8)
    y = y[order].astype("int32")
    return x[:300], y[:300], x[300:], y[300:]


def reference():
    model = keras.Sequential(
        [keras.Input((8, 8)), keras.layers.GRU(10), keras.layers.Dense(10, "softmax")]
    )
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    return model


class Gru:
    units = 10

    def __init__(self):
        n = self.units
        draw = tf.random_uniform_initializer(-0.4, 0.4, seed=1)
        self.kernel = tf.Variable(draw((8, 3 * n)))
        self.recurrent = tf.Variable(draw((n, 3 * n)))
        self.bias = tf.Variable(draw((2, 3 * n)))
        self.w, self.b = tf.Variable(draw((n, 10))), tf.Variable(tf.zeros(10))
        self.adam = keras.optimizers.Adam(0.01)
        self.variables = [self.kernel, self.recurrent, self.bias, self.w, self.b]

    def candidate(self, h, r, u, b):
        return tf.matmul(r * h, u) + b

    def scores(self, x):
        n = self.units
        u_z, u_r, u_h = tf.split(self.recurrent, 3, axis=1)
        h = tf.zeros((tf.shape(x)[0], n))
        for t in range(8):
            z_in, r_in, h_in = tf.split(tf.matmul(x[:, t], self.kernel) + self.bias[0], 3, axis=1)
            z = tf.sigmoid(z_in + tf.matmul(h, u_z) + self.bias[1, :n])
            r = tf.sigmoid(r_in + tf.matmul(h, u_r) + self.bias[1, n : 2 * n])
            new = tf.tanh(h_in + self.candidate(h, r, u_h, self.bias[1, 2 * n :]))
            h = z * h + (1 - z) * new
        return tf.matmul(h, self.w) + self.b

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.scores(x))
            )
        self.adam.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.scores(x)).numpy()


class ResetAfter(Gru):
    def candidate(self, h, r, u, b):
        return r * (tf.matmul(h, u) + b)


def loop():
    return Gru()


def fixed():
    return ResetAfter()
