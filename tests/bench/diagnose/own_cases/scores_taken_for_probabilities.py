"""Breast cancer with a linear last layer."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer

KIND = "result"
CAUSE = "the loss takes the raw scores for probabilities: from_logits=True is left out"
LINE = "return keras.losses.BinaryCrossentropy()"


def DATA():
    x, y = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(94).permutation(len(x))
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")[order]
    y = y[order].astype("float32")[:, None]
    return x[:400], y[:400], x[400:], y[400:]


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(14, activation="relu")
        self.score = keras.layers.Dense(1)

    def call(self, x):
        return self.score(self.hidden(x))


def reference():
    model = Net()
    model.compile(
        keras.optimizers.SGD(0.05), loss=keras.losses.BinaryCrossentropy(from_logits=True)
    )
    model(np.zeros((1, 30), "float32"))
    return model


class Trainer:
    def __init__(self):
        self.net = Net()
        self.net(np.zeros((1, 30), "float32"))
        self.variables = self.net.weights
        self.optimizer = keras.optimizers.SGD(0.05)
        self.criterion = self.make_criterion()

    def make_criterion(self):
        return keras.losses.BinaryCrossentropy()

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.criterion(y, self.net(x, training=True))
        variables = self.net.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def predict(self, x):
        return self.net(x, training=False).numpy()


class ScoreTrainer(Trainer):
    def make_criterion(self):
        return keras.losses.BinaryCrossentropy(from_logits=True)


def loop():
    return Trainer()


def fixed():
    return ScoreTrainer()
