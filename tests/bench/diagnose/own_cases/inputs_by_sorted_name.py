"""Wines by two groups of measurements, each an input with a name."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine

KIND = "result"
CAUSE = (
    "the inputs are joined in the order of their sorted names, in the reference taste comes first"
)
LINE = "return sorted(parts)"
FIT = {"batch_size": 20}


def DATA():
    x, y = load_wine(return_X_y=True)
    order = np.random.default_rng(82).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[order]
    y = y[order].astype("int32")
    parts = {"taste": x[:, :9], "colour": x[:, 9:]}
    train = {name: part[:120] for name, part in parts.items()}
    test = {name: part[120:] for name, part in parts.items()}
    return train, y[:120], test, y[120:]


def reference():
    taste, colour = keras.Input((9,), name="taste"), keras.Input((4,), name="colour")
    a = keras.layers.Concatenate()([taste, colour])
    a = keras.layers.Dense(12, "tanh")(a)
    y = keras.layers.Dense(3)(a)
    model = keras.Model({"taste": taste, "colour": colour}, y)
    model.compile(
        keras.optimizers.SGD(0.2),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


class Wines(tf.Module):
    def __init__(self):
        super().__init__()
        draw = keras.initializers.GlorotUniform(seed=2)
        self.weights = [tf.Variable(draw((13, 12))), tf.Variable(tf.zeros(12))]
        self.weights += [tf.Variable(draw((12, 3))), tf.Variable(tf.zeros(3))]

    @property
    def variables(self):
        return self.weights

    def names(self, parts):
        return sorted(parts)

    def scores(self, parts):
        x = tf.concat([parts[name] for name in self.names(parts)], axis=1)
        w1, b1, w2, b2 = self.weights
        return tf.matmul(tf.tanh(tf.matmul(x, w1) + b1), w2) + b2

    @tf.function
    def train_step(self, parts, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.scores(parts))
            loss = tf.reduce_mean(xent)
        for w, g in zip(self.weights, tape.gradient(loss, self.weights), strict=True):
            w.assign_sub(0.2 * g)
        return loss

    def predict(self, parts):
        return self.scores(parts).numpy()


class TasteFirst(Wines):
    def names(self, parts):
        return ["taste", "colour"]


def loop():
    return Wines()


def fixed():
    return TasteFirst()
