"""Dropout by hand, its random state included. Keras name: ``keras.layers.Dropout``.

Keras hides a random generator in the layer. It is a pair of integers, a seed and a counter: the
mask is a pure function of the pair, and each call in training puts the counter one up.
"""

from typing import TYPE_CHECKING

import tensorflow as tf

from rawtf.optimizers import Update

if TYPE_CHECKING:
    from rawtf.kernels import Kernels

stateless_dropout = tf.nn.experimental.stateless_dropout


def stateless_dropout_primitive(x: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Return ``x * mask / (1 - rate)``; ``mask`` is 0 with probability ``rate``, else 1.

    The same mask as the fused op: uniform numbers of the same seed, kept from ``rate`` on.
    """
    keep = tf.random.stateless_uniform(tf.shape(x), seed, dtype=x.dtype) >= rate
    scale = tf.constant(1.0 / (1.0 - rate), x.dtype)
    return tf.where(keep, x * scale, tf.zeros_like(x))


class Dropout:
    """Sets a share ``rate`` of its inputs to 0 in training and scales up the others.

    Args:
        rate: the share that is dropped (not the share that is kept), in [0, 1).
        state: an int64 variable holding (seed, counter).
        kernels: which form the mask is applied in.
    """

    def __init__(self, rate: float, state: tf.Variable, kernels: "Kernels") -> None:
        self.rate, self.state, self.kernels = rate, state, kernels

    def __call__(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return what is left of ``x`` and the next state; in inference ``x`` and nothing."""
        if not training:
            return x, []
        state = self.state.read_value()
        dropped = self.kernels.dropout(x, rate=self.rate, seed=as_seed(state))
        return dropped, [(self.state, state + tf.constant([0, 1], tf.int64))]


def as_seed(state: tf.Tensor) -> tf.Tensor:
    """Return the pair as the int32 that stateless random ops take, wrapped into their range."""
    return tf.cast(tf.math.floormod(state, tf.int32.max - 1), tf.int32)
