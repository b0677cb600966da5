"""The epoch in a graph, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

EXERCISE = "epoch-in-a-graph"
LEARNING_RATE = 0.05
WIDTHS = (784, 64, 32, 16, 10)


class MLP:
    """784-64-32-16-10, its step written already; a whole epoch is to be one call."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.variables = []
        for n_in, n_out in pairwise(WIDTHS):
            r = np.sqrt(6 / (n_in + n_out))
            w = rng.uniform(-r, r, (n_in, n_out)).astype("float32")
            self.variables += [tf.Variable(w), tf.Variable(tf.zeros(n_out))]
        # GAP 1 epoch
        self.compiled_epoch = tf.function(self.epoch)
        # OPEN
        # self.compiled_epoch = self.epoch
        # END

    def epoch(self, x, y, order, batch_size):
        """Walk over (n, 784) and (n, 10) in an order, (n,); return the last loss."""
        # GAP 2 epoch
        x, y = tf.gather(x, order), tf.gather(y, order)
        # OPEN
        # pass
        # END
        loss = tf.constant(0.0)
        # GAP 3 epoch
        for begin in tf.range(0, len(order), batch_size):
            end = begin + batch_size
            loss = self.train_step(x[begin:end], y[begin:end])
        # OPEN
        # loss = self.train_step(x[:batch_size], y[:batch_size])
        # END
        return loss

    def fit(self, x, y, epochs, batch_size):
        """Train: each epoch in an order of its own. A batch size in a tensor is traced but once."""
        x, y, rng = tf.constant(x), tf.constant(y), np.random.default_rng(0)
        for _ in range(epochs):
            order = tf.constant(rng.permutation(len(x)), tf.int32)
            loss = self.compiled_epoch(x, y, order, tf.constant(batch_size, tf.int32))
        return loss

    def logits(self, x):
        """Return z, (batch, 10)."""
        w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4 = self.variables
        a = tf.nn.sigmoid(tf.matmul(x, w_1) + b_1)
        a = tf.nn.sigmoid(tf.matmul(a, w_2) + b_2)
        a = tf.nn.sigmoid(tf.matmul(a, w_3) + b_3)
        return tf.matmul(a, w_4) + b_4

    def train_step(self, x, y):
        """Take one step of gradient descent; return the loss before it."""
        with tf.GradientTape() as tape:
            losses = tf.nn.softmax_cross_entropy_with_logits(y, self.logits(x))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, self.variables)
        for variable, gradient in zip(self.variables, gradients, strict=True):
            variable.assign_sub(LEARNING_RATE * gradient)
        return loss

    def predict(self, x):
        """Return the probability of each digit, (batch, 10)."""
        return tf.nn.softmax(self.logits(x))


def loop():
    """Return the program; ``gvk grade`` asks for it."""
    return MLP()


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
