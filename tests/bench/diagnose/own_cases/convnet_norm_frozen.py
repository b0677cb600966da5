"""A pretrained ConvNet: its normalisation stays as it is, the rest is trained further."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "a frozen batch normalisation runs on its moving statistics in Keras, here on the batch's"
LINE = "return tf.nn.moments(maps, axes=[0, 1, 2])"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(68).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    conv = {"padding": "same", "activation": "relu"}
    norms = [keras.layers.BatchNormalization(trainable=False) for _ in range(3)]
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            norms[0],
            keras.layers.Conv2D(3, 3, **conv),
            norms[1],
            keras.layers.Conv2D(4, 3, **conv),
            keras.layers.MaxPooling2D(),
            norms[2],
            keras.layers.Conv2D(2, 3, **conv),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(14, "relu"),
            keras.layers.Dense(12, "relu"),
            keras.layers.Dense(10),
        ]
    )
    model.compile(
        keras.optimizers.RMSprop(0.002),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


class FurtherTraining:
    def __init__(self):
        self.stages, channels = [], 1
        for filters in (3, 4, 2):
            norm = [tf.Variable(f(channels), trainable=False) for f in (tf.ones, tf.zeros) * 2]
            gamma, beta, variance, mean = norm
            kernel = tf.Variable(tf.random.normal((3, 3, channels, filters), stddev=0.3))
            self.stages.append(
                (gamma, beta, mean, variance, kernel, tf.Variable(tf.zeros(filters)))
            )
            channels = filters
        self.head = keras.Sequential(
            [
                keras.Input((8,)),
                keras.layers.Dense(14, "relu"),
                keras.layers.Dense(12, "relu"),
                keras.layers.Dense(10),
            ]
        )
        self.variables = [v for stage in self.stages for v in stage] + self.head.weights
        self.rmsprop = keras.optimizers.RMSprop(0.002)

    def statistics(self, maps, mean, variance):
        return tf.nn.moments(maps, axes=[0, 1, 2])

    def forward(self, maps, training):
        for n, (gamma, beta, mean, variance, kernel, offset) in enumerate(self.stages):
            m, v = self.statistics(maps, mean, variance) if training else (mean, variance)
            maps = tf.nn.batch_normalization(maps, m, v, beta, gamma, variance_epsilon=1e-3)
            maps = tf.nn.relu(tf.nn.conv2d(maps, kernel, 1, "SAME") + offset)
            if n:
                maps = tf.nn.max_pool2d(maps, 2, 2, "VALID")
        return self.head(tf.reshape(maps, [-1, 8]))

    @tf.function
    def train_step(self, x, y):
        learned = [v for stage in self.stages for v in stage[4:]] + self.head.weights
        with tf.GradientTape() as tape:
            logits = self.forward(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        self.rmsprop.apply(tape.gradient(loss, learned), learned)
        return loss

    def predict(self, x):
        return self.forward(x, training=False).numpy()


class LeftAlone(FurtherTraining):
    def statistics(self, maps, mean, variance):
        return mean, variance


def loop():
    return FurtherTraining()


def fixed():
    return LeftAlone()
