"""
Large-margin perceptron: is the digit odd?
`keras.losses.Hinge` against a hinge written out.
"""
from dataclasses import dataclass, field

import numpy as np
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the hinge is given labels 0 and 1; Keras turns them into -1 and 1 first"
LINE = "margin = y * s"


def DATA():
    images, digit = load_digits(return_X_y=True)
    images, digit = images[200:500], digit[200:500]
    x = (images / 16).astype(np.float32)
    odd = (digit % 2).astype(np.float32).reshape(-1, 1)
    return x[:240], odd[:240], x[240:], odd[240:]


def reference() -> keras.Model:
    pixels = keras.Input((64,))
    score = keras.layers.Dense(1, name="score")(pixels)
    model = keras.Model(pixels, score)
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss=keras.losses.Hinge())
    return model


@dataclass
class LinearSVM:
    rate: float = 0.05
    w: tf.Variable = field(default_factory=lambda: tf.Variable(tf.random.stateless_normal((64, 1), [1, 2]) * 0.1))
    b: tf.Variable = field(default_factory=lambda: tf.Variable([0.0]))

    def __post_init__(self):
        self.variables = [self.w, self.b]

    def hinge(self, y: tf.Tensor, s: tf.Tensor) -> tf.Tensor:
        margin = y * s
        return tf.reduce_mean(tf.maximum(1.0 - margin, 0.0))

    def train_step(self, x, y):
        y = tf.convert_to_tensor(y)
        with tf.GradientTape() as tape:
            s = x @ self.w + self.b
            value = self.hinge(y, s)
        for p, g in zip(self.variables, tape.gradient(value, self.variables)):
            p.assign(p - self.rate * g)
        return float(value)

    def predict(self, x):
        return (x @ self.w + self.b).numpy()


class SignedSVM(LinearSVM):
    def hinge(self, y, s):
        return tf.reduce_mean(tf.maximum(1.0 - (2.0 * y - 1.0) * s, 0.0))


def loop():
    return LinearSVM()


def fixed():
    return SignedSVM()
