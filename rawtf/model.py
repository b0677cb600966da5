"""What every hand-written model has, whatever its layers: variables, a loss, predictions."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from typing import Self

import numpy as np
import tensorflow as tf

from rawtf.batch_norm import MOVING_MEAN, MOVING_VARIANCE
from rawtf.dropout import SEED_STATE
from rawtf.kernels import KERNELS, Kernels
from rawtf.updates import Update

STATE = (SEED_STATE, MOVING_MEAN, MOVING_VARIANCE)
"""Roles of the variables that training changes without a gradient."""


class Model(ABC):
    """A model by hand: named variables, and functions of them.

    Built anew inside each graph that it is to live in (a ``tf.Variable`` belongs to where it was
    made), always from NumPy values, so that two copies start equal to the bit.

    Args:
        values: parameter and state names, such as ``dense_1/kernel``, to their initial values.
        kernels: a key of ``rawtf.kernels.KERNELS``.
    """

    def __init__(self, values: Mapping[str, np.ndarray], kernels: str = "fused") -> None:
        self.kernels = KERNELS[kernels]
        self.variables = {
            name: tf.Variable(value, name=name, trainable=not name.endswith(STATE))
            for name, value in values.items()
        }

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

    @abstractmethod
    def accuracy(self, y: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        """Return the share of the batch that is predicted right, a scalar."""

    def loss(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return the mean loss of the batch, a scalar, in nats."""
        return self.kernels.mean(self.losses(y, logits))

    def predict(self, x: tf.Tensor) -> tf.Tensor:
        """Return the probabilities for a batch in inference, (batch, outputs)."""
        logits, _ = self.forward(x, training=False)
        return self.probabilities(logits)
