"""Noughts and ones by a single neuron, with a tape."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the loss is given the prediction first and the label second; Keras takes the label first"
LINE = "return self.bce(p, y)"


def DATA():
    x, y = load_digits(n_class=2, return_X_y=True)
    order = np.random.default_rng(52).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("float32").reshape(-1, 1)
    return x[:280], y[:280], x[280:], y[280:]


def _neuron():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, activation="sigmoid")])


def reference():
    model = _neuron()
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss=keras.losses.BinaryCrossentropy())
    return model


class Neuron:
    def __init__(self):
        self.net = _neuron()
        self.bce = keras.losses.BinaryCrossentropy()
        self.sgd = keras.optimizers.SGD(0.05)
        self.variables = self.net.weights

    def loss(self, y, p):
        return self.bce(p, y)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(y, self.net(x, training=True))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.sgd.apply_gradients(zip(grads, self.net.trainable_variables, strict=True))
        return loss

    def predict(self, x):
        return self.net(x, training=False).numpy()


class LabelFirst(Neuron):
    def loss(self, y, p):
        return self.bce(y, p)


def loop():
    return Neuron()


def fixed():
    return LabelFirst()
