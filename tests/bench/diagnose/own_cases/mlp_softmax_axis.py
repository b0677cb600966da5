"""The MLP from scratch: functions over a list of arrays, softmax included."""

from itertools import pairwise
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "softmax goes over the samples of the batch (axis 0) and not over the classes"
LINE = "return e / tf.reduce_sum(e, axis=0, keepdims=True)"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(60).permutation(len(x))[:600]
    x, y = (x[order] / 16).astype("float32"), np.eye(10, dtype="float32")[y[order]]
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Dense(12, "sigmoid"),
            keras.layers.Dense(8, "sigmoid"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.4), loss="categorical_crossentropy")
    return model


def softmax_of_columns(z):
    e = tf.exp(z - tf.reduce_max(z, axis=-1, keepdims=True))
    return e / tf.reduce_sum(e, axis=0, keepdims=True)


def softmax_of_rows(z):
    e = tf.exp(z - tf.reduce_max(z, axis=-1, keepdims=True))
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)


def dense(x, w, b):
    return tf.matmul(x, w) + b


def from_scratch(softmax):
    sizes = [64, 16, 12, 8, 10]
    theta = []
    for n, m in pairwise(sizes):
        theta += [tf.Variable(tf.random.normal((n, m), seed=1) / n**0.5), tf.Variable(tf.zeros(m))]

    def forward(x):
        for k in (0, 2, 4):
            x = tf.sigmoid(dense(x, theta[k], theta[k + 1]))
        return softmax(dense(x, theta[6], theta[7]))

    @tf.function
    def train_step(x, y):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(tf.reduce_sum(y * tf.math.log(forward(x)), axis=1))
        for t, g in zip(theta, tape.gradient(loss, theta), strict=True):
            t.assign_sub(0.4 * g)
        return loss

    return SimpleNamespace(
        variables=theta, train_step=train_step, predict=lambda x: forward(x).numpy()
    )


def loop():
    return from_scratch(softmax_of_columns)


def fixed():
    return from_scratch(softmax_of_rows)
