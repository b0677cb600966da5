"""Cross-entropy by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

EXERCISE = "cross-entropy"
LEARNING_RATE = 0.05
WIDTHS = (784, 64, 32, 16, 10)


def log_softmax(z):
    """Return log softmax(z), (batch, 10), of logits z, (batch, 10)."""
    # GAP 1 loss
    z = z - tf.reduce_max(z, axis=1, keepdims=True)
    log_p = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=1, keepdims=True))
    # OPEN
    # log_p = z
    # END
    return log_p


def cross_entropies(y_true, log_p):
    """Return the cross-entropy of each image, (batch,); y_true is one-hot, (batch, 10)."""
    # GAP 2 loss
    losses = -tf.reduce_sum(y_true * log_p, axis=1)
    # OPEN
    # losses = tf.reduce_sum(0 * log_p, axis=1)
    # END
    return losses


def loss_of_batch(losses):
    """Return the loss of a batch, one number, of the losses of its images, (batch,)."""
    # GAP 3 loss
    loss = tf.reduce_mean(losses)
    # OPEN
    # loss = losses[0]
    # END
    return loss


class MLP:
    """784-64-32-16-10, its layers written already."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.variables = []
        for n_in, n_out in pairwise(WIDTHS):
            r = np.sqrt(6 / (n_in + n_out))
            w = rng.uniform(-r, r, (n_in, n_out)).astype("float32")
            self.variables += [tf.Variable(w), tf.Variable(tf.zeros(n_out))]

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
            loss = loss_of_batch(cross_entropies(y, log_softmax(self.logits(x))))
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
