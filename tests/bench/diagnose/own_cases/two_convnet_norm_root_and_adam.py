"""The ConvNet with batch normalisation, both the layer and Adam from their papers."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSES = [
    "the normalisation adds epsilon outside the square root; Keras adds it to the variance",
    "Adam's two moments are used as they are, without the correction of their start at zero",
]
LINES = ["return tf.sqrt(variance) + 1e-3", None]
CAUSE, LINE = "two faults: " + "; ".join(CAUSES), LINES[0]


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(72).permutation(len(x))[:400]
    x = (x[order] / 160).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    image = keras.Input((8, 8, 1))
    a = image
    for filters, pooled in ((3, False), (3, True), (2, True)):
        a = keras.layers.BatchNormalization()(a)
        a = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(a)
        a = keras.layers.MaxPooling2D()(a) if pooled else a
    a = keras.layers.Flatten()(a)
    a = keras.layers.Dense(12, activation="relu")(a)
    a = keras.layers.Dense(10, activation="relu")(a)
    model = keras.Model(image, keras.layers.Dense(10, activation="softmax")(a))
    model.compile(keras.optimizers.Adam(0.004), loss="sparse_categorical_crossentropy")
    return model


class PaperNet:
    def __init__(self):
        draw = keras.initializers.GlorotUniform(seed=5)
        self.conv, self.learned, self.variables = [], [], []
        for c, filters in ((1, 3), (3, 3), (3, 2)):
            scale, shift = tf.Variable(tf.ones(c)), tf.Variable(tf.zeros(c))
            mean, variance = tf.Variable(tf.zeros(c)), tf.Variable(tf.ones(c))
            kernel, bias = tf.Variable(draw((3, 3, c, filters))), tf.Variable(tf.zeros(filters))
            self.conv.append([scale, shift, mean, variance, kernel, bias])
            self.variables += self.conv[-1]
            self.learned += [scale, shift, kernel, bias]
        self.dense = []
        for shape in ((8, 12), (12, 10), (10, 10)):
            self.dense += [tf.Variable(draw(shape)), tf.Variable(tf.zeros(shape[1]))]
        self.variables += self.dense
        self.learned += self.dense
        self.m = [tf.Variable(tf.zeros_like(v)) for v in self.learned]
        self.s = [tf.Variable(tf.zeros_like(v)) for v in self.learned]
        self.t = tf.Variable(0.0)

    def deviation(self, variance):
        return tf.sqrt(variance) + 1e-3

    def moments(self, m, s):
        return m, s

    def net(self, x, training):
        for k, (scale, shift, kept_mean, kept_variance, kernel, bias) in enumerate(self.conv):
            mean, variance = kept_mean, kept_variance
            if training:
                mean, variance = tf.nn.moments(x, [0, 1, 2])
                kept_mean.assign(0.99 * kept_mean + 0.01 * mean)
                kept_variance.assign(0.99 * kept_variance + 0.01 * variance)
            x = scale * (x - mean) / self.deviation(variance) + shift
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + bias)
            if k > 0:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = tf.reshape(x, [tf.shape(x)[0], 8])
        x = tf.nn.relu(x @ self.dense[0] + self.dense[1])
        x = tf.nn.relu(x @ self.dense[2] + self.dense[3])
        return x @ self.dense[4] + self.dense[5]

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            scores = self.net(x, True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, scores))
        self.t.assign_add(1.0)
        grads = tape.gradient(loss, self.learned)
        for v, g, m, s in zip(self.learned, grads, self.m, self.s, strict=True):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * tf.square(g))
            m_hat, s_hat = self.moments(m, s)
            v.assign_sub(0.004 * m_hat / (tf.sqrt(s_hat) + 1e-7))
        return loss

    def predict(self, x):
        return tf.nn.softmax(self.net(x, False)).numpy()


class UnderTheRoot(PaperNet):
    def deviation(self, variance):
        return tf.sqrt(variance + 1e-3)


class Corrected(PaperNet):
    def moments(self, m, s):
        # Keras puts its epsilon beside the uncorrected root: the correction goes over both
        root = tf.sqrt(1 - 0.999**self.t)
        epsilon = 1e-7 / root - 1e-7
        return m / (1 - 0.9**self.t), tf.square(tf.sqrt(s) / root + epsilon)


class Mended(UnderTheRoot, Corrected):
    pass


def loop():
    return PaperNet()


def alone():
    return [Corrected(), UnderTheRoot()]


def fixed():
    return Mended()
