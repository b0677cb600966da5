"""An MLP as a tf.Module with its own momentum; the pixels come scaled already."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSES = [
    "the pixels, between 0 and 1 already, are divided by 255 once more",
    "the momentum is damped: it takes up (1 - 0.9) of each gradient, in Keras all of it",
]
LINES = ["return pixels / 255.0", "return 0.9 * m + (1 - 0.9) * g"]
CAUSE, LINE = "two faults: " + "; ".join(CAUSES), LINES[0]


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(71).permutation(len(x))[:500]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(20, "sigmoid"),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Dense(12, "sigmoid"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.2, momentum=0.9), loss="sparse_categorical_crossentropy")
    return model


class Dense(tf.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.w = tf.Variable(tf.random.normal([n_in, n_out]) / n_in**0.5)
        self.b = tf.Variable(tf.zeros([n_out]))

    def __call__(self, x):
        return tf.nn.bias_add(tf.matmul(x, self.w), self.b)


class Mlp(tf.Module):
    def __init__(self):
        super().__init__()
        self.layers = [Dense(64, 20), Dense(20, 16), Dense(16, 12), Dense(12, 10)]
        self.moments = [tf.Variable(tf.zeros_like(v), trainable=False) for v in self.variables]

    @property
    def variables(self):
        return [v for layer in self.layers for v in (layer.w, layer.b)]

    def prepare(self, pixels):
        return pixels / 255.0

    def gather(self, m, g):
        return 0.9 * m + (1 - 0.9) * g

    def logits(self, x):
        x = self.prepare(x)
        for layer in self.layers[:-1]:
            x = tf.nn.sigmoid(layer(x))
        return self.layers[-1](x)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.logits(x))
            loss = tf.reduce_mean(xent)
        gradients = tape.gradient(loss, self.variables)
        for v, m, g in zip(self.variables, self.moments, gradients, strict=True):
            m.assign(self.gather(m, g))
            v.assign_sub(0.2 * m)
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.logits(x)).numpy()


class PixelsAsTheyAre(Mlp):
    def prepare(self, pixels):
        return pixels


class WholeGradient(Mlp):
    def gather(self, m, g):
        return 0.9 * m + g


class Mended(PixelsAsTheyAre, WholeGradient):
    pass


def loop():
    return Mlp()


def alone():
    return [WholeGradient(), PixelsAsTheyAre()]


def fixed():
    return Mended()
