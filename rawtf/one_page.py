"""The workshop's MLP on one page: variables, matrix products, sigmoid and the chain rule.

No layer, no optimizer, no tape. ``python -m rawtf.one_page`` trains 784-64-32-16-10 on the digits
of scikit-learn. In comments ``d_l`` is dL/dz_l: how the loss moves with what layer l adds up. That
all this is what Keras works out is proved by ``tests/rawtf/test_one_page.py``.
"""

import numpy as np
import tensorflow as tf

Variables = list[tf.Variable]  # W_1, b_1, W_2, b_2, W_3, b_3, W_4, b_4


def glorot(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw each W from U(-r, r) with r = sqrt(6 / (n_in + n_out)); each b is 0."""
    values: list[np.ndarray] = []
    for n_in, n_out in ((784, 64), (64, 32), (32, 16), (16, 10)):
        r = np.sqrt(6 / (n_in + n_out))
        values += [rng.uniform(-r, r, (n_in, n_out)), np.zeros(n_out)]
    return [value.astype(np.float32) for value in values]


def forward(variables: Variables, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Return a_l = s(a_(l-1) W_l + b_l) of the hidden layers, then z = a_3 W_4 + b_4."""
    w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4 = variables
    a_1 = tf.sigmoid(tf.matmul(x, w_1) + b_1)  # (batch, 784) to (batch, 64)
    a_2 = tf.sigmoid(tf.matmul(a_1, w_2) + b_2)  # (batch, 32)
    a_3 = tf.sigmoid(tf.matmul(a_2, w_3) + b_3)  # (batch, 16)
    return a_1, a_2, a_3, tf.matmul(a_3, w_4) + b_4  # z: (batch, 10)


def step(variables: Variables, x: tf.Tensor, y: tf.Tensor, learning_rate: float) -> tf.Tensor:
    """Take a step down; return L, the mean of -sum_k y_k log softmax(z)_k over the batch."""
    w_1, b_1, w_2, b_2, w_3, b_3, w_4, b_4 = variables
    a_1, a_2, a_3, z = forward(variables, x)
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, z))
    # the way back: dL/da = d W^T, and through the sigmoid by its slope s' = s (1 - s)
    d_4 = (tf.nn.softmax(z) - y) / len(x)  # (batch, 10)
    d_3 = tf.matmul(d_4, w_4, transpose_b=True) * a_3 * (1 - a_3)  # (batch, 16)
    d_2 = tf.matmul(d_3, w_3, transpose_b=True) * a_2 * (1 - a_2)  # (batch, 32)
    d_1 = tf.matmul(d_2, w_2, transpose_b=True) * a_1 * (1 - a_1)  # (batch, 64)
    # of z = a W + b: dL/dW = a^T d, and dL/db is the sum of d over the batch
    for w, b, a, d in zip((w_1, w_2, w_3, w_4), (b_1, b_2, b_3, b_4),
                          (x, a_1, a_2, a_3), (d_1, d_2, d_3, d_4), strict=True):  # fmt: skip
        w.assign_sub(learning_rate * tf.matmul(a, d, transpose_a=True))
        b.assign_sub(learning_rate * tf.reduce_sum(d, axis=0))
    return loss


def accuracy(variables: Variables, x: np.ndarray, y: np.ndarray) -> float:
    """Return the share of images whose largest z is that of their digit."""
    return float(np.mean(np.argmax(forward(variables, x)[-1], 1) == np.argmax(y, 1)))


def train(x: np.ndarray, y: np.ndarray, epochs: int = 20, batches: int = 45) -> Variables:
    """Learn images, (n, 784), and their one-hot digits, (n, 10); the last fifth is for the test."""
    rng, n = np.random.default_rng(0), len(x) * 4 // 5
    variables = [tf.Variable(value) for value in glorot(rng)]
    for epoch in range(1, epochs + 1):
        for batch in np.array_split(rng.permutation(n), batches):  # of 32 digits or 31
            loss = step(variables, x[batch], y[batch], learning_rate=1.0)
        right = accuracy(variables, x[n:], y[n:])
        print(f"epoch {epoch}: loss {loss:.4f}, test accuracy {right:.3f}")
    return variables


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's 1,797 digits, 8 x 8 made 24 x 24 in a border of two, and one-hot."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    x = np.kron(images.reshape(-1, 8, 8), np.ones((1, 3, 3))) / 16  # (1797, 24, 24) in [0, 1]
    x = np.pad(x, ((0, 0), (2, 2), (2, 2))).reshape(-1, 784)
    return x.astype(np.float32), np.eye(10, dtype=np.float32)[labels]


if __name__ == "__main__":
    train(*digits())
