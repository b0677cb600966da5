"""A ConvNet with batch normalisation before each convolution, in modules of one's own."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the momentum of the moving statistics is the share of the new value, in Keras of the old"
LINE = "return MOMENTUM * new + (1 - MOMENTUM) * old"

MOMENTUM = 0.9


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(67).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    return x[:256], y[order].astype("int32")[:256], x[256:], y[order].astype("int32")[256:]


def reference():
    model = keras.Sequential([keras.Input((8, 8, 1))])
    for filters in (4, 4, 2):
        model.add(keras.layers.BatchNormalization(momentum=MOMENTUM))
        model.add(keras.layers.Conv2D(filters, 3, padding="same", activation="relu"))
        if filters == 4 and len(model.layers) == 2:
            continue
        model.add(keras.layers.MaxPooling2D())
    model.add(keras.layers.Flatten())
    for units, activation in ((12, "relu"), (10, "relu"), (10, "softmax")):
        model.add(keras.layers.Dense(units, activation))
    model.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy")
    return model


class Norm(tf.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma, self.beta = tf.Variable(tf.ones(channels)), tf.Variable(tf.zeros(channels))
        self.mean = tf.Variable(tf.zeros(channels), trainable=False)
        self.variance = tf.Variable(tf.ones(channels), trainable=False)
        self.all = [self.gamma, self.beta, self.mean, self.variance]

    def move(self, old, new):
        return MOMENTUM * new + (1 - MOMENTUM) * old

    def __call__(self, x, training):
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = tf.nn.moments(x, [0, 1, 2])
            self.mean.assign(self.move(self.mean, mean))
            self.variance.assign(self.move(self.variance, variance))
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, 1e-3)


class KerasNorm(Norm):
    def move(self, old, new):
        return MOMENTUM * old + (1 - MOMENTUM) * new


class ConvNet(tf.Module):
    def __init__(self, norm):
        super().__init__()
        draw = tf.keras.initializers.GlorotUniform(seed=1)
        self.norms = [norm(c) for c in (1, 4, 4)]
        self.kernels = [tf.Variable(draw((3, 3, *c))) for c in ((1, 4), (4, 4), (4, 2))]
        self.offsets = [tf.Variable(tf.zeros(c)) for c in (4, 4, 2)]
        self.dense = []
        for shape in ((8, 12), (12, 10), (10, 10)):
            self.dense += [tf.Variable(draw(shape)), tf.Variable(tf.zeros(shape[1]))]

    @property
    def variables(self):
        found = []
        for norm, kernel, offset in zip(self.norms, self.kernels, self.offsets, strict=True):
            found += [*norm.all, kernel, offset]
        return found + self.dense

    def __call__(self, x, training):
        for n in range(3):
            x = self.norms[n](x, training)
            x = tf.nn.relu(tf.nn.conv2d(x, self.kernels[n], 1, "SAME") + self.offsets[n])
            if n > 0:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = tf.reshape(x, [-1, 8])
        w1, b1, w2, b2, w3, b3 = self.dense
        return tf.nn.relu(tf.nn.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3

    @tf.function
    def train_step(self, x, y):
        learned = [v for v in self.variables if v.trainable]
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
        for v, g in zip(learned, tape.gradient(loss, learned), strict=True):
            v.assign_sub(0.1 * g)
        return loss

    def predict(self, x):
        return tf.nn.softmax(self(x, training=False)).numpy()


def loop():
    return ConvNet(Norm)


def fixed():
    return ConvNet(KerasNorm)
