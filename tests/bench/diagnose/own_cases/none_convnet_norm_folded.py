"""A ConvNet with batch normalisation folded into one scale and one shift."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: scale and shift folded into two numbers a channel, pooling as a maximum of blocks"
LINE = None


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(105).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    conv = {"padding": "same", "activation": "relu"}
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(3, 3, **conv),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(4, 3, **conv),
            keras.layers.MaxPooling2D(),
            keras.layers.BatchNormalization(),
            keras.layers.Conv2D(2, 3, **conv),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(14, "relu"),
            keras.layers.Dense(12, "relu"),
            keras.layers.Dense(10),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.2), loss=loss)
    return model


class Folded:
    def __init__(self):
        he = keras.initializers.HeNormal(seed=14)
        self.variables, self.stages = [], []
        for c, filters in ((1, 3), (3, 4), (4, 2)):
            norm = [tf.Variable(f(c)) for f in (tf.ones, tf.zeros, tf.zeros, tf.ones)]
            conv = [tf.Variable(he((3, 3, c, filters))), tf.Variable(tf.zeros(filters))]
            self.stages.append((norm, conv))
            self.variables += norm + conv
        self.dense = []
        for n, m in ((8, 14), (14, 12), (12, 10)):
            self.dense += [tf.Variable(he((n, m))), tf.Variable(tf.zeros(m))]
        self.variables += self.dense
        moving = [id(v) for norm, _ in self.stages for v in norm[2:]]
        self.learned = [v for v in self.variables if id(v) not in moving]

    def normalise(self, maps, norm, training):
        gamma, beta, kept_mean, kept_variance = norm
        mean, variance = kept_mean, kept_variance
        if training:
            mean = tf.reduce_mean(maps, [0, 1, 2])
            variance = tf.reduce_mean((maps - mean) ** 2, [0, 1, 2])
            kept_mean.assign_add(0.01 * (mean - kept_mean))
            kept_variance.assign_add(0.01 * (variance - kept_variance))
        scale = gamma * tf.math.rsqrt(variance + 1e-3)
        return maps * scale + (beta - mean * scale)

    def scores(self, maps, training):
        for n, (norm, (kernel, offset)) in enumerate(self.stages):
            maps = self.normalise(maps, norm, training)
            maps = tf.maximum(tf.nn.convolution(maps, kernel, padding="SAME") + offset, 0.0)
            if n:
                side = maps.shape[1] // 2
                blocks = tf.reshape(maps, [-1, side, 2, side, 2, maps.shape[3]])
                maps = tf.reduce_max(blocks, axis=[2, 4])
        h = tf.reshape(maps, [-1, 8])
        for w, b in ((self.dense[0], self.dense[1]), (self.dense[2], self.dense[3])):
            h = tf.maximum(tf.linalg.matmul(h, w) + b, 0.0)
        return tf.linalg.matmul(h, self.dense[4]) + self.dense[5]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            xent = tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.scores(x, True))
            loss = tf.reduce_mean(xent)
        for v, g in zip(self.learned, tape.gradient(loss, self.learned), strict=True):
            v.assign(v - 0.2 * g)
        return loss

    def predict(self, x):
        return self.scores(tf.constant(x), False).numpy()


def loop():
    return Folded()


def fixed():
    return Folded()
