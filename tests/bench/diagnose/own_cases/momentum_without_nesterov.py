"""Diabetes in a TensorFlow 1 graph, under the momentum optimizer."""

import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the momentum is the plain one; the reference looks ahead (nesterov=True)"
LINE = "return tf1.train.MomentumOptimizer(0.02, momentum=0.9)"

tf1 = tf.compat.v1


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:352], y[:352], x[352:], y[352:]


def reference():
    model = keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(9, "relu"), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True), loss="mse")
    return model


class Graph:
    def __init__(self):
        graph = tf.Graph()
        with graph.as_default():
            self.x = tf1.placeholder(tf.float32, (None, 10))
            self.y = tf1.placeholder(tf.float32, (None, 1))
            glorot = tf1.glorot_uniform_initializer(seed=8)
            u = tf1.get_variable("u", (10, 9), initializer=glorot)
            c = tf1.get_variable("c", (9,), initializer=tf1.zeros_initializer())
            v = tf1.get_variable("v", (9, 1), initializer=glorot)
            d = tf1.get_variable("d", (1,), initializer=tf1.zeros_initializer())
            self.variables = [u, c, v, d]
            hidden = tf1.nn.relu_layer(self.x, u, c)
            self.guess = tf1.nn.xw_plus_b(hidden, v, d)
            self.loss = tf1.losses.mean_squared_error(self.y, self.guess)
            self.train = self.optimizer().minimize(self.loss)
            self.session = tf1.Session()
            self.session.run(tf1.global_variables_initializer())

    def optimizer(self):
        return tf1.train.MomentumOptimizer(0.02, momentum=0.9)

    def train_step(self, x, y):
        return self.session.run([self.loss, self.train], {self.x: x, self.y: y})[0]

    def predict(self, x):
        return self.session.run(self.guess, {self.x: x})


class LookingAhead(Graph):
    def optimizer(self):
        return tf1.train.MomentumOptimizer(0.02, momentum=0.9, use_nesterov=True)


def loop():
    return Graph()


def fixed():
    return LookingAhead()
