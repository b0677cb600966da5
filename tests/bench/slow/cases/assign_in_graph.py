"""A rate set anew in a graph."""
import keras
import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1
KIND = "speed"
CAUSE = "every step makes a new assign op in the graph, which grows and is read anew by the session"
LINE = 'self.session.run(tf1.assign(self.rate, 0.05))'


def DATA():
    rng = np.random.RandomState(5)
    x = rng.normal(size=(704, 12)).astype("float32")
    y = (x[:, :1] * x[:, 1:2] + 0.1 * rng.normal(size=(704, 1))).astype("float32")
    return x[:640], y[:640], x[640:], y[640:]


def _net():
    return keras.Sequential([keras.Input((12,)), keras.layers.Dense(24, "relu"), keras.layers.Dense(1)])


def reference():
    model = _net()
    model.compile(keras.optimizers.SGD(0.05), loss="mse")
    return model


class Graph:
    def __init__(self):
        graph = tf.Graph()
        with graph.as_default():
            self.x = tf1.placeholder(tf.float32, [None, 12])
            self.y = tf1.placeholder(tf.float32, [None, 1])
            draw = tf1.glorot_uniform_initializer(seed=7)
            a, b = tf1.get_variable("a", [12, 24], initializer=draw), tf1.get_variable("b", initializer=tf.zeros([24]))
            c, d = tf1.get_variable("c", [24, 1], initializer=draw), tf1.get_variable("d", initializer=tf.zeros([1]))
            self.variables = [a, b, c, d]
            self.rate = tf1.get_variable("rate", initializer=0.1, trainable=False)
            self.out = tf.matmul(tf.nn.relu(tf.matmul(self.x, a) + b), c) + d
            self.loss = tf.reduce_mean(tf.square(self.out - self.y))
            self.go = tf1.train.GradientDescentOptimizer(self.rate).minimize(self.loss)
            start = tf1.global_variables_initializer()
        self.session = tf1.Session(graph=graph)
        self.session.run(start)

    def predict(self, x):
        return self.session.run(self.out, {self.x: x})


class Slow(Graph):
    def train_step(self, x, y):
        with self.session.graph.as_default():
            self.session.run(tf1.assign(self.rate, 0.05))
        return self.session.run([self.go, self.loss], {self.x: x, self.y: y})[1]


class Fixed(Graph):
    def train_step(self, x, y):
        self.rate.load(0.05, self.session)
        return self.session.run([self.go, self.loss], {self.x: x, self.y: y})[1]


def loop():
    return Slow()


def fixed():
    return Fixed()
