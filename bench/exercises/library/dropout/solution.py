"""Dropout in both ways, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf
from keras import layers

EXERCISE = "dropout"
LEARNING_RATE = 0.05
WIDTHS = (784, 64, 32, 16, 10)
RATE = 0.5


def dropout(a, rate):
    """Return a with a share ``rate`` of its numbers dropped, the others scaled up."""
    # GAP 1 forward
    kept = tf.random.uniform(tf.shape(a)) >= rate
    a = tf.where(kept, a / (1 - rate), tf.zeros_like(a))
    # OPEN
    # pass
    # END
    return a


class MLP:
    """784-64-32-16-10 by hand, with dropout after each hidden layer."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.variables = []
        for n_in, n_out in pairwise(WIDTHS):
            r = np.sqrt(6 / (n_in + n_out))
            w = rng.uniform(-r, r, (n_in, n_out)).astype("float32")
            self.variables += [tf.Variable(w), tf.Variable(tf.zeros(n_out))]

    def logits(self, x, training):
        """Return z, (batch, 10)."""
        a, layer_values = x, list(zip(self.variables[::2], self.variables[1::2], strict=True))
        for w, b in layer_values[:-1]:
            a = tf.nn.sigmoid(tf.matmul(a, w) + b)
            # GAP 2 forward
            if training:
                a = dropout(a, RATE)
            # OPEN
            # pass
            # END
        w, b = layer_values[-1]
        return tf.matmul(a, w) + b

    def train_step(self, x, y):
        """Take one step of gradient descent; return the loss before it."""
        with tf.GradientTape() as tape:
            z = self.logits(x, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, z))
        gradients = tape.gradient(loss, self.variables)
        for variable, gradient in zip(self.variables, gradients, strict=True):
            variable.assign_sub(LEARNING_RATE * gradient)
        return loss

    def predict(self, x):
        """Return the probability of each digit, (batch, 10)."""
        return tf.nn.softmax(self.logits(x, training=False))


def by_hand():
    """Return the program by hand; ``gvk grade`` asks for it."""
    return MLP()


def in_keras():
    """Return the compiled model; ``gvk grade`` asks for it."""
    x = keras.Input((784,))
    a = x
    for units in WIDTHS[1:-1]:
        a = layers.Dense(units, activation="sigmoid")(a)
        # GAP 3 forward
        a = layers.Dropout(RATE)(a)
        # OPEN
        # pass
        # END
    y = layers.Dense(10, activation="softmax")(a)
    model = keras.Model(x, y)
    model.compile(keras.optimizers.SGD(LEARNING_RATE), "categorical_crossentropy")
    return model


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, by_hand())
    tryout(EXERCISE, in_keras())
