"""The 2D convolution by hand. Keras name: ``keras.layers.Conv2D(padding="same")``.

What is called convolution here is the cross-correlation, as everywhere in deep learning: the
kernel is not flipped.
"""

import tensorflow as tf


def conv2d(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Return ``z[h, w, d] = sum_{i, j, c} x[h + i - 1, w + j - 1, c] W[i, j, c, d]``.

    Args:
        x: (batch, height, width, c_in), taken as 0 beyond its edges.
        kernel: ``W``, (k_height, k_width, c_in, c_out), odd sizes; the formula is for 3x3.

    Returns:
        (batch, height, width, c_out).
    """
    return tf.nn.conv2d(x, kernel, strides=1, padding="SAME")


def conv2d_primitive(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Return the same as one matrix product: every patch a row, every filter a column.

    The known name of the rearrangement is im2col.
    """
    _, height, width, _ = x.shape
    c_out = kernel.shape[-1]
    rows = tf.matmul(patches(x, kernel), as_matrix(kernel))  # (batch height width, c_out)
    return tf.reshape(rows, (-1, height, width, c_out))


def patches(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Return what each output pixel sees, (batch height width, k_height k_width c_in)."""
    _, height, width, _ = x.shape
    k_height, k_width, c_in, _ = kernel.shape
    padded = tf.pad(x, padding(kernel))
    corners = [(i, j) for i in range(k_height) for j in range(k_width)]
    shifted = [padded[:, i : i + height, j : j + width, :] for i, j in corners]
    return tf.reshape(tf.concat(shifted, axis=-1), (-1, k_height * k_width * c_in))


def as_matrix(kernel: tf.Tensor) -> tf.Tensor:
    """Return the kernel as (k_height k_width c_in, c_out), a column for each filter."""
    k_height, k_width, c_in, c_out = kernel.shape
    return tf.reshape(kernel, (k_height * k_width * c_in, c_out))


def padding(kernel: tf.Tensor) -> list[list[int]]:
    """Return the zeros before and after each axis that keep height and width as they are."""
    k_height, k_width, _, _ = kernel.shape
    around_height, around_width = [k_height // 2] * 2, [k_width // 2] * 2
    return [[0, 0], around_height, around_width, [0, 0]]
