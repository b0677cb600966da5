"""An all-reduce by hand, solved; its gaps are marked as ``bench.exercises.gaps`` says."""

from itertools import pairwise

import numpy as np
import tensorflow as tf

EXERCISE = "all-reduce-by-hand"
LEARNING_RATE = 0.05
WIDTHS = (784, 64, 32, 16, 10)
WORKERS = 4


def ring_all_reduce(vectors):
    """Return, for each worker, the sum of all their vectors, (n,), by a ring.

    Worker i holds ``chunks[i]``, its vector in as many chunks as there are workers, and sends to
    worker i + 1 alone, one chunk at a time.
    """
    n = len(vectors)
    chunks = [tf.split(vector, sizes(len(vector), n)) for vector in vectors]
    for turn in range(n - 1):
        sent = [chunks[i][(i - turn) % n] for i in range(n)]  # all workers send at once
        for i in range(n):
            k, to = (i - turn) % n, (i + 1) % n
            # GAP 2 gradient
            chunks[to][k] = chunks[to][k] + sent[i]
            # OPEN
            # pass
            # END
    for turn in range(n - 1):
        sent = [chunks[i][(i + 1 - turn) % n] for i in range(n)]
        for i in range(n):
            k, to = (i + 1 - turn) % n, (i + 1) % n
            # GAP 3 gradient
            chunks[to][k] = sent[i]
            # OPEN
            # pass
            # END
    return [tf.concat(of_worker, axis=0) for of_worker in chunks]


def sizes(length, n):
    """Return the lengths of n chunks, as equal as can be."""
    return [len(part) for part in np.array_split(np.arange(length), n)]


class MLP:
    """784-64-32-16-10; the batch is split among workers that hold the same weights."""

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

    def share(self, x, y, batch):
        """Return a worker's part of the loss and of its gradient, as one vector."""
        with tf.GradientTape() as tape:
            losses = tf.nn.softmax_cross_entropy_with_logits(y, self.logits(x))
            # GAP 1 loss
            loss = tf.reduce_sum(losses) / batch
            # OPEN
            # loss = tf.reduce_sum(0 * losses)
            # END
        gradients = tape.gradient(loss, self.variables)
        return loss, tf.concat([tf.reshape(g, [-1]) for g in gradients], axis=0)

    def train_step(self, x, y):
        """Take one step of gradient descent; return the loss before it."""
        cut = sizes(len(x), WORKERS)  # not all equal where the batch does not divide
        shares = zip(tf.split(x, cut), tf.split(y, cut), strict=True)
        losses, vectors = zip(*(self.share(*share, len(x)) for share in shares), strict=True)
        gradient = ring_all_reduce(vectors)[0]  # every worker has the same now
        lengths = [tf.size(v) for v in self.variables]
        for variable, part in zip(self.variables, tf.split(gradient, lengths), strict=True):
            variable.assign_sub(LEARNING_RATE * tf.reshape(part, variable.shape))
        return tf.add_n(losses)

    def predict(self, x):
        """Return the probability of each digit, (batch, 10)."""
        return tf.nn.softmax(self.logits(x))


def loop():
    """Return the program; ``gvk grade`` asks for it."""
    return MLP()


if __name__ == "__main__":
    from bench.exercises.tryout import tryout

    tryout(EXERCISE, loop())
