"""The ConvNet by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

import numpy as np
import tensorflow as tf

EXERCISE = "convnet-by-hand"
LEARNING_RATE = 0.05
SHAPES = ((3, 3, 1, 32), (3, 3, 32, 32), (3, 3, 32, 16), (784, 32), (32, 16), (16, 10))


def convolution(x, w, b):
    """Return (batch, height, width, filters) of x, (batch, height, width, channels), with ReLU."""
    # GAP 1 forward
    z = tf.nn.conv2d(x, w, strides=1, padding="SAME")
    a = tf.nn.relu(tf.nn.bias_add(z, b))
    # OPEN
    # a = tf.zeros((*x.shape[:3], w.shape[-1]))
    # END
    return a


def max_pooling(x):
    """Return (batch, height / 2, width / 2, channels): the largest of each 2 x 2 pixels."""
    # GAP 2 forward
    a = tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")
    # OPEN
    # a = x[:, ::2, ::2]
    # END
    return a


def flattened(x):
    """Return all numbers of each image in one row, (batch, height * width * channels)."""
    # GAP 3 forward
    a = tf.reshape(x, (len(x), -1))
    # OPEN
    # a = tf.zeros((len(x), 784))
    # END
    return a


class ConvNet:
    """Three convolutions, three dense layers."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.variables = []
        for shape in SHAPES:
            window = np.prod(shape[:-2])
            r = np.sqrt(6 / (window * (shape[-2] + shape[-1])))
            w = rng.uniform(-r, r, shape).astype("float32")
            self.variables += [tf.Variable(w), tf.Variable(tf.zeros(shape[-1]))]

    def logits(self, x):
        """Return z, (batch, 10), of images x, (batch, 28, 28, 1)."""
        w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4, w_5, b_5, w_6, b_6 = self.variables
        a = convolution(x, w_1, b_1)  # (batch, 28, 28, 32)
        a = max_pooling(convolution(a, w_2, b_2))  # (batch, 14, 14, 32)
        a = max_pooling(convolution(a, w_3, b_3))  # (batch, 7, 7, 16)
        a = flattened(a)  # (batch, 784)
        a = tf.nn.relu(tf.matmul(a, w_4) + b_4)
        a = tf.nn.relu(tf.matmul(a, w_5) + b_5)
        return tf.matmul(a, w_6) + b_6

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
    return ConvNet()


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
