"""One network with two answers: which digit, and whether it is odd."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the two losses count alike, compile() has loss_weights 1.0 and 0.2"
LINE = "return digit + odd"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(81).permutation(len(x))[:500]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    odd = (y % 2).astype("float32")[:, None]
    return x[:320], (y[:320], odd[:320]), x[320:], (y[320:], odd[320:])


def _two_heads():
    image = keras.Input((64,), name="image")
    trunk = keras.layers.Dense(24, "relu")(image)
    digit = keras.layers.Dense(10, "softmax", name="digit")(trunk)
    odd = keras.layers.Dense(1, "sigmoid", name="odd")(trunk)
    return keras.Model(image, (digit, odd))


def reference():
    model = _two_heads()
    model.compile(
        keras.optimizers.SGD(0.2),
        loss=("sparse_categorical_crossentropy", "binary_crossentropy"),
        loss_weights=(1.0, 0.2),
    )
    return model


class TwoTasks:
    def __init__(self):
        self.model = _two_heads()
        self.sgd = keras.optimizers.SGD(0.2)
        self.variables = self.model.weights

    def together(self, digit, odd):
        return digit + odd

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            digit, odd = self.model(x, training=True)
            loss = self.together(
                tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y[0], digit)),
                tf.reduce_mean(keras.losses.binary_crossentropy(y[1], odd)),
            )
        weights = self.model.trainable_weights
        self.sgd.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def predict(self, x):
        return [output.numpy() for output in self.model(x, training=False)]


class Weighted(TwoTasks):
    def together(self, digit, odd):
        return digit + 0.2 * odd


def loop():
    return TwoTasks()


def fixed():
    return Weighted()
