"""The MLP in a TensorFlow 1 graph with a decaying learning rate."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "minimize() is not told of the global step, which stays 0, and so the rate never decays"
LINE = "return optimizer.minimize(loss)"

tf1 = tf.compat.v1


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(58).permutation(len(x))[:600]
    x, y = (x[order] / 16).astype("float32"), np.eye(10, dtype="float32")[y[order]]
    return x[:400], y[:400], x[400:], y[400:]


def reference():
    layers = [keras.layers.Dense(n, "sigmoid") for n in (16, 12, 8)]
    model = keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10, "softmax")])
    rate = keras.optimizers.schedules.ExponentialDecay(0.9, decay_steps=2, decay_rate=0.5)
    model.compile(keras.optimizers.SGD(rate), loss="categorical_crossentropy")
    return model


class Graph:
    widths = (64, 16, 12, 8, 10)

    def __init__(self):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.build()
            init = tf1.global_variables_initializer()
        self.session = tf1.Session(graph=self.graph)
        self.session.run(init)

    def build(self):
        self.images = tf1.placeholder(tf.float32, [None, 64], "images")
        self.labels = tf1.placeholder(tf.float32, [None, 10], "labels")
        self.variables, a = [], self.images
        for i, (n_in, n_out) in enumerate(zip(self.widths[:-1], self.widths[1:], strict=True)):
            w = tf1.get_variable(f"W{i}", initializer=tf.random.truncated_normal([n_in, n_out]))
            b = tf1.get_variable(f"b{i}", initializer=tf.zeros([n_out]))
            z = tf.matmul(a, w) + b
            a = tf.sigmoid(z)
            self.variables += [w, b]
        self.prob = tf.nn.softmax(z)
        xent = tf.nn.softmax_cross_entropy_with_logits(labels=self.labels, logits=z)
        self.loss = tf.reduce_mean(xent)
        self.step = tf1.train.get_or_create_global_step()
        rate = tf1.train.exponential_decay(0.9, self.step, decay_steps=2, decay_rate=0.5)
        self.train = self.descend(tf1.train.GradientDescentOptimizer(rate), self.loss)

    def descend(self, optimizer, loss):
        return optimizer.minimize(loss)

    def train_step(self, x, y):
        return self.session.run([self.train, self.loss], {self.images: x, self.labels: y})[1]

    def predict(self, x):
        return self.session.run(self.prob, {self.images: x})


class CountingGraph(Graph):
    def descend(self, optimizer, loss):
        return optimizer.minimize(loss, global_step=self.step)


def loop():
    return Graph()


def fixed():
    return CountingGraph()
