"""Weight decay apart from the gradient, written as in the paper."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer

KIND = "result"
CAUSE = "the decay of a step is 0.02 of the weight, in Keras 0.02 times the learning rate of it"
LINE = "return 0.02 * w"


def DATA():
    x, y = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(92).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[order]
    y = y[order].astype("float32")[:, None]
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    model = keras.Sequential(
        [keras.Input((30,)), keras.layers.Dense(10, "tanh"), keras.layers.Dense(1, "sigmoid")]
    )
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, weight_decay=0.02), loss="binary_crossentropy"
    )
    return model


class Decayed:
    def __init__(self):
        glorot = keras.initializers.GlorotUniform(seed=10)
        self.a, self.p = tf.Variable(glorot((30, 10))), tf.Variable(tf.zeros(10))
        self.b, self.q = tf.Variable(glorot((10, 1))), tf.Variable(tf.zeros(1))
        self.variables = [self.a, self.p, self.b, self.q]
        self.speed = [tf.Variable(tf.zeros_like(w)) for w in self.variables]

    def decay(self, w):
        return 0.02 * w

    def logit(self, x):
        return tf.tanh(x @ self.a + self.p) @ self.b + self.q

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=self.logit(x))
            loss = tf.reduce_mean(xent)
        gradients = tape.gradient(loss, self.variables)
        for w, v, g in zip(self.variables, self.speed, gradients, strict=True):
            w.assign_sub(self.decay(w))
            v.assign(0.9 * v - 0.05 * g)
            w.assign_add(v)
        return loss

    def predict(self, x):
        return tf.sigmoid(self.logit(x)).numpy()


class TimesRate(Decayed):
    def decay(self, w):
        return 0.05 * 0.02 * w


def loop():
    return Decayed()


def fixed():
    return TimesRate()
