"""What every hand-written model has, whatever its layers: variables, a loss, predictions."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Self

import numpy as np
import tensorflow as tf

from rawtf.batch_norm import MOVING_MEAN, MOVING_VARIANCE
from rawtf.dropout import SEED_STATE
from rawtf.kernels import KERNELS, Kernels
from rawtf.updates import Update

Values = Mapping[str, np.ndarray]
"""Variable name, such as ``dense_1/kernel``, to a value."""

STATE = (SEED_STATE, MOVING_MEAN, MOVING_VARIANCE)
"""Roles of the variables that training changes without a gradient."""


class Model(ABC):
    """A model by hand: named variables, and functions of them.

    Built anew inside each graph that it is to live in (a ``tf.Variable`` belongs to where it was
    made), always from NumPy values, so that two copies start equal to the bit.

    Args:
        values: every variable's name to its initial value.
        kernels: a key of ``rawtf.kernels.KERNELS``.

    Attributes:
        kernels: the operations, in the form that was asked for.
        variables: by the name that each was made with.
    """

    def __init__(self, values: Values, kernels: str = "fused") -> None:
        self.kernels = KERNELS[kernels]
        made = self.make_variables(values)
        self.variables = {v.name.removesuffix(":0"): v for v in made}

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make and return every variable, named as in ``values``; here one of each value."""
        return [
            tf.Variable(value, name=name, trainable=not name.endswith(STATE))
            for name, value in values.items()
        ]

    @property
    def parameters(self) -> dict[str, tf.Variable]:
        """The variables that gradient descent moves, by name."""
        return {name: v for name, v in self.variables.items() if v.trainable}

    def using(self, kernels: Kernels) -> Self:
        """Return the same model, the same variables, run by other kernels."""
        other = copy(self)
        other.kernels = kernels
        return other

    @abstractmethod
    def forward(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return the logits (batch, outputs), and what this call changes beside the parameters.

        The second is state such as a dropout counter or a moving mean: pairs of a variable and
        its next value, written together with the optimizer's step. It is empty in inference.
        """

    @abstractmethod
    def losses(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return the loss of each sample, (batch,), in nats."""

    @abstractmethod
    def probabilities(self, logits: tf.Tensor) -> tf.Tensor:
        """Return what the model predicts, (batch, outputs), each in [0, 1]."""

    def loss(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return the mean loss of the batch, a scalar, in nats."""
        return self.kernels.mean(self.losses(y, logits))

    def predict(self, x: tf.Tensor) -> tf.Tensor:
        """Return the probabilities for a batch in inference, (batch, outputs)."""
        logits, _ = self.forward(x, training=False)
        return self.probabilities(logits)
