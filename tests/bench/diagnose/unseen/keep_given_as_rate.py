"""Dropout written into a forward pass over plain variables, with the layer's own seed."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris

KIND = "result"
CAUSE = "dropout is given the share to keep (0.75) where it takes the share to drop (0.25)"
LINE = "h = keras.random.dropout(h, KEEP, seed=self.dice)"

KEEP = 0.75


def DATA():
    x, y = load_iris(return_X_y=True)
    order = np.random.RandomState(121).permutation(150)
    x, y = (x[order] - [5.8, 3.1, 3.8, 1.2]).astype("float32"), np.eye(3, dtype="float32")[y[order]]
    return x[:120], y[:120], x[120:], y[120:]


FIT = {"batch_size": 20}


def reference():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(32, activation="relu"),
                              keras.layers.Dropout(1 - KEEP, seed=77), keras.layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.CategoricalCrossentropy())
    return model


class Flowers:
    def __init__(self):
        start = keras.initializers.HeUniform(seed=3)
        self.weights = {"in": tf.Variable(start((4, 32))), "out": tf.Variable(start((32, 3)))}
        self.shifts = {"in": tf.Variable(tf.zeros(32)), "out": tf.Variable(tf.zeros(3))}
        self.variables = [d[k] for k in ("in", "out") for d in (self.weights, self.shifts)]
        self.dice = keras.random.SeedGenerator(77)

    def thin(self, h):
        h = keras.random.dropout(h, KEEP, seed=self.dice)
        return h

    def logits(self, x, thin=lambda h: h):
        h = thin(tf.nn.relu(x @ self.weights["in"] + self.shifts["in"]))
        return h @ self.weights["out"] + self.shifts["out"]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, self.logits(x, self.thin)))
        [v.assign_sub(0.1 * g) for v, g in zip(self.variables, tape.gradient(loss, self.variables))]
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.logits(x)).numpy()


class ThinnedFlowers(Flowers):
    def thin(self, h):
        return keras.random.dropout(h, 1 - KEEP, seed=self.dice)


def loop():
    return Flowers()


def fixed():
    return ThinnedFlowers()
