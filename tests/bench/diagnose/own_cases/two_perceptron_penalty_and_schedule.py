"""A penalised perceptron; its step size follows a formula."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSES = [
    "the penalty is the sum of the absolute weights (L1), in the reference of their squares (L2)",
    "the decay counts steps from 1, Keras's schedule from 0: each step takes the rate of the next",
]
LINES = ["return 0.02 * tf.reduce_sum(tf.abs(w))", "return count + 1.0"]
CAUSE, LINE = "two faults: " + "; ".join(CAUSES), LINES[0]


def DATA():
    x, y = load_digits(n_class=2, return_X_y=True)
    order = np.random.default_rng(73).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("float32")[:, None]
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    l2 = keras.regularizers.L2(0.02)
    model = keras.Sequential(
        [keras.Input((64,)), keras.layers.Dense(1, "sigmoid", kernel_regularizer=l2)]
    )
    rate = keras.optimizers.schedules.InverseTimeDecay(0.3, decay_steps=1, decay_rate=0.5)
    model.compile(keras.optimizers.SGD(rate), loss="binary_crossentropy")
    return model


class Perceptron:
    def __init__(self):
        self.w = tf.Variable(tf.random.normal([64, 1], stddev=0.1))
        self.b = tf.Variable([0.0])
        self.count = tf.Variable(0.0)
        self.variables = [self.w, self.b]

    def penalty(self, w):
        return 0.02 * tf.reduce_sum(tf.abs(w))

    def time(self, count):
        return count + 1.0

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            z = tf.matmul(x, self.w) + self.b
            xent = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z)
            loss = tf.reduce_mean(xent) + self.penalty(self.w)
        rate = 0.3 / (1.0 + 0.5 * self.time(self.count))
        d_w, d_b = tape.gradient(loss, [self.w, self.b])
        self.w.assign_sub(rate * d_w)
        self.b.assign_sub(rate * d_b)
        self.count.assign_add(1.0)
        return loss

    def predict(self, x):
        return tf.sigmoid(tf.matmul(x, self.w) + self.b).numpy()


class Squares(Perceptron):
    def penalty(self, w):
        return 0.02 * tf.reduce_sum(tf.square(w))


class FromZero(Perceptron):
    def time(self, count):
        return count


class Mended(Squares, FromZero):
    pass


def loop():
    return Perceptron()


def alone():
    return [FromZero(), Squares()]


def fixed():
    return Mended()
