"""The engine `epoch`: a whole epoch in one graph, the data on the device."""

from typing import Any

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Signature
from rawtf.engines.step import Step


class Epoch(Step):
    """Python calls TensorFlow once an epoch; the loop over the batches is in the graph too.

    Data that was trained on before is not sent again: only the order of the samples is. Traced
    once; under XLA, which wants to know every shape, once for each number of samples and batch
    size.
    """

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        sizes = [tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.int32)]
        open_sizes = [signature.x(), signature.y(), *sizes]
        self.epoch = self.traced(self._epoch, None if self.xla else open_sizes)
        self._resident: tuple[np.ndarray, np.ndarray, tf.Tensor, tf.Tensor] | None = None

    def _epoch(
        self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: tf.Tensor | int
    ) -> tf.Tensor:
        """Take a step for each batch of ``x[order]``; return the mean loss over the samples."""
        n = order.shape[0] if self.xla else tf.size(order)
        full, rest = n // batch_size, n % batch_size
        total = tf.zeros((), self.signature.dtype)
        for i in tf.range(full):
            batch = tf.slice(order, [i * batch_size], [batch_size])
            total += self._batch(x, y, batch, batch_size)
        if rest > 0:  # the last, smaller batch
            total += self._batch(x, y, order[n - rest :], rest)
        return total / tf.cast(n, total.dtype)

    def _batch(
        self, x: tf.Tensor, y: tf.Tensor, batch: tf.Tensor, size: tf.Tensor | int
    ) -> tf.Tensor:
        """Take a step; return the sum of the samples' losses."""
        loss = self._step(tf.gather(x, batch), tf.gather(y, batch))
        return loss * tf.cast(size, loss.dtype)

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Train the epoch in one call; return the mean loss over the samples, in nats."""
        self.check(x, y, order, batch_size)
        indices = tf.constant(order, tf.int32)
        return float(self.epoch(*self.resident(x, y), indices, self.size(batch_size)))

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Train an epoch of one batch; return its loss, a scalar."""
        return self.epoch(tf.constant(x), tf.constant(y), tf.range(len(x)), self.size(len(x)))

    def size(self, batch_size: int) -> tf.Tensor | int:
        """Return a batch size as the graph takes it: known under XLA, else open."""
        return batch_size if self.xla else tf.constant(batch_size)

    def resident(self, x: np.ndarray, y: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the data on the device; the same arrays are sent once."""
        if not self._resident or self._resident[0] is not x or self._resident[1] is not y:
            self._resident = (x, y, tf.constant(x), tf.constant(y))
        return self._resident[2:]
