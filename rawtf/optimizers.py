"""Optimizer steps by hand. Keras names: ``keras.optimizers.SGD``.

An optimizer here is a pure rule: it returns pairs of a variable and its next value, and
``assign_all`` writes them. So the same rule serves a traced function, a Python loop and a
TensorFlow 1 graph, where nothing is written unless something asks for it.
"""

from collections.abc import Sequence
from typing import Protocol

import tensorflow as tf

Update = tuple[tf.Variable, tf.Tensor]


class Optimizer(Protocol):
    """What a training step asks of an optimizer."""

    def updates(
        self, variables: Sequence[tf.Variable], gradients: Sequence[tf.Tensor]
    ) -> list[Update]:
        """Return every variable with its next value."""
        ...


class SGD:
    """Stochastic gradient descent: ``w <- w - learning_rate * g``."""

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    def updates(
        self, variables: Sequence[tf.Variable], gradients: Sequence[tf.Tensor]
    ) -> list[Update]:
        """Return ``w - g * learning_rate`` for each variable ``w`` and its gradient ``g``."""
        return [
            # tf.constant, not tf.cast: a cast rounds 0.05 through float32 on its way to float64
            (w, w - g * tf.constant(self.learning_rate, g.dtype))
            for w, g in zip(variables, gradients, strict=True)
        ]


def assign_all(updates: Sequence[Update]) -> tf.Operation | None:
    """Write every next value; return the op that does it (a graph needs it, eager code not).

    All values are worked out before the first is written. A graph runs in whatever order its
    edges allow, so without the barrier one update could read what another already wrote.
    """
    with tf.control_dependencies([value for _, value in updates]):
        return tf.group(*[variable.assign(value, read_value=False) for variable, value in updates])


OPTIMIZERS = {"sgd": SGD}
