"""Backpropagation by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

EXERCISE = "backprop-by-hand"
LEARNING_RATE = 0.05
WIDTHS = (784, 64, 32, 16, 10)


class MLP:
    """784-64-32-16-10; no tape."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.variables = []
        for n_in, n_out in pairwise(WIDTHS):
            r = np.sqrt(6 / (n_in + n_out))
            w = rng.uniform(-r, r, (n_in, n_out)).astype("float32")
            self.variables += [tf.Variable(w), tf.Variable(tf.zeros(n_out))]

    def forward(self, x):
        """Return a_0 = x, a_1, a_2, a_3 and z, (batch, 10)."""
        w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4 = self.variables
        a_1 = tf.nn.sigmoid(tf.matmul(x, w_1) + b_1)
        a_2 = tf.nn.sigmoid(tf.matmul(a_1, w_2) + b_2)
        a_3 = tf.nn.sigmoid(tf.matmul(a_2, w_3) + b_3)
        return [x, a_1, a_2, a_3], tf.matmul(a_3, w_4) + b_4

    def gradients(self, inputs, z, y):
        """Return the slope of the mean loss in each variable, in their order."""
        # GAP 1 gradient
        d = (tf.nn.softmax(z) - y) / len(y)
        # OPEN
        # d = 0 * z
        # END
        found = []
        for layer in (3, 2, 1, 0):
            a, w = inputs[layer], self.variables[2 * layer]
            # GAP 2 gradient
            d_w = tf.matmul(a, d, transpose_a=True)
            d_b = tf.reduce_sum(d, axis=0)
            # OPEN
            # d_w = tf.zeros_like(w)
            # d_b = tf.zeros(w.shape[1])
            # END
            found = [d_w, d_b, *found]
            if layer > 0:
                # GAP 3 gradient
                d_a = tf.matmul(d, w, transpose_b=True)
                d = d_a * a * (1 - a)
                # OPEN
                # d = tf.zeros_like(a)
                # END
        return found

    def train_step(self, x, y):
        """Take one step of gradient descent; return the loss before it."""
        inputs, z = self.forward(x)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, z))
        gradients = self.gradients(inputs, z, y)
        for variable, gradient in zip(self.variables, gradients, strict=True):
            variable.assign_sub(LEARNING_RATE * gradient)
        return loss

    def predict(self, x):
        """Return the probability of each digit, (batch, 10)."""
        return tf.nn.softmax(self.forward(x)[1])


def loop():
    """Return the program; ``gvk grade`` asks for it."""
    return MLP()


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
