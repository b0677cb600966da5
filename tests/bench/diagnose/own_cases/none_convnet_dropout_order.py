"""The ConvNet with dropout in raw operations, some of them in another order."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: ReLU after the pooling and after the dropout commutes with both; raw operations"
LINE = None

raw = tf.raw_ops


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(104).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = np.eye(10, dtype="float32")[y[order]]
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    conv = {"padding": "same", "activation": "relu"}
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(3, 3, **conv),
            keras.layers.Conv2D(4, 3, **conv),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(3, 3, **conv),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(16, "relu"),
            keras.layers.Dropout(0.5, seed=12),
            keras.layers.Dense(12, "relu"),
            keras.layers.Dropout(0.5, seed=13),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), loss="categorical_crossentropy")
    return model


class RawConvNet:
    def __init__(self):
        shapes = [(3, 3, 1, 3), (3,), (3, 3, 3, 4), (4,), (3, 3, 4, 3), (3,)]
        shapes += [(12, 16), (16,), (16, 12), (12,), (12, 10), (10,)]
        self.variables = [tf.Variable(tf.random.normal(shape, stddev=0.2)) for shape in shapes]
        self.seeds = [keras.random.SeedGenerator(12), keras.random.SeedGenerator(13)]

    def convolve(self, x, n):
        kernel, bias = self.variables[n : n + 2]
        z = raw.Conv2D(input=x, filter=kernel, strides=[1, 1, 1, 1], padding="SAME")
        return raw.BiasAdd(value=z, bias=bias)

    def pool(self, x):
        size = [1, 2, 2, 1]
        return raw.MaxPool(input=x, ksize=size, strides=size, padding="VALID")

    def scores(self, x, training):
        x = self.convolve(raw.Relu(features=self.convolve(x, 0)), 2)
        x = raw.Relu(features=self.pool(x))
        x = raw.Relu(features=self.pool(self.convolve(x, 4)))
        x = raw.Reshape(tensor=x, shape=[-1, 12])
        for n, seeds in zip((6, 8), self.seeds, strict=True):
            z = raw.AddV2(x=self.variables[n + 1], y=raw.MatMul(a=x, b=self.variables[n]))
            z = keras.random.dropout(z, 0.5, seed=seeds) if training else z
            x = raw.Relu(features=z)
        return raw.MatMul(a=x, b=self.variables[10]) + self.variables[11]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            scores = self.scores(x, True)
            each = scores - raw.Max(input=scores, axis=1, keep_dims=True)
            each = raw.Mul(x=y, y=each - tf.math.log(tf.reduce_sum(tf.exp(each), 1, True)))
            loss = raw.Neg(x=raw.Sum(input=each, axis=[0, 1])) / tf.cast(len(x), tf.float32)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            raw.AssignSubVariableOp(resource=v.handle, value=g * 0.1)
        return loss

    def predict(self, x):
        return raw.Softmax(logits=self.scores(tf.constant(x), False)).numpy()


def loop():
    return RawConvNet()


def fixed():
    return RawConvNet()
