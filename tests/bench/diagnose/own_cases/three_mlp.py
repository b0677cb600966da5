"""An MLP in a loop with clipped gradients and an accuracy of its own."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSES = [
    "the third layer goes through tanh, in the reference through a sigmoid",
    "the gradients are not clipped, where the reference clips each of their values at 0.01",
    "the accuracy is never reset: what training counted is in the test's",
]
LINES = ["return tf.tanh(z)", None, None]
CAUSE, LINE = "three faults: " + "; ".join(CAUSES), LINES[0]


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(77).permutation(len(x))[:500]
    x, y = (x[order] / 16).astype("float32"), y[order].astype("int32")
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(24, "sigmoid"),
            keras.layers.Dense(16, "sigmoid"),
            keras.layers.Dense(12, "sigmoid"),
            keras.layers.Dense(10),
        ]
    )
    model.compile(
        keras.optimizers.SGD(5.0, clipvalue=0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


class Mlp:
    def __init__(self):
        draw = keras.initializers.GlorotUniform(seed=9)
        self.variables = []
        for n, m in ((64, 24), (24, 16), (16, 12), (12, 10)):
            self.variables += [tf.Variable(draw((n, m))), tf.Variable(tf.zeros(m))]
        self.accuracy = keras.metrics.SparseCategoricalAccuracy()

    def third(self, z):
        return tf.tanh(z)

    def limit(self, gradients):
        return gradients

    def model(self, x):
        w1, b1, w2, b2, w3, b3, w4, b4 = self.variables
        x = tf.sigmoid(tf.matmul(x, w1) + b1)
        x = tf.sigmoid(tf.matmul(x, w2) + b2)
        x = self.third(tf.matmul(x, w3) + b3)
        return tf.matmul(x, w4) + b4

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            scores = self.model(x)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores))
        self.accuracy.update_state(y, scores)
        gradients = self.limit(tape.gradient(loss, self.variables))
        for v, g in zip(self.variables, gradients, strict=True):
            v.assign_sub(5.0 * g)
        return loss

    def predict(self, x):
        return self.model(x).numpy()

    def count(self, x, y):
        self.accuracy.update_state(y, self.model(x))

    def evaluate(self, x, y):
        self.count(x, y)
        return {"accuracy": float(self.accuracy.result())}


class Activated(Mlp):
    def third(self, z):
        return tf.sigmoid(z)


class Limited(Mlp):
    def limit(self, gradients):
        return [tf.clip_by_value(g, -0.01, 0.01) for g in gradients]


class Reset(Mlp):
    def count(self, x, y):
        self.accuracy.reset_state()
        super().count(x, y)


class OnlyActivation(Limited, Reset):
    pass


class OnlyClipping(Activated, Reset):
    pass


class OnlyMetric(Activated, Limited):
    pass


class Mended(Activated, Limited, Reset):
    pass


def loop():
    return Mlp()


def alone():
    return [OnlyActivation(), OnlyClipping(), OnlyMetric()]


def fixed():
    return Mended()
