"""Dropout by hand, its random state included. Keras name: ``keras.layers.Dropout``.

Keras hides a random generator in the layer. It is a pair of integers, a seed and a counter: the
mask is a pure function of the pair, and each call in training puts the counter one up.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from rawtf.updates import Update

if TYPE_CHECKING:
    from rawtf.kernels import Kernels

SEED_STATE = "seed_state"


def stateless_dropout(x: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Return ``x * mask / (1 - rate)``; ``mask`` is 0 with probability ``rate``, else 1.

    Args:
        x: any shape.
        rate: the share that is dropped, in [0, 1).
        seed: (2,), int32; equal seeds draw equal masks.
    """
    return tf.nn.experimental.stateless_dropout(x, rate=rate, seed=seed)


def stateless_dropout_primitive(x: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Return the same by the same mask: uniform numbers of the seed, kept from ``rate`` on."""
    drawn = tf.random.stateless_uniform(tf.shape(x), seed, dtype=x.dtype)
    scale = tf.constant(1.0 / (1.0 - rate), x.dtype)
    return tf.where(drawn >= rate, x * scale, tf.zeros_like(x))


class Dropout:
    """Sets a share ``rate`` of its inputs to 0 in training and scales up the others.

    Args:
        name: of the layer.
        values: of the model; ``<name>/seed_state`` is an int64 pair (seed, counter).
        rate: the share that is dropped (not the share that is kept), in [0, 1).
    """

    def __init__(self, name: str, values: Mapping[str, np.ndarray], rate: float) -> None:
        state = f"{name}/{SEED_STATE}"
        self.state = tf.Variable(values[state], name=state, trainable=False)
        self.rate = rate

    def __call__(
        self, x: tf.Tensor, training: bool, kernels: "Kernels"
    ) -> tuple[tf.Tensor, list[Update]]:
        """Return what is left of ``x`` and the next state; in inference ``x`` and nothing."""
        if not training:
            return x, []
        state = self.state.read_value()
        dropped = kernels.dropout(x, self.rate, as_seed(state))
        return dropped, [(self.state, state + tf.constant([0, 1], tf.int64))]


def dropout_shapes(*names: str) -> dict[str, tuple[int, ...]]:
    """Return name and shape of the random state of each of these layers."""
    return {f"{name}/{SEED_STATE}": (2,) for name in names}


def as_seed(state: tf.Tensor) -> tf.Tensor:
    """Return the pair as the int32 that stateless random ops take, wrapped into their range."""
    return tf.cast(tf.math.floormod(state, tf.int32.max - 1), tf.int32)
