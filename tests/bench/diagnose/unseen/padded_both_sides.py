"""Digit images through one strided convolution, padded by hand."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the border is padded by one on every side; SAME with stride 2 pads this size at the bottom and right only"
LINE = 'return tf.nn.conv2d(tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]]), kernel, strides=2, padding="VALID")'


def DATA():
    digits = load_digits(n_class=6)
    x, y = (digits.images[..., None] / 8 - 1).astype("float32"), digits.target.astype("int32")
    train, test = slice(0, 900), slice(900, None)
    return x[train], y[train], x[test], y[test]


def reference():
    image = keras.Input((8, 8, 1))
    maps = keras.layers.Conv2D(7, 3, strides=2, padding="same", activation="tanh")(image)
    model = keras.Model(image, keras.layers.Dense(6)(keras.layers.Flatten()(maps)))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def parameters(seed=5):
    g = tf.random.Generator.from_seed(seed)
    shapes = (3, 3, 1, 7), (7,), (112, 6), (6,)
    return [tf.Variable(g.normal(shape, stddev=0.1)) for shape in shapes]


class Strided:
    def __init__(self):
        self.variables = parameters()
        self.momenta = [tf.Variable(tf.zeros_like(v)) for v in self.variables]

    def maps(self, image, kernel):
        return tf.nn.conv2d(tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]]), kernel, strides=2, padding="VALID")

    def logits(self, image):
        kernel, bias, readout, offset = self.variables
        flat = tf.reshape(tf.tanh(tf.nn.bias_add(self.maps(image, kernel), bias)), (-1, 112))
        return flat @ readout + offset

    @tf.function
    def train_step(self, image, digit):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(digit, self.logits(image)))
        for v, m, g in zip(self.variables, self.momenta, tape.gradient(loss, self.variables)):
            m.assign(0.9 * m - 0.05 * g)
            v.assign_add(m)
        return loss

    def predict(self, image):
        return self.logits(tf.constant(image)).numpy()


class StridedAsSame(Strided):
    def maps(self, image, kernel):
        return tf.nn.conv2d(image, kernel, strides=2, padding="SAME")


def loop():
    return Strided()


def fixed():
    return StridedAsSame()
