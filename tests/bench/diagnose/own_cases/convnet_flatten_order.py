"""A ConvNet by hand; its maps are flattened as in another framework."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the maps are flattened with the channels first; Keras flattens rows, columns, channels"
LINE = "return tf.transpose(maps, [0, 3, 1, 2])"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(63).permutation(len(x))[:500]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    conv = {"kernel_size": 3, "padding": "same", "activation": "relu"}
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, **conv),
            keras.layers.Conv2D(4, **conv),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(3, **conv),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(16, "relu"),
            keras.layers.Dense(12, "relu"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy")
    return model


def _variable(*shape):
    return tf.Variable(tf.random.truncated_normal(shape, stddev=0.2))


class ConvNet:
    def __init__(self):
        self.k1, self.c1 = _variable(3, 3, 1, 4), _variable(4)
        self.k2, self.c2 = _variable(3, 3, 4, 4), _variable(4)
        self.k3, self.c3 = _variable(3, 3, 4, 3), _variable(3)
        self.w1, self.b1 = _variable(12, 16), _variable(16)
        self.w2, self.b2 = _variable(16, 12), _variable(12)
        self.w3, self.b3 = _variable(12, 10), _variable(10)
        self.variables = [self.k1, self.c1, self.k2, self.c2, self.k3, self.c3]
        self.variables += [self.w1, self.b1, self.w2, self.b2, self.w3, self.b3]

    def arrange(self, maps):
        return tf.transpose(maps, [0, 3, 1, 2])

    def logits(self, x):
        a = tf.nn.relu(tf.nn.conv2d(x, self.k1, 1, "SAME") + self.c1)
        a = tf.nn.relu(tf.nn.conv2d(a, self.k2, 1, "SAME") + self.c2)
        a = tf.nn.max_pool2d(a, 2, 2, "VALID")
        a = tf.nn.relu(tf.nn.conv2d(a, self.k3, 1, "SAME") + self.c3)
        a = tf.nn.max_pool2d(a, 2, 2, "VALID")
        a = tf.reshape(self.arrange(a), [-1, 12])
        a = tf.nn.relu(a @ self.w1 + self.b1)
        a = tf.nn.relu(a @ self.w2 + self.b2)
        return a @ self.w3 + self.b3

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.logits(x))
            loss = tf.reduce_mean(xent)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.1 * g)
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.logits(x)).numpy()


class ChannelsLast(ConvNet):
    def arrange(self, maps):
        return maps


def loop():
    return ConvNet()


def fixed():
    return ChannelsLast()
