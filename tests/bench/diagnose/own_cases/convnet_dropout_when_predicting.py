"""A ConvNet with dropout: trained alike, asked differently."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "predictions are made with training=True, so dropout is still on; the training is equal"
LINE = "return self.model(x, training=True).numpy()"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(66).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = np.eye(10, dtype="float32")[y[order]]
    return x[:256], y[:256], x[256:], y[256:]


def _convnet_dropout():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(2, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(16, "relu"),
            keras.layers.Dropout(0.4, seed=8),
            keras.layers.Dense(12, "relu"),
            keras.layers.Dropout(0.4, seed=9),
            keras.layers.Dense(10, "softmax"),
        ]
    )


def reference():
    model = _convnet_dropout()
    model.compile(keras.optimizers.Adam(0.003), loss="categorical_crossentropy")
    return model


class Classifier:
    def __init__(self):
        self.model = _convnet_dropout()
        self.adam = keras.optimizers.Adam(0.003)
        self.loss = keras.losses.CategoricalCrossentropy()
        self.variables = self.model.weights

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(y, self.model(x, training=True))
        gradient = tape.gradient(loss, self.model.trainable_variables)
        self.adam.apply_gradients(zip(gradient, self.model.trainable_variables, strict=True))
        return loss

    def predict(self, x):
        return self.model(x, training=True).numpy()


class CalmClassifier(Classifier):
    def predict(self, x):
        return self.model(x, training=False).numpy()


def loop():
    return Classifier()


def fixed():
    return CalmClassifier()
