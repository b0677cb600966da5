"""A dense layer by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

EXERCISE = "dense-layer"
LEARNING_RATE = 0.05
WIDTHS = (784, 64, 32, 16, 10)
RNG = np.random.default_rng(0)


class Layer:
    """n_in numbers in, n_out numbers out, each output a neuron of its own."""

    def __init__(self, n_in, n_out, activation=None):
        # GAP 1 structure
        r = np.sqrt(6 / (n_in + n_out))
        self.w = tf.Variable(RNG.uniform(-r, r, (n_in, n_out)).astype("float32"))
        self.b = tf.Variable(tf.zeros(n_out))
        # OPEN
        # self.w = tf.Variable(tf.zeros((n_in, 1)))
        # self.b = tf.Variable(tf.zeros(1))
        # END
        self.n_out, self.activation = n_out, activation

    def __call__(self, x):
        """Return the outputs, (batch, n_out), of x, (batch, n_in)."""
        # GAP 2 forward
        z = tf.nn.bias_add(tf.matmul(x, self.w), self.b)
        # OPEN
        # z = tf.zeros((len(x), self.n_out))
        # END
        # GAP 3 forward
        a = tf.nn.sigmoid(z) if self.activation == "sigmoid" else z
        # OPEN
        # a = z
        # END
        return a


class MLP:
    """784-64-32-16-10 of such layers."""

    def __init__(self):
        sizes = list(pairwise(WIDTHS))
        self.layers = [Layer(*size, "sigmoid") for size in sizes[:-1]] + [Layer(*sizes[-1])]
        self.variables = [v for layer in self.layers for v in (layer.w, layer.b)]

    def logits(self, x):
        """Return z, (batch, 10)."""
        a = x
        for layer in self.layers:
            a = layer(a)
        return a

    def train_step(self, x, y):
        """Take one step of gradient descent; return the loss before it."""
        with tf.GradientTape() as tape:
            losses = tf.nn.softmax_cross_entropy_with_logits(y, self.logits(x))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, self.variables)
        for variable, gradient in zip(self.variables, gradients, strict=True):
            if gradient is not None:  # None where the loss does not depend on a variable
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
