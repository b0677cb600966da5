"""Wines by measurements of very different size."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine

KIND = "result"
CAUSE = "each batch is normalised by its own mean and deviation, in Keras by the training set's"
LINE = "mean, variance = tf.nn.moments(x, axes=[0])"
FIT = {"batch_size": 24}


def DATA():
    x, y = load_wine(return_X_y=True)
    order = np.random.default_rng(91).permutation(len(x))
    x, y = x[order].astype("float32"), y[order].astype("int32")
    return x[:130], y[:130], x[130:], y[130:]


def _statistics():
    x = DATA()[0]
    return x.mean(0), x.var(0)


def reference():
    mean, variance = _statistics()
    model = keras.Sequential(
        [
            keras.Input((13,)),
            keras.layers.Normalization(mean=mean, variance=variance),
            keras.layers.Dense(8, "relu"),
            keras.layers.Dense(3, "softmax"),
        ]
    )
    model.compile(keras.optimizers.RMSprop(0.01), loss="sparse_categorical_crossentropy")
    return model


class Wines:
    def __init__(self):
        layers = [keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")]
        self.net = keras.Sequential([keras.Input((13,)), *layers])
        self.rmsprop = keras.optimizers.RMSprop(0.01)
        self.loss = keras.losses.SparseCategoricalCrossentropy()
        self.variables = self.net.weights

    def standardise(self, x):
        mean, variance = tf.nn.moments(x, axes=[0])
        return (x - mean) / tf.sqrt(variance)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(y, self.net(self.standardise(x), training=True))
        self.rmsprop.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, x):
        return self.net(self.standardise(tf.constant(x))).numpy()


class ByTrainingSet(Wines):
    def standardise(self, x):
        mean, variance = _statistics()
        return (x - mean) / tf.sqrt(variance)


def loop():
    return Wines()


def fixed():
    return ByTrainingSet()
