"""Batch normalisation by hand, its two modes included.

Keras name: ``keras.layers.BatchNormalization``. Keras hides two models in one layer. In training
a batch is normalised by its own mean and variance, and moving averages of both are kept; in
inference a sample is normalised by these averages, so that what it is given does not depend on
what else is in the batch.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from rawtf.updates import Update

if TYPE_CHECKING:
    from rawtf.kernels import Kernels

MOMENTUM, EPSILON = 0.99, 1e-3
MOVING_MEAN, MOVING_VARIANCE = "moving_mean", "moving_variance"


def batch_norm_shapes(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    """Return name and shape of the two parameters and the two moving averages of a layer."""
    roles = ("gamma", "beta", MOVING_MEAN, MOVING_VARIANCE)
    return {f"{name}/{role}": (channels,) for role in roles}


class BatchNorm:
    """Gives each channel mean ``beta`` and standard deviation ``gamma``.

    Args:
        name: of the layer.
        values: of the model; four of them are this layer's.

    Attributes:
        variables: the four, of which gradient descent moves ``gamma`` and ``beta``.
    """

    def __init__(self, name: str, values: Mapping[str, np.ndarray]) -> None:
        self.variables = self.gamma, self.beta, self.moving_mean, self.moving_variance = [
            tf.Variable(values[n], name=n, trainable=not n.endswith((MOVING_MEAN, MOVING_VARIANCE)))
            for n in batch_norm_shapes(name, 1)
        ]

    def __call__(
        self, x: tf.Tensor, training: bool, kernels: "Kernels"
    ) -> tuple[tf.Tensor, list[Update]]:
        """Return the normalised ``x`` and, in training, the next moving averages."""
        if not training:
            averages = self.moving_mean, self.moving_variance
            return kernels.scale_and_shift(x, *averages, self.gamma, self.beta), []
        y, mean, variance = kernels.normalize(x, self.gamma, self.beta)
        return y, [
            (self.moving_mean, moving_average(self.moving_mean, mean)),
            (self.moving_variance, moving_average(self.moving_variance, variance)),
        ]


def moving_average(average: tf.Tensor, value: tf.Tensor) -> tf.Tensor:
    """Return ``momentum average + (1 - momentum) value``, momentum 0.99."""
    momentum, rest = tf.constant(MOMENTUM, value.dtype), tf.constant(1 - MOMENTUM, value.dtype)
    return average * momentum + value * rest


def normalize(
    x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return ``gamma (x - mean) / sqrt(variance + epsilon) + beta``, the mean and the variance.

    Both are of each channel over batch, height and width, (channels,). The variance is the mean
    of the squared deviations, without Bessel's correction. Source: Ioffe and Szegedy 2015,
    algorithm 1; epsilon is Keras's, 1e-3.
    """
    mean, variance = tf.nn.moments(x, axes=[0, 1, 2])
    return scale_and_shift(x, mean, variance, gamma, beta), mean, variance


def normalize_primitive(
    x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Return the same from sums."""
    n = tf.cast(tf.size(x) / x.shape[-1], x.dtype)
    mean = tf.reduce_sum(x, axis=[0, 1, 2]) / n
    variance = tf.reduce_sum((x - mean) * (x - mean), axis=[0, 1, 2]) / n
    return scale_and_shift_primitive(x, mean, variance, gamma, beta), mean, variance


def scale_and_shift(
    x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor
) -> tf.Tensor:
    """Return ``gamma (x - mean) / sqrt(variance + epsilon) + beta`` by the given statistics."""
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, EPSILON)


def scale_and_shift_primitive(
    x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor
) -> tf.Tensor:
    """Return the same, as the formula stands."""
    return gamma * (x - mean) / tf.sqrt(variance + tf.constant(EPSILON, x.dtype)) + beta
