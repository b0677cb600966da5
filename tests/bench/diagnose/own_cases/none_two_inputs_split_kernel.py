"""Wines from two inputs, each with its own half of the first kernel."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine

KIND = "none"
CAUSE = "none: a sum of two products stands for the product with the joined inputs"
LINE = None
FIT = {"batch_size": 20}


def DATA():
    x, y = load_wine(return_X_y=True)
    order = np.random.default_rng(108).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[order]
    y = np.eye(3, dtype="float32")[y[order]]
    return (x[:120, :6], x[:120, 6:]), y[:120], (x[120:, :6], x[120:, 6:]), y[120:]


def reference():
    left, right = keras.Input((6,)), keras.Input((7,))
    a = keras.layers.Dense(9, activation="relu")(keras.layers.concatenate([left, right]))
    model = keras.Model((left, right), keras.layers.Dense(3, activation="softmax")(a))
    model.compile(keras.optimizers.RMSprop(0.01), loss="categorical_crossentropy")
    return model


class TwoHalves:
    def __init__(self):
        draw = keras.initializers.GlorotNormal(seed=15)
        self.w, self.b = tf.Variable(draw((13, 9))), tf.Variable(tf.zeros(9))
        self.u, self.c = tf.Variable(draw((9, 3))), tf.Variable(tf.zeros(3))
        self.variables = [self.w, self.b, self.u, self.c]
        self.squares = [tf.Variable(tf.zeros_like(v)) for v in self.variables]

    def log_prob(self, x):
        left, right = x
        hidden = tf.nn.relu(left @ self.w[:6] + right @ self.w[6:] + self.b)
        return tf.nn.log_softmax(hidden @ self.u + self.c)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = -tf.einsum("nk,nk->", y, self.log_prob(x)) / tf.cast(len(y), tf.float32)
        for v, s, g in zip(
            self.variables, self.squares, tape.gradient(loss, self.variables), strict=True
        ):
            s.assign(0.9 * s + 0.1 * g**2)
            v.assign_sub(0.01 * g * tf.math.rsqrt(s + 1e-7))
        return loss

    def predict(self, x):
        return tf.exp(self.log_prob(x)).numpy()


def loop():
    return TwoHalves()


def fixed():
    return TwoHalves()
