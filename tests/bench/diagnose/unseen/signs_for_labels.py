"""A tumour is +1 or -1 here, in a TensorFlow 1 session under Adam."""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer

KIND = "none"
CAUSE = "none: softplus of the signed logit is the cross-entropy, and v1 Adam is given the reference's epsilon"
LINE = None

c = tf.compat.v1


def DATA():
    x, y = load_breast_cancer(return_X_y=True)
    x = ((x - x.mean(0)) / x.std(0))[:, :10]
    p = np.random.RandomState(132).permutation(len(y))
    x, y = x[p].astype("float32"), y[p].astype("float32")[:, None]
    return x[:450], y[:450], x[450:], y[450:]


def reference():
    inputs = keras.Input((10,))
    out = keras.layers.Dense(1)(keras.layers.Dense(7, "tanh")(inputs))
    model = keras.Model(inputs, out)
    model.compile(keras.optimizers.Adam(0.01), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


class Signed:
    def __init__(self):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.x = c.placeholder(tf.float32, [None, 10])
            self.y = c.placeholder(tf.float32, [None, 1])
            self.variables = [c.Variable(start) for start in self.starts()]
            w, b, v, d = self.variables
            logit = tf.tanh(self.x @ w + b) @ v + d
            sign = 2 * self.y - 1
            self.loss = tf.reduce_mean(tf.math.softplus(-sign * logit))
            self.logit = logit
            self.train = c.train.AdamOptimizer(0.01, epsilon=1e-7).minimize(self.loss)
            init = c.global_variables_initializer()
        self.session = c.Session(graph=self.graph)
        self.session.run(init)

    def starts(self):
        rng = np.random.RandomState(8)
        return [rng.normal(0, 0.2, s).astype("float32") for s in ((10, 7), (7,), (7, 1), (1,))]

    def train_step(self, x, y):
        return self.session.run({"loss": self.loss, "op": self.train}, {self.x: x, self.y: y})["loss"]

    def predict(self, x):
        return self.logit.eval({self.x: x}, self.session)


def loop():
    return Signed()


def fixed():
    return Signed()
