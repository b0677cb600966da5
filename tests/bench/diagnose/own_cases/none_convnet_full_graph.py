"""The full ConvNet as a TensorFlow 1 graph, Adam's rule among its operations."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "none"
CAUSE = "none: placeholders and a session, transposed products, Adam's rule with the rate folded in"
LINE = None

tf1 = tf.compat.v1


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(106).permutation(len(x))[:400]
    x = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1)
    y = y[order].astype("int32")
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.Conv2D(4, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.Conv2D(3, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(16, "relu"),
            keras.layers.Dropout(0.5, seed=15),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy")
    return model


class Graph:
    def __init__(self):
        graph = tf.Graph()
        with graph.as_default():
            self.x = tf1.placeholder(tf.float32, [None, 8, 8, 1])
            self.y = tf1.placeholder(tf.int32, [None])
            self.training = tf1.placeholder_with_default(False, [])
            self.variables, self.learned, self.moves = [], [], []
            self.calls = tf1.get_variable("calls", initializer=0, trainable=False)
            self.scores = self.build(self.x)
            self.prob = tf.nn.softmax(self.scores)
            self.loss = tf1.losses.sparse_softmax_cross_entropy(self.y, self.scores)
            self.train = self.adam(tf1.gradients(self.loss, self.learned))
            start = tf1.global_variables_initializer()
        self.session = tf1.Session(graph=graph)
        self.session.run(start)

    def make(self, shape, value=None, learned=True):
        first = tf.random.normal(shape, stddev=0.2) if value is None else tf.fill(shape, value)
        variable = tf1.get_variable(f"v{len(self.variables)}", initializer=first)
        self.variables.append(variable)
        if learned:
            self.learned.append(variable)
        return variable

    def norm(self, maps, c):
        gamma, beta = self.make([c], 1.0), self.make([c], 0.0)
        kept = self.make([c], 0.0, learned=False), self.make([c], 1.0, learned=False)
        seen = tf.nn.moments(maps, [0, 1, 2])
        for old, new in zip(kept, seen, strict=True):
            self.moves.append(tf1.assign_sub(old, 0.1 * (old - new)))
        mean, variance = (
            tf.where(self.training, new, old) for old, new in zip(kept, seen, strict=True)
        )
        return tf.nn.batch_normalization(maps, mean, variance, beta, gamma, 1e-3)

    def build(self, maps):
        for c, filters in ((1, 4), (4, 3)):
            maps = self.norm(maps, c)
            kernel, bias = self.make([3, 3, c, filters]), self.make([filters], 0.0)
            maps = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(maps, kernel, 1, "SAME"), bias))
            maps = tf.nn.max_pool2d(maps, 2, 2, "SAME")
        h = tf.reshape(maps, [-1, 12])
        w, b = self.make([12, 16]), self.make([16], 0.0)
        h = tf.nn.relu(tf.transpose(tf.matmul(w, h, transpose_a=True, transpose_b=True)) + b)
        seed = tf.stack([15, self.calls])
        thinned = tf.nn.experimental.stateless_dropout(h, 0.5, seed)
        h = tf.where(self.training, thinned, h)
        w, b = self.make([16, 10]), self.make([10], 0.0)
        return tf.transpose(tf.matmul(w, h, transpose_a=True, transpose_b=True)) + b

    def adam(self, gradients):
        t = tf.cast(self.calls + 1, tf.float32)
        rate = 0.002 * tf.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        steps = []
        for v, g in zip(self.learned, gradients, strict=True):
            m, s = (tf1.Variable(tf.zeros(v.shape)) for _ in range(2))
            new_m, new_s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
            with tf.control_dependencies([*gradients, rate, new_m, new_s]):
                move = rate * new_m / (tf.sqrt(new_s) + 1e-7)
                steps += [m.assign(new_m), s.assign(new_s), v.assign_sub(move)]
        with tf.control_dependencies([self.loss, *steps, *self.moves]):
            return self.calls.assign_add(1)

    def train_step(self, x, y):
        feed = {self.x: x, self.y: y, self.training: True}
        return self.session.run([self.loss, self.train], feed)[0]

    def predict(self, x):
        return self.session.run(self.prob, {self.x: x})


def loop():
    return Graph()


def fixed():
    return Graph()
