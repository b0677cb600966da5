"""Max pooling and flattening by hand. Keras names: ``keras.layers.MaxPooling2D``, ``Flatten``."""

import tensorflow as tf


def max_pool(x: tf.Tensor) -> tf.Tensor:
    """Return the largest of each 2x2 window, stride 2.

    Args:
        x: (batch, height, width, channels); an odd last row or column is left out.

    Returns:
        (batch, height // 2, width // 2, channels).
    """
    return tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")


def max_pool_primitive(x: tf.Tensor) -> tf.Tensor:
    """Return the same from the four corners of the windows.

    Of equal corners the first one is taken, in reading order: the whole gradient goes to it, and
    a background of one grey is full of equal corners.
    """
    first, *others = corners(x)
    for corner in others:
        first = tf.where(first >= corner, first, corner)
    return first


def corners(x: tf.Tensor) -> list[tf.Tensor]:
    """Return the four corners of every window, each (batch, height // 2, width // 2, channels)."""
    height, width = x.shape[1] // 2 * 2, x.shape[2] // 2 * 2
    return [x[:, i:height:2, j:width:2, :] for i in (0, 1) for j in (0, 1)]


def flatten(x: tf.Tensor) -> tf.Tensor:
    """Return every sample as one row: (batch, height width channels), the channels fastest."""
    _, height, width, channels = x.shape
    return tf.reshape(x, (-1, height * width * channels))
