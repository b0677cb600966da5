"""An MLP on digits in a loop that runs eagerly."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "a new optimizer is made at each step, so the momentum starts from zero every time"
LINE = "opt = keras.optimizers.SGD(0.3, momentum=0.9)"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(55).permutation(len(x))[:600]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:400], y[:400], x[400:], y[400:]


def _mlp():
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Dense(12, "sigmoid"),
            keras.layers.Dense(8, "sigmoid"),
            keras.layers.Dense(10, "softmax"),
        ]
    )


def reference():
    model = _mlp()
    model.compile(keras.optimizers.SGD(0.3, momentum=0.9), loss="sparse_categorical_crossentropy")
    return model


class Trainer:
    def __init__(self):
        self.model = _mlp()
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy()
        self.variables = self.model.weights

    def optimizer(self):
        opt = keras.optimizers.SGD(0.3, momentum=0.9)
        return opt

    def train_step(self, images, labels):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(labels, self.model(images, training=True))
        weights = self.model.trainable_weights
        self.optimizer().apply(tape.gradient(loss, weights), weights)
        return loss

    def predict(self, images):
        return self.model(images, training=False).numpy()


class OneOptimizer(Trainer):
    def __init__(self):
        super().__init__()
        self.kept = keras.optimizers.SGD(0.3, momentum=0.9)

    def optimizer(self):
        return self.kept


def loop():
    return Trainer()


def fixed():
    return OneOptimizer()
