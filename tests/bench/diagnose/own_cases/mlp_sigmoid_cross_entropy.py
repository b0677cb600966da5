"""An MLP with one-hot labels."""

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

KIND = "result"
CAUSE = "ten sigmoid cross-entropies, one a class, stand in for the one softmax cross-entropy"
LINE = "return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)"


def DATA():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(59).permutation(len(x))[:600]
    x, y = (x[order] / 16).astype("float32"), np.eye(10, dtype="float32")[y[order]]
    return x[:400], y[:400], x[400:], y[400:]


def build():
    image = keras.Input((64,), name="image")
    a = image
    for units in (18, 12, 10):
        a = keras.layers.Dense(units, activation="sigmoid")(a)
    return keras.Model(image, keras.layers.Dense(10)(a))


def reference():
    model = build()
    model.compile(
        keras.optimizers.SGD(0.5), loss=keras.losses.CategoricalCrossentropy(from_logits=True)
    )
    return model


class Mlp:
    def __init__(self):
        self.network = build()
        self.variables = self.network.weights

    def errors(self, labels, logits):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    @tf.function
    def train_step(self, x, labels):
        with tf.GradientTape() as tape:
            cost = tf.reduce_mean(self.errors(labels, self.network(x, training=True)))
        theta = self.network.trainable_variables
        for parameter, gradient in zip(theta, tape.gradient(cost, theta), strict=True):
            parameter.assign_sub(0.5 * gradient)
        return cost

    def predict(self, x):
        return self.network(x, training=False).numpy()


class SoftmaxMlp(Mlp):
    def errors(self, labels, logits):
        return tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)


def loop():
    return Mlp()


def fixed():
    return SoftmaxMlp()
