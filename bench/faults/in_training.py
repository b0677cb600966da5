"""Faults in how a model is trained, each planted from outside: no line of ``rawtf`` is changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import tensorflow as tf

from bench.proof.wrapped_optimizer import WrappedOptimizer
from bench.twins import Weights
from rawtf.kernels import Kernels
from rawtf.optimizers import Optimizer
from rawtf.updates import Update

PIXEL = 255.0


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class InTraining:
    """What a fault changes of a training; the rest stays as it is.

    Attributes:
        weights: what it starts from.
        inputs: the samples, in training and in the test.
        targets: the labels of the training samples.
        order: which samples an epoch sees, from the order and the labels as integers.
        kernels: the operations.
        optimizer: the rule.
    """

    weights: Callable[[Weights], Weights] = _same
    inputs: Callable[[np.ndarray], np.ndarray] = _same
    targets: Callable[[np.ndarray], np.ndarray] = _same
    order: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda order, labels: order
    kernels: Callable[[Kernels], Kernels] = _same
    optimizer: Callable[[Optimizer], Optimizer] = _same


def _zero_kernels(weights: Weights) -> Weights:
    return {n: np.zeros_like(v) if n.endswith("kernel") else v for n, v in weights.items()}


def _scaled(x: np.ndarray) -> np.ndarray:
    return (x * PIXEL).astype(x.dtype)


def _left_behind(y: np.ndarray) -> np.ndarray:
    return y[np.random.default_rng(0).permutation(len(y))]


def _by_label(order: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.argsort(labels, kind="stable")[: len(order)]


def _linear(kernels: Kernels) -> Kernels:
    return replace(kernels, sigmoid=tf.identity, relu=tf.identity)


def _sum(kernels: Kernels) -> Kernels:
    return replace(kernels, mean=tf.reduce_sum)


def _twice(kernels: Kernels) -> Kernels:
    return replace(
        kernels,
        binary_cross_entropy=lambda y, z: kernels.binary_cross_entropy(y, kernels.sigmoid(z)),
        categorical_cross_entropy=lambda y, z: kernels.categorical_cross_entropy(
            y, kernels.softmax(z)
        ),
    )


def _no_slope(kernels: Kernels) -> Kernels:
    def flat(op: Callable[[tf.Tensor], tf.Tensor]) -> Callable[[tf.Tensor], tf.Tensor]:
        return tf.custom_gradient(lambda z: (op(z), lambda g: g))

    return replace(kernels, sigmoid=flat(kernels.sigmoid), relu=flat(kernels.relu))


def _same_mask(kernels: Kernels) -> Kernels:
    def drop(x: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
        return kernels.dropout(x, rate, tf.constant([0, 0], tf.int32))

    return replace(kernels, dropout=drop)


def _no_scaling(kernels: Kernels) -> Kernels:
    def drop(x: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
        return (1.0 - rate) * kernels.dropout(x, rate, seed)

    return replace(kernels, dropout=drop)


class Uphill(WrappedOptimizer):
    """Steps along the gradient, not against it."""

    def updates(self, gradients: Sequence[tf.Tensor]) -> list[Update]:
        """Return the updates for the gradients turned round."""
        return self.optimizer.updates([-g for g in gradients])


class NotCleared(WrappedOptimizer):
    """Adds each gradient to all before it."""

    def __init__(self, optimizer: Optimizer) -> None:
        super().__init__(optimizer)
        self.sums = [
            tf.Variable(tf.zeros(w.shape, w.dtype), trainable=False)
            for w in self.parameters.values()
        ]

    def updates(self, gradients: Sequence[tf.Tensor]) -> list[Update]:
        """Return the updates for the sums of all gradients so far, and the sums."""
        added = [total + g for total, g in zip(self.sums, gradients, strict=True)]
        return [*self.optimizer.updates(added), *zip(self.sums, added, strict=True)]


IN_TRAINING: dict[str, InTraining] = {
    "zero weights": InTraining(weights=_zero_kernels),
    "unscaled pixels": InTraining(inputs=_scaled),
    "no activation": InTraining(kernels=_linear),
    "same mask": InTraining(kernels=_same_mask),
    "no scaling": InTraining(kernels=_no_scaling),
    "sum for mean": InTraining(kernels=_sum),
    "probabilities as logits": InTraining(kernels=_twice),
    "no slope": InTraining(kernels=_no_slope),
    "not cleared": InTraining(optimizer=NotCleared),
    "uphill": InTraining(optimizer=Uphill),
    "labels left behind": InTraining(targets=_left_behind),
    "never shuffled": InTraining(order=_by_label),
}
HEALTHY = InTraining()
