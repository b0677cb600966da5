"""A perceptron whose `fit` keeps a part of the training data back."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "fit holds the last quarter back (validation_split), the loop trains on all of the samples"
LINE = None
FIT = {"batch_size": 32, "epochs": 2, "validation_split": 0.25}


def DATA():
    x, y = load_digits(n_class=2, return_X_y=True)
    order = np.random.default_rng(53).permutation(len(x))
    x, y = (x[order] / 16).astype("float32"), y[order].astype("float32")[:, None]
    return x[:256], y[:256], x[256:], y[256:]


def reference():
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.SGD(0.2), loss="binary_crossentropy")
    return model


class Perceptron(tf.Module):
    def __init__(self):
        super().__init__()
        self.weight_and_bias = [tf.Variable(tf.zeros((64, 1))), tf.Variable(tf.zeros(1))]

    def score(self, x):
        w, b = self.weight_and_bias
        return tf.nn.bias_add(tf.matmul(x, w), b)

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            each = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=self.score(x))
            loss = tf.reduce_mean(each)
        for v, g in zip(self.variables, tape.gradient(loss, self.variables), strict=True):
            v.assign_sub(0.2 * g)
        return loss

    def samples(self, x):
        return len(x)

    def fit(self, x, y, epochs, batch_size):
        for _ in range(epochs):
            for i in range(0, self.samples(x), batch_size):
                self.train_step(x[i : i + batch_size], y[i : i + batch_size])

    def predict(self, x):
        return tf.sigmoid(self.score(x)).numpy()


class HoldsBack(Perceptron):
    def samples(self, x):
        return int(len(x) * 0.75)


def loop():
    return Perceptron()


def fixed():
    return HoldsBack()
