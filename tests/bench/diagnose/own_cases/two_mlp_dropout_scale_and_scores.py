"""An MLP whose dropout is written as a mask."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSES = [
    "the units that are kept are not scaled up by 1 / 0.75, as dropout does in Keras in training",
    "predict returns the scores before the softmax, the reference probabilities",
]
LINES = ["return h * mask", "return self.scores(x, training=False).numpy()"]
CAUSE, LINE = "two faults: " + "; ".join(CAUSES), LINES[0]


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(75).permutation(len(x))[:500]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    image = keras.Input((64,))
    a = keras.layers.Dense(32, activation="sigmoid")(image)
    a = keras.layers.Dropout(0.25, seed=5)(a)
    a = keras.layers.Dense(16, activation="sigmoid")(a)
    a = keras.layers.Dropout(0.25, seed=6)(a)
    a = keras.layers.Dense(12, activation="sigmoid")(a)
    a = keras.layers.Dropout(0.25, seed=7)(a)
    model = keras.Model(image, keras.layers.Dense(10, activation="softmax")(a))
    model.compile(keras.optimizers.SGD(0.3), loss="sparse_categorical_crossentropy")
    return model


class Masked:
    def __init__(self):
        self.layers = [keras.layers.Dense(n, "sigmoid") for n in (32, 16, 12)]
        self.last = keras.layers.Dense(10)
        self.seeds = [keras.random.SeedGenerator(seed) for seed in (5, 6, 7)]
        self.scores(tf.zeros([1, 64]), training=False)
        self.variables = [w for layer in [*self.layers, self.last] for w in layer.weights]

    def thin(self, h, mask):
        return h * mask

    def scores(self, h, training):
        for layer, seed in zip(self.layers, self.seeds, strict=True):
            h = layer(h)
            if training:
                kept = keras.random.dropout(tf.ones_like(h), 0.25, seed=seed)
                h = self.thin(h, tf.cast(kept > 0, h.dtype))
        return self.last(h)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            scores = self.scores(x, training=True)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores)
            )
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.3 * g)
        return loss

    def predict(self, x):
        return self.scores(x, training=False).numpy()


class ScaledUp(Masked):
    def thin(self, h, mask):
        return h * mask / 0.75


class Probabilities(Masked):
    def predict(self, x):
        return tf.nn.softmax(super().predict(x)).numpy()


class Mended(ScaledUp, Probabilities):
    pass


def loop():
    return Masked()


def alone():
    return [Probabilities(), ScaledUp()]


def fixed():
    return Mended()
