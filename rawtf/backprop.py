"""Backpropagation by hand: the gradient of every operation, beside its formula.

Each rule answers one question. Of an operation ``z = f(a, b, ...)`` and ``g``, the gradient of the
loss with respect to ``z``: what is the gradient with respect to ``a``, ``b``, ...? The arguments
are ``g``, then ``z``, then what ``f`` was given; returned is one gradient for each thing that
``f`` was given, None where the loss does not flow. The rules hold for the fused form of an
operation and for the formula alike.

``tape.py`` strings them together. What both replace is ``tf.GradientTape``.
"""

from collections.abc import Callable

import tensorflow as tf

from rawtf import activations, conv, pooling
from rawtf.batch_norm import EPSILON

Gradients = tuple[tf.Tensor | None, ...]


def matmul(g: tf.Tensor, z: tf.Tensor, x: tf.Tensor, kernel: tf.Tensor) -> Gradients:
    """``z = x W``: ``dx = g W^T`` and ``dW = x^T g``, summed over the batch."""
    return tf.matmul(g, kernel, transpose_b=True), tf.matmul(x, g, transpose_a=True)


def bias_add(g: tf.Tensor, z: tf.Tensor, x: tf.Tensor, bias: tf.Tensor) -> Gradients:
    """``z = x + b``: ``dx = g``; ``db`` is ``g`` summed over all axes but the last."""
    return g, tf.reduce_sum(g, axis=list(range(len(g.shape) - 1)))


def sigmoid(g: tf.Tensor, a: tf.Tensor, z: tf.Tensor) -> Gradients:
    """``a = s(z)``: ``s' = s (1 - s)``, so ``dz = g a (1 - a)``; at most a quarter of ``g``."""
    return (g * a * (1.0 - a),)


def relu(g: tf.Tensor, a: tf.Tensor, z: tf.Tensor) -> Gradients:
    """``a = max(z, 0)``: ``dz = g`` where ``z > 0``, else 0 (at 0 too, by convention)."""
    return (tf.where(z > 0.0, g, tf.zeros_like(g)),)


def softmax(g: tf.Tensor, a: tf.Tensor, z: tf.Tensor) -> Gradients:
    """``a = softmax(z)``: ``dz_k = a_k (g_k - sum_j g_j a_j)``."""
    return (a * (g - tf.reduce_sum(g * a, axis=-1, keepdims=True)),)


def conv2d(g: tf.Tensor, z: tf.Tensor, x: tf.Tensor, kernel: tf.Tensor) -> Gradients:
    """``z = patches(x) W``: a matrix product, then every patch added back to where it was cut.

    ``dW = patches(x)^T g``. ``dx[h, w, c] = sum_{i, j, d} g[h-i+1, w-j+1, d] W[i, j, c, d]`` is
    for 3x3 the convolution of ``g`` with the kernel turned by 180 degrees.
    """
    rows = tf.reshape(g, (-1, kernel.shape[-1]))  # (batch height width, c_out)
    d_kernel = tf.matmul(conv.patches(x, kernel), rows, transpose_a=True)
    d_patches = tf.matmul(rows, conv.as_matrix(kernel), transpose_b=True)
    return _patches_back(d_patches, x, kernel), tf.reshape(d_kernel, kernel.shape)


def _patches_back(rows: tf.Tensor, x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Return the patches added up at the pixels that they were cut from; transposes ``patches``."""
    _, height, width, c_in = x.shape
    k_height, k_width, _, _ = kernel.shape
    _, (above, below), (left, right), _ = conv.padding(kernel)
    added = []
    cells = tf.reshape(rows, (-1, height, width, k_height * k_width, c_in))
    for i in range(k_height):
        for j in range(k_width):
            around = [[0, 0], [i, above + below - i], [j, left + right - j], [0, 0]]
            added.append(tf.pad(cells[:, :, :, i * k_width + j], around))
    return tf.add_n(added)[:, above : above + height, left : left + width, :]


def max_pool(g: tf.Tensor, z: tf.Tensor, x: tf.Tensor) -> Gradients:
    """``z = max of a window``: all of ``g`` goes to the first corner that holds the maximum."""
    _, height, width, channels = x.shape
    left, parts = tf.ones_like(z, tf.bool), []
    for corner in pooling.corners(x):
        here = left & tf.equal(corner, z)  # == would compare identity in a TF1 graph
        parts.append(tf.where(here, g, tf.zeros_like(g)))
        left = left & ~here
    rows, columns = z.shape[1], z.shape[2]
    grid = tf.stack(parts, axis=3)  # (batch, rows, columns, 4 corners, channels)
    grid = tf.reshape(grid, (-1, rows, columns, 2, 2, channels))
    grid = tf.transpose(grid, (0, 1, 3, 2, 4, 5))  # each window's rows beside one another
    grid = tf.reshape(grid, (-1, 2 * rows, 2 * columns, channels))
    return (tf.pad(grid, [[0, 0], [0, height - 2 * rows], [0, width - 2 * columns], [0, 0]]),)


def flatten(g: tf.Tensor, z: tf.Tensor, x: tf.Tensor) -> Gradients:
    """The same numbers in another shape, so ``dx`` is ``g`` in the shape of ``x``."""
    return (tf.reshape(g, (-1, *x.shape[1:])),)


def normalize(
    g: tf.Tensor, z: tf.Tensor, x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor
) -> Gradients:
    """``z = gamma n + beta`` with ``n = (x - mean) / s``, ``s = sqrt(variance + epsilon)``.

    ``dgamma = sum g n`` and ``dbeta = sum g`` for each channel. Mean and variance depend on every
    ``x``, so each pixel of the batch pushes all others:
    ``dx = gamma / s (g - mean(g) - n mean(g n))``. Source: Ioffe and Szegedy 2015, section 3.
    """
    axes = [0, 1, 2]
    deviation = x - tf.reduce_mean(x, axes)
    s = tf.sqrt(tf.reduce_mean(deviation * deviation, axes) + tf.constant(EPSILON, x.dtype))
    n = deviation / s
    d_x = gamma / s * (g - tf.reduce_mean(g, axes) - n * tf.reduce_mean(g * n, axes))
    return d_x, tf.reduce_sum(g * n, axes), tf.reduce_sum(g, axes)


def scale_and_shift(
    g: tf.Tensor,
    z: tf.Tensor,
    x: tf.Tensor,
    mean: tf.Tensor,
    variance: tf.Tensor,
    gamma: tf.Tensor,
    beta: tf.Tensor,
) -> Gradients:
    """The same by given statistics: ``dx = g gamma / s``; the averages get no gradient."""
    s = tf.sqrt(variance + tf.constant(EPSILON, x.dtype))
    axes = [0, 1, 2]
    return (
        g * gamma / s,
        None,
        None,
        tf.reduce_sum(g * (x - mean) / s, axes),
        tf.reduce_sum(g, axes),
    )


def dropout(
    g: tf.Tensor, z: tf.Tensor, x: tf.Tensor, rate: float, seed: tf.Tensor, *, op: Callable
) -> Gradients:
    """``z = x mask / (1 - rate)``: ``dx = g mask / (1 - rate)``, dropout of ``g`` by the same mask.

    The mask need not be kept: the same seed draws it again.
    """
    return op(g, rate, seed), None, None


def binary_cross_entropy(
    g: tf.Tensor, losses: tf.Tensor, y: tf.Tensor, logits: tf.Tensor
) -> Gradients:
    """``-y log s(z) - (1 - y) log(1 - s(z))``: ``dz = g (s(z) - y)``, what is too much."""
    return None, g[:, tf.newaxis] * (activations.sigmoid_primitive(logits) - y)


def categorical_cross_entropy(
    g: tf.Tensor, losses: tf.Tensor, y: tf.Tensor, logits: tf.Tensor
) -> Gradients:
    """``-sum_k y_k log softmax(z)_k``: ``dz = g (softmax(z) - y)``, where ``y`` sums to 1."""
    return None, g[:, tf.newaxis] * (activations.softmax_primitive(logits) - y)


def mean(g: tf.Tensor, z: tf.Tensor, values: tf.Tensor) -> Gradients:
    """``z = sum / size``: every value gets ``g / size``.

    Forget the size, and every gradient of the model is as many times too large.
    """
    return (tf.fill(tf.shape(values), g / tf.cast(tf.size(values), g.dtype)),)


RULES: dict[str, Callable[..., Gradients]] = {
    "matmul": matmul,
    "bias_add": bias_add,
    "sigmoid": sigmoid,
    "relu": relu,
    "softmax": softmax,
    "conv2d": conv2d,
    "max_pool": max_pool,
    "flatten": flatten,
    "normalize": normalize,
    "scale_and_shift": scale_and_shift,
    "dropout": dropout,
    "binary_cross_entropy": binary_cross_entropy,
    "categorical_cross_entropy": categorical_cross_entropy,
    "mean": mean,
}
"""A rule for each operation of ``rawtf.kernels.Kernels``."""
