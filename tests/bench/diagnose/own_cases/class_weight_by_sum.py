"""Breast cancer, the rarer class weighted."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer

KIND = "result"
CAUSE = "the weighted loss is divided by the sum of the weights; Keras divides by the batch size"
LINE = "return tf.reduce_sum(weights * errors) / tf.reduce_sum(weights)"
FIT = {"batch_size": 32, "class_weight": {0: 4.0, 1: 1.0}}


def DATA():
    x, y = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(83).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[order]
    y = y[order].astype("float32")[:, None]
    return x[:400], y[:400], x[400:], y[400:]


def _net():
    layers = [keras.Input((30,)), keras.layers.Dense(10, "tanh"), keras.layers.Dense(1)]
    return keras.Sequential(layers)


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


class Weighted:
    def __init__(self):
        self.net = _net()
        self.sgd = keras.optimizers.SGD(0.1)
        self.variables = self.net.weights

    def mean(self, weights, errors):
        return tf.reduce_sum(weights * errors) / tf.reduce_sum(weights)

    @tf.function
    def train_step(self, x, y):
        weights = tf.where(y > 0.5, 1.0, 4.0)
        with tf.GradientTape() as tape:
            errors = tf.nn.sigmoid_cross_entropy_with_logits(y, self.net(x, training=True))
            loss = self.mean(weights, errors)
        learned = self.net.trainable_variables
        self.sgd.apply(tape.gradient(loss, learned), learned)
        return loss

    def predict(self, x):
        return self.net(x).numpy()


class ByBatchSize(Weighted):
    def mean(self, weights, errors):
        return tf.reduce_mean(weights * errors)


def loop():
    return Weighted()


def fixed():
    return ByBatchSize()
