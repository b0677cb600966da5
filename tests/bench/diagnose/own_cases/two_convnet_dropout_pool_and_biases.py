"""The ConvNet with dropout: Keras's dense layers on convolutions by hand."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSES = [
    "the maps are pooled by their average, in the reference by their maximum",
    "only the kernels are given to the optimizer, the biases stay where they began",
]
LINES = [
    'return tf.nn.avg_pool2d(maps, 2, 2, "VALID")',
    "return [v for v in self.variables if len(v.shape) > 1]",
]
CAUSE, LINE = "two faults: " + "; ".join(CAUSES), LINES[0]


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(74).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def _dense_part():
    return [
        keras.layers.Dense(16, "relu"),
        keras.layers.Dropout(0.5, seed=21),
        keras.layers.Dense(12, "relu"),
        keras.layers.Dropout(0.5, seed=22),
        keras.layers.Dense(10),
    ]


def reference():
    same = {"padding": "same", "activation": "relu"}
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, 3, **same),
            keras.layers.Conv2D(4, 3, **same),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(3, 3, **same),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            *_dense_part(),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.005),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


class HalfByHand:
    def __init__(self):
        he = keras.initializers.HeUniform(seed=6)
        self.convolutions = [
            (tf.Variable(he((3, 3, n, m))), tf.Variable(tf.zeros(m)))
            for n, m in ((1, 4), (4, 4), (4, 3))
        ]
        self.top = keras.Sequential([keras.Input((12,)), *_dense_part()])
        self.adam = keras.optimizers.Adam(0.005)
        self.variables = [v for pair in self.convolutions for v in pair] + self.top.weights

    def pool(self, maps):
        return tf.nn.avg_pool2d(maps, 2, 2, "VALID")

    def learned(self):
        return [v for v in self.variables if len(v.shape) > 1]

    def scores(self, x, training):
        for n, (kernel, bias) in enumerate(self.convolutions):
            x = tf.nn.conv2d(x, kernel, strides=1, padding="SAME")
            x = tf.nn.relu(tf.nn.bias_add(x, bias))
            x = self.pool(x) if n else x
        return self.top(tf.reshape(x, [-1, 12]), training=training)

    @tf.function
    def train_step(self, x, y):
        learned = self.learned()
        with tf.GradientTape() as tape:
            scores = self.scores(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores))
        self.adam.apply_gradients(zip(tape.gradient(loss, learned), learned, strict=True))
        return loss

    def predict(self, x):
        return self.scores(x, training=False).numpy()


class Maximum(HalfByHand):
    def pool(self, maps):
        return tf.nn.max_pool2d(maps, 2, 2, "VALID")


class Everything(HalfByHand):
    def learned(self):
        return self.variables


class Mended(Maximum, Everything):
    pass


def loop():
    return HalfByHand()


def alone():
    return [Everything(), Maximum()]


def fixed():
    return Mended()
