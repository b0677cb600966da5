"""An MLP in two halves, the lower one seen as the maker of features."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the features pass through NumPy inside the tape, so no gradient reaches the lower layers"
LINE = "return self.lower(x).numpy()"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(56).permutation(len(x))[:560]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:380], y[:380], x[380:], y[380:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(20, "sigmoid"),
            keras.layers.Dense(14, "sigmoid"),
            keras.layers.Dense(10, "sigmoid"),
            keras.layers.Dense(10),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


class TwoHalves:
    def __init__(self):
        dense = keras.layers.Dense
        self.lower = keras.Sequential(
            [keras.Input((64,)), dense(20, "sigmoid"), dense(14, "sigmoid")]
        )
        self.upper = keras.Sequential([keras.Input((14,)), dense(10, "sigmoid"), dense(10)])
        self.adam = keras.optimizers.Adam(0.01)
        self.variables = self.lower.weights + self.upper.weights

    def features(self, x):
        return self.lower(x).numpy()

    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            scores = self.upper(self.features(x))
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores)
            loss = tf.reduce_mean(each)
        grads = tape.gradient(loss, self.variables)
        pairs = [(g, v) for g, v in zip(grads, self.variables, strict=True) if g is not None]
        self.adam.apply_gradients(pairs)
        return loss

    def predict(self, x):
        return self.upper(self.lower(x)).numpy()


class Joined(TwoHalves):
    def features(self, x):
        return self.lower(x)


def loop():
    return TwoHalves()


def fixed():
    return Joined()
