"""The engine `epoch`: a whole epoch in one graph, the data on the device."""

from typing import Any

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Signature
from rawtf.engines.step import Step


class Epoch(Step):
    """Python calls TensorFlow once an epoch; the loop over the batches is in the graph too.

    Data that was trained on before is not sent again: only the order of the samples is. Traced
    once for each number of samples and batch size, because XLA wants to know every shape.
    """

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        self.epoch = self.traced(self._epoch)
        self._resident: tuple[np.ndarray, np.ndarray, tf.Tensor, tf.Tensor] | None = None

    def _epoch(self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: int) -> tf.Tensor:
        """Take a step for each batch of ``x[order]``; return the mean loss over the samples."""
        n = order.shape[0]
        full, rest = divmod(n, batch_size)
        total = tf.zeros((), self.signature.dtype)
        for i in tf.range(full):
            batch = tf.slice(order, [i * batch_size], [batch_size])
            loss = self._step(tf.gather(x, batch), tf.gather(y, batch))
            total += loss * batch_size
        if rest:  # the last, smaller batch
            batch = order[n - rest :]
            total += self._step(tf.gather(x, batch), tf.gather(y, batch)) * rest
        return total / n

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Train the epoch in one call; return the mean loss over the samples, in nats."""
        self.check(x, y, order, batch_size)
        indices = tf.constant(order, tf.int32)
        return float(self.epoch(*self.resident(x, y), indices, batch_size))

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Train an epoch of one batch; return its loss, a scalar."""
        return self.epoch(tf.constant(x), tf.constant(y), tf.range(len(x)), len(x))

    def resident(self, x: np.ndarray, y: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the data on the device; the same arrays are sent once."""
        if not self._resident or self._resident[0] is not x or self._resident[1] is not y:
            self._resident = (x, y, tf.constant(x), tf.constant(y))
        return self._resident[2:]
