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
        if self.xla:
            self.epoch = self.traced(self._epoch_of_known_sizes)
        else:
            self.epoch = self.traced(self._epoch, [signature.x(), signature.y(), *sizes])
        self._resident: tuple[np.ndarray, np.ndarray, tf.Tensor, tf.Tensor] | None = None

    def _epoch(
        self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: tf.Tensor
    ) -> tf.Tensor:
        """Take a step for each batch of ``x[order]``; return the mean loss over the samples."""
        n, total = tf.size(order), tf.zeros((), self.signature.dtype)
        for start in tf.range(0, n, batch_size):
            # a slice ends where its tensor ends, so that the last batch is what is left
            total += self._batch(x, y, order[start : start + batch_size])
        return total / tf.cast(n, total.dtype)

    def _epoch_of_known_sizes(
        self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: int
    ) -> tf.Tensor:
        """Do the same for XLA, the last, smaller batch apart: it is another program there."""
        n, total = order.shape[0], tf.zeros((), self.signature.dtype)
        if n >= batch_size:  # XLA compiles a loop's body even where it is never run
            for start in tf.range(0, n - n % batch_size, batch_size):
                total += self._batch(x, y, tf.slice(order, [start], [batch_size]))
        if n % batch_size:
            total += self._batch(x, y, order[-(n % batch_size) :])
        return total / n

    def _batch(self, x: tf.Tensor, y: tf.Tensor, batch: tf.Tensor) -> tf.Tensor:
        """Take a step; return the sum of the samples' losses."""
        loss = self._step(tf.gather(x, batch), tf.gather(y, batch))
        return loss * tf.cast(tf.size(batch), loss.dtype)

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
