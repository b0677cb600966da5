"""An MLP with dropout, ported from code of the time of `keep_prob`."""

from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the share to keep (0.8) is handed over as the rate, which is the share to drop (0.2)"
LINE = "return keras.random.dropout(h, KEEP_PROB, seed=seeds)"

KEEP_PROB = 0.8


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(61).permutation(len(x))[:600]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    model = keras.Sequential([keras.Input((64,))])
    for n, units in enumerate((24, 16, 12)):
        model.add(keras.layers.Dense(units, "sigmoid"))
        model.add(keras.layers.Dropout(0.2, seed=70 + n))
    model.add(keras.layers.Dense(10, "softmax"))
    model.compile(keras.optimizers.SGD(0.2), loss="sparse_categorical_crossentropy")
    return model


class DropoutNet:
    def __init__(self):
        draw = keras.initializers.GlorotUniform(seed=2)
        widths = (64, 24, 16, 12, 10)
        self.kernels = [tf.Variable(draw(pair)) for pair in pairwise(widths)]
        self.biases = [tf.Variable(tf.zeros(n)) for n in widths[1:]]
        self.seeds = [keras.random.SeedGenerator(70 + n) for n in range(3)]
        layers = zip(self.kernels, self.biases, strict=True)
        self.variables = [v for layer in layers for v in layer]

    def drop(self, h, seeds):
        return keras.random.dropout(h, KEEP_PROB, seed=seeds)

    def logits(self, h, training):
        for n in range(3):
            h = tf.sigmoid(h @ self.kernels[n] + self.biases[n])
            if training:
                h = self.drop(h, self.seeds[n])
        return h @ self.kernels[3] + self.biases[3]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.logits(x, True))
            )
        grads = tape.gradient(loss, self.variables)
        for v, g in zip(self.variables, grads, strict=True):
            v.assign_sub(0.2 * g)
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.logits(x, False)).numpy()


class DropoutRateNet(DropoutNet):
    def drop(self, h, seeds):
        return keras.random.dropout(h, 1 - KEEP_PROB, seed=seeds)


def loop():
    return DropoutNet()


def fixed():
    return DropoutRateNet()
