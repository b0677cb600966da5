"""A perceptron by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

import numpy as np
import tensorflow as tf

EXERCISE = "perceptron"
LEARNING_RATE = 0.05


class Perceptron:
    """One neuron tells digit 0 from digit 1: 784 weights, one bias, a sigmoid."""

    def __init__(self):
        r = np.sqrt(6 / (784 + 1))
        start = np.random.default_rng(0).uniform(-r, r, (784, 1))
        self.w = tf.Variable(start.astype("float32"))  # (784, 1)
        self.b = tf.Variable(tf.zeros(1))  # (1,)
        self.variables = [self.w, self.b]

    def logits(self, x):
        """Return z, (batch, 1), of images x, (batch, 784)."""
        # GAP 1 forward
        z = tf.nn.bias_add(tf.matmul(x, self.w), self.b)
        # OPEN
        # z = tf.zeros((len(x), 1))
        # END
        return z

    def predict(self, x):
        """Return the probability that each image is a 1, (batch, 1)."""
        z = self.logits(x)
        # GAP 2 forward
        p = tf.nn.sigmoid(z)
        # OPEN
        # p = z
        # END
        return p

    def loss(self, x, y):
        """Return the loss of a batch, one number; y is 0 or 1, (batch, 1)."""
        p = self.predict(x)
        # GAP 3 loss
        losses = -y * tf.math.log(p) - (1 - y) * tf.math.log(1 - p)
        loss = tf.reduce_mean(losses)
        # OPEN
        # loss = tf.reduce_mean(p - y)
        # END
        return loss

    def train_step(self, x, y):
        """Take one step of gradient descent; return the loss before it."""
        with tf.GradientTape() as tape:
            loss = self.loss(x, y)
        # GAP 4 update
        d_w, d_b = tape.gradient(loss, self.variables)
        self.w.assign_sub(LEARNING_RATE * d_w)
        self.b.assign_sub(LEARNING_RATE * d_b)
        # OPEN
        # pass
        # END
        return loss


def loop():
    """Return the program; ``gvk grade`` asks for it."""
    return Perceptron()


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
