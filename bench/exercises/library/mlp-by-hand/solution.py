"""The MLP by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

EXERCISE = "mlp-by-hand"
LEARNING_RATE = 0.05
WIDTHS = (784, 64, 32, 16, 10)


class MLP:
    """784-64-32-16-10: three hidden layers of sigmoids, softmax at the output."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.variables = []  # W_1, b_1, W_2, b_2, W_3, b_3, W_4, b_4
        for n_in, n_out in pairwise(WIDTHS):
            r = np.sqrt(6 / (n_in + n_out))
            w = rng.uniform(-r, r, (n_in, n_out)).astype("float32")
            self.variables += [tf.Variable(w), tf.Variable(tf.zeros(n_out))]

    def logits(self, x):
        """Return z, (batch, 10), of images x, (batch, 784)."""
        w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4 = self.variables
        # GAP 1 forward
        a_1 = tf.nn.sigmoid(tf.nn.bias_add(tf.matmul(x, w_1), b_1))
        a_2 = tf.nn.sigmoid(tf.nn.bias_add(tf.matmul(a_1, w_2), b_2))
        a_3 = tf.nn.sigmoid(tf.nn.bias_add(tf.matmul(a_2, w_3), b_3))
        # OPEN
        # a_3 = tf.zeros((len(x), 16))
        # END
        # GAP 2 forward
        z = tf.nn.bias_add(tf.matmul(a_3, w_4), b_4)
        # OPEN
        # z = a_3[:, :10]
        # END
        return z

    def train_step(self, x, y):
        """Take one step of gradient descent; return the loss before it. y: (batch, 10)."""
        with tf.GradientTape() as tape:
            z = self.logits(x)
            # GAP 3 loss
            losses = tf.nn.softmax_cross_entropy_with_logits(y, z)
            loss = tf.reduce_mean(losses)
            # OPEN
            # loss = tf.reduce_mean(z - y)
            # END
        # GAP 4 update
        gradients = tape.gradient(loss, self.variables)
        for variable, gradient in zip(self.variables, gradients, strict=True):
            variable.assign_sub(LEARNING_RATE * gradient)
        # OPEN
        # pass
        # END
        return loss

    def predict(self, x):
        """Return the probability of each digit, (batch, 10)."""
        z = self.logits(x)
        # GAP 5 prediction
        p = tf.nn.softmax(z)
        # OPEN
        # p = z
        # END
        return p


def loop():
    """Return the program; ``gvk grade`` asks for it."""
    return MLP()


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
