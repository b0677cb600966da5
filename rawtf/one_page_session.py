"""The same page in the workshop's own words, those of TensorFlow 1: a graph, then a session.

First the graph is built and nothing is computed: placeholders for what will be fed, variables,
the loss, an optimizer that adds the way back. Then a session runs it, a batch at a time.
``python -m rawtf.one_page_session`` trains 784-64-32-16-10 on the digits of scikit-learn; that
it is what Keras works out is proved by ``tests/rawtf/test_one_page.py``.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from rawtf.one_page import digits, glorot

tf1 = tf.compat.v1  # what the workshop called tf


class Graph(NamedTuple):
    """What a session is asked for."""

    x: tf.Tensor  # placeholder, (batch, 784)
    y: tf.Tensor  # placeholder, one-hot, (batch, 10)
    loss: tf.Tensor  # scalar
    accuracy: tf.Tensor  # scalar
    train_op: tf.Operation
    variables: list[tf.Variable]  # W_1, b_1, W_2, b_2, W_3, b_3, W_4, b_4


def layer(a: tf.Tensor, w: tf.Variable, b: tf.Variable) -> tf.Tensor:
    """Return z = a W + b, (batch, units)."""
    return tf.nn.bias_add(tf.matmul(a, w), b)


def cross_entropy(y_true: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return the mean of -sum_k y_k log softmax(z)_k over the batch."""
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y_true, logits))


def build_model(values: list[np.ndarray], learning_rate: float) -> Graph:
    """Build the graph of the model, its loss and a training step, from values of W_1, b_1, ..."""
    dtype = values[0].dtype
    x = tf1.placeholder(dtype, (None, 784), name="x")
    y = tf1.placeholder(dtype, (None, 10), name="y")
    w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4 = variables = [tf.Variable(v) for v in values]
    a_1 = tf.nn.sigmoid(layer(x, w_1, b_1))  # (batch, 64)
    a_2 = tf.nn.sigmoid(layer(a_1, w_2, b_2))  # (batch, 32)
    a_3 = tf.nn.sigmoid(layer(a_2, w_3, b_3))  # (batch, 16)
    logits = layer(a_3, w_4, b_4)  # (batch, 10)
    loss = cross_entropy(y, logits)
    # w <- w - learning_rate dL/dw, of every variable that the loss depends on
    train_op = tf1.train.GradientDescentOptimizer(learning_rate).minimize(loss, var_list=variables)
    right = tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1))
    return Graph(x, y, loss, tf.reduce_mean(tf.cast(right, dtype)), train_op, variables)


def train(images: np.ndarray, digit: np.ndarray, epochs: int = 20, batches: int = 45) -> None:
    """Learn images, (n, 784), and their one-hot digits, (n, 10); the last fifth is for the test."""
    rng, n = np.random.default_rng(0), len(images) * 4 // 5
    with tf.Graph().as_default(), tf1.Session() as sess:
        x, y, loss, accuracy, train_op, _ = build_model(glorot(rng), learning_rate=1.0)
        sess.run(tf1.global_variables_initializer())
        for epoch in range(1, epochs + 1):
            for batch in np.array_split(rng.permutation(n), batches):  # of 32 digits or 31
                feed_dict = {x: images[batch], y: digit[batch]}
                _, now = sess.run([train_op, loss], feed_dict=feed_dict)
            right = sess.run(accuracy, feed_dict={x: images[n:], y: digit[n:]})
            print(f"epoch {epoch}: loss {now:.4f}, test accuracy {right:.3f}")


if __name__ == "__main__":
    train(*digits())
