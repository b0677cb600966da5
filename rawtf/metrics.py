"""Accuracy by hand. Keras names: ``keras.metrics.BinaryAccuracy``, ``CategoricalAccuracy``."""

import tensorflow as tf


def binary_accuracy(y: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """Return the share of samples whose probability lies on the side of 0.5 that ``y`` says.

    Args:
        y: 0 or 1, (batch, 1).
        probabilities: of class 1, (batch, 1).
    """
    predicted = tf.cast(probabilities > 0.5, y.dtype)
    return tf.reduce_mean(tf.cast(tf.equal(predicted, y), tf.float32))


def categorical_accuracy(y: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """Return the share of samples whose most probable class is the labelled one.

    Args:
        y: one-hot labels, (batch, classes).
        probabilities: (batch, classes).
    """
    hits = tf.equal(tf.argmax(y, axis=-1), tf.argmax(probabilities, axis=-1))
    return tf.reduce_mean(tf.cast(hits, tf.float32))
