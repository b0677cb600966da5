"""Diabetes under Huber's loss, by the old layers of TensorFlow 1."""

import keras
import tensorflow as tf
from sklearn.datasets import load_diabetes

KIND = "result"
CAUSE = "the Huber loss bends at its default delta 1.0, that of the reference at 0.3"
LINE = "return tf1.losses.huber_loss(target, output)"

tf1 = tf.compat.v1


def DATA():
    x, y = load_diabetes(return_X_y=True)
    x = (x / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")[:, None]
    return x[:320], y[:320], x[320:], y[320:]


def reference():
    model = keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(11, "tanh"), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(0.1), loss=keras.losses.Huber(delta=0.3))
    return model


def start_session(graph_loss):
    graph = tf.Graph()
    with graph.as_default():
        x, y = tf1.placeholder(tf.float32, [None, 10]), tf1.placeholder(tf.float32, [None, 1])
        weights, h = [], x
        for name, n, m in (("hidden", 10, 11), ("out", 11, 1)):
            with tf1.variable_scope(name):
                weights.append(tf1.get_variable("w", [n, m]))
                weights.append(tf1.get_variable("b", [m], initializer=tf1.zeros_initializer()))
            h = tf.matmul(h, weights[-2]) + weights[-1]
            h = tf.tanh(h) if name == "hidden" else h
        loss = graph_loss(y, h)
        train = tf1.train.GradientDescentOptimizer(0.1).minimize(loss)
        session = tf1.Session(graph=graph)
        session.run(tf1.global_variables_initializer())
    return session, weights, {"x": x, "y": y, "output": h, "loss": loss, "train": train}


class Regression:
    def __init__(self):
        self.session, self.variables, self.ends = start_session(self.error)

    def error(self, target, output):
        return tf1.losses.huber_loss(target, output)

    def train_step(self, x, y):
        feed = {self.ends["x"]: x, self.ends["y"]: y}
        return self.session.run([self.ends["loss"], self.ends["train"]], feed)[0]

    def predict(self, x):
        return self.session.run(self.ends["output"], {self.ends["x"]: x})


class EarlierBend(Regression):
    def error(self, target, output):
        return tf1.losses.huber_loss(target, output, delta=0.3)


def loop():
    return Regression()


def fixed():
    return EarlierBend()
