"""Cross-entropies of one batch from the logits, fused and as the formula (``_primitive``).

Keras hides two things here. It takes ``softmax(z)`` or ``sigmoid(z)`` from the model, yet works
out the loss from the logits ``z`` behind it, because ``log(softmax(z))`` loses its digits where
the probability is near 0. And it takes the mean over the batch, as sum over size.
Keras names: ``keras.losses.BinaryCrossentropy``, ``CategoricalCrossentropy``.
"""

import tensorflow as tf


def mean(values: tf.Tensor) -> tf.Tensor:
    """Return the mean over all elements, as sum / size: a scalar.

    ``tf.reduce_mean`` is the same number by another kernel, and so by another rounding.
    """
    return tf.reduce_sum(values) / tf.cast(tf.size(values), values.dtype)


def binary_cross_entropy(y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return ``-y log s(z) - (1 - y) log(1 - s(z))`` for each sample, ``s`` the sigmoid.

    Args:
        y: 0 or 1, (batch, 1), in the dtype of the logits.
        logits: ``z``, (batch, 1).

    Returns:
        (batch,), in nats.
    """
    losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits)  # (batch, 1)
    return tf.reduce_mean(losses, axis=-1)  # (batch,)


def binary_cross_entropy_primitive(y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return the same as ``max(z, 0) - y z + log(1 + exp(-|z|))``, the stable form.

    ``-log s(z) = log(1 + exp(-z))`` overflows for a large negative ``z``; drawing ``max(z, 0)``
    out of the logarithm leaves an exponent that is never positive.
    """
    positive = logits >= 0.0
    hinge = tf.where(positive, logits, tf.zeros_like(logits))
    magnitude = tf.where(positive, logits, -logits)
    losses = hinge - y * logits + tf.math.log(1.0 + tf.exp(-magnitude))  # (batch, 1)
    return tf.reduce_sum(losses, axis=-1)  # (batch,)


def categorical_cross_entropy(y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return ``-sum_k y_k log softmax(z)_k`` for each sample.

    Args:
        y: one-hot labels, (batch, classes), in the dtype of the logits.
        logits: ``z``, (batch, classes).

    Returns:
        (batch,), in nats.
    """
    return tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=logits)


def categorical_cross_entropy_primitive(y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return the same as ``log sum_j exp(z_j - m) - sum_k y_k (z_k - m)``, ``m = max_j z_j``."""
    shifted = logits - tf.stop_gradient(tf.reduce_max(logits, axis=-1, keepdims=True))
    log_normalizer = tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=-1))  # (batch,)
    return log_normalizer - tf.reduce_sum(y * shifted, axis=-1)  # (batch,)
