"""The workshop's perceptron: placeholders, a session, and the update written out."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "the bias takes the sum of its gradient over the batch, where the weights take the mean"
LINE = "return tf.reduce_sum(delta, axis=0)"

tf1 = tf.compat.v1


def DATA():
    x, y = load_digits(n_class=2, return_X_y=True)
    order = np.random.default_rng(54).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("float32")[:, None]
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.05), loss="binary_crossentropy")
    return model


class Session:
    def __init__(self):
        graph = tf.Graph()
        with graph.as_default():
            self.x = tf1.placeholder(tf.float32, [None, 64])
            self.y = tf1.placeholder(tf.float32, [None, 1])
            w = tf1.get_variable("w", [64, 1], initializer=tf1.zeros_initializer())
            b = tf1.get_variable("b", [1], initializer=tf1.zeros_initializer())
            logit = tf.matmul(self.x, w) + b
            self.p = tf.sigmoid(logit)
            self.loss = tf.reduce_mean(
                tf.nn.sigmoid_cross_entropy_with_logits(labels=self.y, logits=logit)
            )
            delta = self.p - self.y
            n = tf.cast(tf.shape(self.x)[0], tf.float32)
            d_w = tf.matmul(self.x, delta, transpose_a=True) / n
            d_b = self.bias_gradient(delta)
            self.update = [tf1.assign_sub(w, 0.05 * d_w), tf1.assign_sub(b, 0.05 * d_b)]
            self.variables = [w, b]
            init = tf1.global_variables_initializer()
        self.session = tf1.Session(graph=graph)
        self.session.run(init)

    def bias_gradient(self, delta):
        return tf.reduce_sum(delta, axis=0)

    def train_step(self, x, y):
        loss, _ = self.session.run([self.loss, self.update], {self.x: x, self.y: y})
        return loss

    def predict(self, x):
        return self.session.run(self.p, {self.x: x})


class MeanSession(Session):
    def bias_gradient(self, delta):
        return tf.reduce_mean(delta, axis=0)


def loop():
    return Session()


def fixed():
    return MeanSession()
