"""The full ConvNet (batch normalisation and dropout), its accuracy watched while it trains."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = (
    "the network is called a second time in training mode, for the accuracy: the moving statistics "
    "move twice a step and the dropout draws twice"
)
LINE = "return self.net(images, training=True)"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(69).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def _convnet_full():
    image = keras.Input((8, 8, 1))
    a = image
    for filters in (4, 4, 2):
        a = keras.layers.BatchNormalization(momentum=0.8)(a)
        a = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(a)
    a = keras.layers.MaxPooling2D(4)(a)
    a = keras.layers.Flatten()(a)
    for seed, units in enumerate((16, 12)):
        a = keras.layers.Dense(units, activation="relu")(a)
        a = keras.layers.Dropout(0.25, seed=seed)(a)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax")(a))


def reference():
    model = _convnet_full()
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


class Watched:
    def __init__(self):
        self.net = _convnet_full()
        self.sgd = keras.optimizers.SGD(0.05, momentum=0.9)
        self.criterion = keras.losses.SparseCategoricalCrossentropy()
        self.hits = keras.metrics.SparseCategoricalAccuracy()
        self.variables = self.net.weights

    def answers(self, images, output):
        return self.net(images, training=True)

    @tf.function
    def train_step(self, images, labels):
        with tf.GradientTape() as tape:
            output = self.net(images, training=True)
            loss = self.criterion(labels, output)
        weights = self.net.trainable_weights
        self.sgd.apply(tape.gradient(loss, weights), weights)
        self.hits.update_state(labels, self.answers(images, output))
        return loss

    def predict(self, images):
        return self.net(images, training=False).numpy()


class WatchedOnce(Watched):
    def answers(self, images, output):
        return output


def loop():
    return Watched()


def fixed():
    return WatchedOnce()
