"""Adam by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

EXERCISE = "adam-by-hand"
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 0.001, 0.9, 0.999, 1e-7
WIDTHS = (784, 64, 32, 16, 10)


class Adam:
    """A step for each number of its own length, by the mean and the spread of its gradients."""

    def __init__(self, variables):
        self.variables = variables
        self.m = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.v = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.t = tf.Variable(0.0)  # steps taken

    def apply(self, gradients):
        """Move every variable."""
        # GAP 1 update
        self.t.assign_add(1.0)
        # OPEN
        # pass
        # END
        # GAP 2 update
        alpha = LEARNING_RATE * tf.sqrt(1 - BETA_2**self.t) / (1 - BETA_1**self.t)
        # OPEN
        # alpha = LEARNING_RATE
        # END
        for variable, m, v, g in zip(self.variables, self.m, self.v, gradients, strict=True):
            # GAP 3 update
            m.assign(BETA_1 * m + (1 - BETA_1) * g)
            v.assign(BETA_2 * v + (1 - BETA_2) * g * g)
            # OPEN
            # m.assign(g)
            # END
            # GAP 4 update
            variable.assign_sub(alpha * m / (tf.sqrt(v) + EPSILON))
            # OPEN
            # variable.assign_sub(alpha * 0 * m)
            # END


class MLP:
    """784-64-32-16-10, its layers and loss written already."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.variables = []
        for n_in, n_out in pairwise(WIDTHS):
            r = np.sqrt(6 / (n_in + n_out))
            w = rng.uniform(-r, r, (n_in, n_out)).astype("float32")
            self.variables += [tf.Variable(w), tf.Variable(tf.zeros(n_out))]
        self.optimizer = Adam(self.variables)

    def logits(self, x):
        """Return z, (batch, 10)."""
        w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4 = self.variables
        a = tf.nn.sigmoid(tf.matmul(x, w_1) + b_1)
        a = tf.nn.sigmoid(tf.matmul(a, w_2) + b_2)
        a = tf.nn.sigmoid(tf.matmul(a, w_3) + b_3)
        return tf.matmul(a, w_4) + b_4

    def train_step(self, x, y):
        """Take one step; return the loss before it."""
        with tf.GradientTape() as tape:
            losses = tf.nn.softmax_cross_entropy_with_logits(y, self.logits(x))
            loss = tf.reduce_mean(losses)
        self.optimizer.apply(tape.gradient(loss, self.variables))
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
