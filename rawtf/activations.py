"""Activations, each as TensorFlow's fused op and as the formula written out (``_primitive``).

Keras names: ``keras.activations.sigmoid``, ``relu``, ``softmax``.
"""

import tensorflow as tf

sigmoid = tf.nn.sigmoid
relu = tf.nn.relu
softmax = tf.nn.softmax


def sigmoid_primitive(z: tf.Tensor) -> tf.Tensor:
    """Return ``1 / (1 + exp(-z))``, any shape.

    Written with ``e = exp(-|z|)``, which never overflows: ``1 / (1 + e)`` for ``z >= 0`` and the
    equal ``e / (1 + e)`` below. The textbook form is right forward even where ``exp(-z)`` is
    infinite, but its gradient there is 0 times infinity.
    """
    positive = z >= 0.0
    e = tf.exp(-tf.where(positive, z, -z))  # not tf.abs: its gradient at 0 is 0
    return tf.where(positive, 1.0 / (1.0 + e), e / (1.0 + e))


def relu_primitive(z: tf.Tensor) -> tf.Tensor:
    """Return ``max(z, 0)``, any shape.

    Written as a choice, because the gradient of ``tf.maximum`` at a tie is not that of ReLU.
    """
    return tf.where(z > 0.0, z, tf.zeros_like(z))


def softmax_primitive(z: tf.Tensor) -> tf.Tensor:
    """Return ``exp(z_k - m) / sum_j exp(z_j - m)`` over the last axis, ``m`` the row's maximum.

    Taking ``m`` away changes nothing in the quotient and keeps ``exp`` from overflowing.
    """
    shifted = z - tf.stop_gradient(tf.reduce_max(z, axis=-1, keepdims=True))
    exponentials = tf.exp(shifted)
    return exponentials / tf.reduce_sum(exponentials, axis=-1, keepdims=True)
