"""A perceptron tells noughts from ones; its gradient is worked out on paper."""

from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = (
    "the gradient written by hand keeps the sigmoid's slope p (1 - p), which belongs to a squared "
    "error; under the cross-entropy it cancels"
)
LINE = "return (p - y) * p * (1 - p)"


def DATA():
    x, y = load_digits(n_class=2, return_X_y=True)
    order = np.random.default_rng(51).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("float32")[:, None]
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.1), loss="binary_crossentropy")
    return model


def with_sigmoid_slope(p, y):
    return (p - y) * p * (1 - p)


def without_slope(p, y):
    return p - y


def perceptron(delta):
    w = tf.Variable(tf.zeros((64, 1)))
    b = tf.Variable(tf.zeros(1))

    @tf.function
    def train_step(x, y):
        p = tf.sigmoid(tf.matmul(x, w) + b)
        d = delta(p, y) / tf.cast(tf.shape(x)[0], tf.float32)
        w.assign_sub(0.1 * tf.matmul(x, d, transpose_a=True))
        b.assign_sub(0.1 * tf.reduce_sum(d, axis=0))
        return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))

    def predict(x):
        return tf.sigmoid(tf.matmul(x, w) + b).numpy()

    return SimpleNamespace(variables=[w, b], train_step=train_step, predict=predict)


def loop():
    return perceptron(with_sigmoid_slope)


def fixed():
    return perceptron(without_slope)
