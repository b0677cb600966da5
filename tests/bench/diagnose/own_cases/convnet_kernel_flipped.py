"""A ConvNet whose convolution is written as nine shifted products."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the kernel is turned round, as a convolution in the textbook has it; Keras's is not turned"
LINE = "return kernel[2 - row, 2 - column]"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(64).permutation(len(x))[:450]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:300], y[:300], x[300:], y[300:]


def _dense_part():
    return [keras.layers.Dense(16, "relu"), keras.layers.Dense(12, "relu"), keras.layers.Dense(10)]


def reference():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(3, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
            keras.layers.MaxPool2D(),
            keras.layers.Conv2D(3, 3, padding="same", activation="relu"),
            keras.layers.MaxPool2D(),
            keras.layers.Flatten(),
            *_dense_part(),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), loss)
    return model


class ShiftedProducts:
    def __init__(self):
        draw = keras.initializers.HeNormal(seed=4)
        self.kernels = [
            tf.Variable(draw((3, 3, *c)), name="kernel") for c in ((1, 3), (3, 4), (4, 3))
        ]
        self.shifts = [tf.Variable(tf.zeros(c), name="shift") for c in (3, 4, 3)]
        self.dense = keras.Sequential([keras.Input((12,)), *_dense_part()])
        self.sgd = keras.optimizers.SGD(0.1, momentum=0.5)
        pairs = zip(self.kernels, self.shifts, strict=True)
        self.variables = [v for pair in pairs for v in pair] + self.dense.weights

    def tap(self, kernel, row, column):
        return kernel[2 - row, 2 - column]

    def convolve(self, image, kernel, shift):
        height, width = image.shape[1:3]
        edged = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]])
        total = shift + 0.0
        for row in range(3):
            for column in range(3):
                window = edged[:, row : row + height, column : column + width]
                total = total + tf.tensordot(window, self.tap(kernel, row, column), 1)
        return tf.nn.relu(total)

    def scores(self, x):
        x = self.convolve(x, self.kernels[0], self.shifts[0])
        x = self.convolve(x, self.kernels[1], self.shifts[1])
        x = tf.nn.max_pool(x, 2, 2, "VALID")
        x = self.convolve(x, self.kernels[2], self.shifts[2])
        x = tf.nn.max_pool(x, 2, 2, "VALID")
        return self.dense(tf.reshape(x, [-1, 12]))

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            scores = self.scores(x)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores))
        self.sgd.apply(tape.gradient(loss, self.variables), self.variables)
        return loss

    def predict(self, x):
        return self.scores(tf.constant(x)).numpy()


class NotTurned(ShiftedProducts):
    def tap(self, kernel, row, column):
        return kernel[row, column]


def loop():
    return ShiftedProducts()


def fixed():
    return NotTurned()
