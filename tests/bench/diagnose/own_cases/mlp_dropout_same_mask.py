"""An MLP with dropout made repeatable by a seed."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the seed of the stateless dropout never moves, so every step drops the same units"
LINE = "return tf.constant([44, 0])"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(62).permutation(len(x))[:600]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(24, "sigmoid"),
            keras.layers.Dropout(0.5, seed=44),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Dense(12, "sigmoid"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.3), loss="sparse_categorical_crossentropy")
    return model


class Seeded:
    def __init__(self):
        self.body = [keras.layers.Dense(n, "sigmoid") for n in (24, 16, 12)]
        self.head = keras.layers.Dense(10, "softmax")
        self.predict(np.zeros((1, 64), "float32"))
        self.variables = [w for layer in (*self.body, self.head) for w in layer.weights]
        self.count = tf.Variable(0)

    def seed(self):
        return tf.constant([44, 0])

    def forward(self, x, training):
        x = self.body[0](x)
        if training:
            x = tf.nn.experimental.stateless_dropout(x, rate=0.5, seed=self.seed())
        return self.head(self.body[2](self.body[1](x)))

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            p = tf.gather(self.forward(x, True), y, batch_dims=1)
            loss = -tf.reduce_mean(tf.math.log(p))
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.3 * g)
        self.count.assign_add(1)
        return loss

    def predict(self, x):
        return self.forward(x, False).numpy()


class SeededAnew(Seeded):
    def seed(self):
        return tf.stack([44, self.count])


def loop():
    return Seeded()


def fixed():
    return SeededAnew()
