"""A convolution with stride 2 that pads its image by itself, as ported from PyTorch."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "one pixel is padded at each side; Keras's same padding at stride 2 adds it at the end only"
LINE = "return tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]])"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(90).permutation(len(x))[:450]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:300], y[:300], x[300:], y[300:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.2), loss=loss)
    return model


class Strided:
    def __init__(self):
        draw = keras.initializers.HeNormal(seed=7)
        self.kernel, self.offset = tf.Variable(draw((3, 3, 1, 6))), tf.Variable(tf.zeros(6))
        self.w, self.b = tf.Variable(draw((96, 10))), tf.Variable(tf.zeros(10))
        self.variables = [self.kernel, self.offset, self.w, self.b]

    def pad(self, image):
        return tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]])

    def scores(self, image):
        maps = tf.nn.conv2d(self.pad(image), self.kernel, strides=2, padding="VALID")
        maps = tf.nn.relu(tf.nn.bias_add(maps, self.offset))
        return tf.matmul(tf.reshape(maps, [-1, 96]), self.w) + self.b

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.scores(x))
            loss = tf.reduce_mean(xent)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.2 * g)
        return loss

    def predict(self, x):
        return self.scores(tf.constant(x)).numpy()


class AtTheEnd(Strided):
    def pad(self, image):
        return tf.pad(image, [[0, 0], [0, 1], [0, 1], [0, 0]])


def loop():
    return Strided()


def fixed():
    return AtTheEnd()
