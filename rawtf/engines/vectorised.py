"""Many seeds at once: S copies of a model in one graph, each on batches of its own.

A dense model is a chain of matrix products, and a product of small matrices leaves a machine idle.
Give every variable an axis more in front, (S, ...), and ``tf.matmul`` takes S products in one go.
The model's own code stays as it is. What counts over a batch has to be told of the new axis, and
that is all of it: a bias, the mean of the losses, a mask of dropout. Keras has no name for it:
``fit`` trains one model, however small.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from rawtf.dropout import stateless_dropout
from rawtf.engines.base import Build, Signature, slices
from rawtf.engines.eager import Eager
from rawtf.kernels import KERNELS

Values = Mapping[str, np.ndarray]


def stacked(of_each: Sequence[Values]) -> dict[str, np.ndarray]:
    """Return the values of S models as one: each variable by name, (S, ...)."""
    return {name: np.stack([values[name] for values in of_each]) for name in of_each[0]}


def bias_add(x: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Return ``x + bias``, to each seed its own.

    Args:
        x: (S, batch, units).
        bias: (S, units).
    """
    return x + tf.expand_dims(bias, axis=1)


def mean(values: tf.Tensor) -> tf.Tensor:
    """Return the mean of each seed's losses, (S, batch) to (S,), as sum / size."""
    size = tf.cast(tf.shape(values)[-1], values.dtype)
    return tf.reduce_sum(values, axis=-1) / size


def dropout(x: tf.Tensor, rate: float, seeds: tf.Tensor) -> tf.Tensor:
    """Return ``x``, (S, batch, units), each seed under the mask that it would draw alone.

    Args:
        x: of which a share is dropped.
        rate: that share.
        seeds: (S, 2), int32.
    """
    pairs = zip(tf.unstack(x), tf.unstack(seeds), strict=True)
    return tf.stack([stateless_dropout(alone, rate, seed) for alone, seed in pairs])


STACKED = replace(KERNELS["fused"], name="stacked", bias_add=bias_add, mean=mean, dropout=dropout)
"""The operations of a dense model that is S models; all others are those of one."""


class Vectorised(Eager):
    """Trains S seeds an epoch a call, all their steps in one graph, the data on the device.

    Every weight is (S, ...) here, and so is what ``get_weights`` returns; ``weights_of`` has those
    of one seed. A loss is (S,): its gradient is that of the sum, in which a weight of one seed
    meets no loss but its own.

    Args:
        build: makes a model of stacked values with the kernels ``STACKED``, and its optimizer.
        signature: what one sample looks like.
    """

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        self.seeds = int(next(iter(self.model.parameters.values())).shape[0])
        orders = tf.TensorSpec((self.seeds, None), tf.int32)
        size = tf.TensorSpec((), tf.int32)
        x, y = signature.x(), signature.y()
        self.epoch = tf.function(self._epoch, [x, y, orders, size], jit_compile=False)
        self.forward = tf.function(self.model.predict, [x], jit_compile=False)
        self._resident: tuple[np.ndarray, np.ndarray, tf.Tensor, tf.Tensor] | None = None

    def _epoch(
        self, x: tf.Tensor, y: tf.Tensor, orders: tf.Tensor, batch_size: tf.Tensor
    ) -> tf.Tensor:
        """Take a step for each batch, every seed on its own; return their mean losses, (S,)."""
        n, total = tf.shape(orders)[1], tf.zeros((self.seeds,), self.signature.dtype)
        for start in tf.range(0, n, batch_size):
            batch = orders[:, start : start + batch_size]  # (S, batch)
            loss = self._step(tf.gather(x, batch), tf.gather(y, batch))  # of (S, batch, inputs)
            total += loss * tf.cast(tf.shape(batch)[1], total.dtype)
        return total / tf.cast(n, total.dtype)

    def train_seeds(
        self, x: np.ndarray, y: np.ndarray, orders: np.ndarray, batch_size: int
    ) -> np.ndarray:
        """Train an epoch of every seed; return their mean losses over the samples, (S,), in nats.

        Args:
            x, y: the data that all share, (samples, ...).
            orders: of the samples, each seed's own, (S, n).
            batch_size: of a step of one seed.

        Raises:
            ValueError: there is no order for each seed, or the data is not what the model takes.
        """
        if len(orders) != self.seeds:
            raise ValueError(f"{len(orders)} orders for {self.seeds} seeds: give each its own")
        self.check(x, y, orders.ravel(), batch_size)
        indices = tf.constant(orders, tf.int32)
        return self.epoch(*self.resident(x, y), indices, tf.constant(batch_size)).numpy()

    def predict(self, x: np.ndarray, batch_size: int) -> np.ndarray:
        """Return the probabilities of every seed for all of ``x``, (S, samples, outputs)."""
        batches = slices(np.arange(len(x)), batch_size)
        return np.concatenate([self.predict_on_batch(x[batch]) for batch in batches], axis=1)

    def weights_of(self, seed: int) -> dict[str, np.ndarray]:
        """Return a copy of the variables of one seed, counted from 0, by name."""
        return {name: values[seed] for name, values in self.get_weights().items()}

    def resident(self, x: np.ndarray, y: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the data on the device; the same arrays are sent once."""
        if not self._resident or self._resident[0] is not x or self._resident[1] is not y:
            self._resident = (x, y, tf.constant(x), tf.constant(y))
        return self._resident[2:]
