"""The full ConvNet under Adam with a weight penalty."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSES = [
    "one dropout mask is drawn for the whole batch, in Keras one for each sample",
    "tf.nn.l2_loss halves the sum of squares, Keras's L2 does not",
    "Adam's step counter goes up once for each variable, not once a step",
]
LINES = [
    "return keras.random.dropout(h, 0.3, noise_shape=(1, 16), seed=self.seeds)",
    "return 0.01 * tf.nn.l2_loss(kernel)",
    "self.t.assign_add(1.0)",
]
CAUSE, LINE = "three faults: " + "; ".join(CAUSES), LINES[0]


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(76).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    l2 = keras.regularizers.L2(0.01)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(3, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(16, "relu", kernel_regularizer=l2),
            keras.layers.Dropout(0.3, seed=90),
            keras.layers.Dense(12, "relu", kernel_regularizer=l2),
            keras.layers.Dense(10, kernel_regularizer=l2),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.003),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


class Full:
    def __init__(self):
        same = {"padding": "same", "activation": "relu"}
        self.maps = keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                keras.layers.BatchNormalization(),
                keras.layers.Conv2D(4, 3, **same),
                keras.layers.BatchNormalization(),
                keras.layers.Conv2D(4, 3, **same),
                keras.layers.MaxPooling2D(),
                keras.layers.BatchNormalization(),
                keras.layers.Conv2D(3, 3, **same),
                keras.layers.MaxPooling2D(),
                keras.layers.Flatten(),
            ]
        )
        draw = keras.initializers.GlorotUniform(seed=3)
        self.dense = []
        for n, m in ((12, 16), (16, 12), (12, 10)):
            self.dense += [tf.Variable(draw((n, m))), tf.Variable(tf.zeros(m))]
        self.variables = self.maps.weights + self.dense
        self.learned = self.maps.trainable_variables + self.dense
        self.m = [tf.Variable(tf.zeros(v.shape)) for v in self.learned]
        self.v = [tf.Variable(tf.zeros(v.shape)) for v in self.learned]
        self.t = tf.Variable(0.0)
        self.seeds = keras.random.SeedGenerator(90)

    def drop(self, h):
        return keras.random.dropout(h, 0.3, noise_shape=(1, 16), seed=self.seeds)

    def penalty(self, kernel):
        return 0.01 * tf.nn.l2_loss(kernel)

    def scores(self, x, training):
        w1, b1, w2, b2, w3, b3 = self.dense
        h = tf.nn.relu(self.maps(x, training=training) @ w1 + b1)
        h = self.drop(h) if training else h
        return tf.nn.relu(h @ w2 + b2) @ w3 + b3

    def begin_step(self):
        pass

    def begin_variable(self):
        self.t.assign_add(1.0)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.scores(x, True))
            loss = tf.reduce_mean(xent)
            loss += sum(self.penalty(kernel) for kernel in self.dense[::2])
        grads = tape.gradient(loss, self.learned)
        self.begin_step()
        for w, g, m, v in zip(self.learned, grads, self.m, self.v, strict=True):
            self.begin_variable()
            m.assign_add((g - m) * 0.1)
            v.assign_add((g * g - v) * 0.001)
            rate = 0.003 * tf.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
            w.assign_sub(rate * m / (tf.sqrt(v) + 1e-7))
        return loss

    def predict(self, x):
        return self.scores(x, False).numpy()


class MaskPerSample(Full):
    def drop(self, h):
        return keras.random.dropout(h, 0.3, seed=self.seeds)


class WholeSquares(Full):
    def penalty(self, kernel):
        return 0.01 * tf.reduce_sum(tf.square(kernel))


class CountsSteps(Full):
    def begin_step(self):
        self.t.assign(self.t + 1.0)

    def begin_variable(self):
        pass


class OnlyMask(WholeSquares, CountsSteps):
    pass


class OnlyPenalty(MaskPerSample, CountsSteps):
    pass


class OnlyCounter(MaskPerSample, WholeSquares):
    pass


class Mended(MaskPerSample, WholeSquares, CountsSteps):
    pass


def loop():
    return Full()


def alone():
    return [OnlyMask(), OnlyPenalty(), OnlyCounter()]


def fixed():
    return Mended()
