"""The engine `epoch`: a whole epoch in one graph, the data on the device."""

from typing import Any

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Signature
from rawtf.engines.step import Step


class Epoch(Step):
    """Python calls TensorFlow once an epoch; the loop over the batches is in the graph too.

    Data that was trained on before is not sent again: only the order of the samples is. Traced
    once; where XLA compiles the loop, which wants to know every shape, once for each number of
    samples and batch size.
    """

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        self.xla_loop = self.xla and not self._convolves()
        self._one = self.step if self.xla and not self.xla_loop else self._step
        sizes = [tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.int32)]
        if self.xla_loop:
            self.epoch = self.traced(self._epoch_of_known_sizes)
        else:
            specs = [signature.x(), signature.y(), *sizes]
            self.epoch = tf.function(self._epoch, input_signature=specs, jit_compile=False)
        self._resident: tuple[np.ndarray, np.ndarray, tf.Tensor, tf.Tensor] | None = None

    def _convolves(self) -> bool:
        """Return whether a step has a convolution.

        In a loop XLA has no fast routine for its gradient on a CPU: the loop then stays a graph,
        and each step in it is a program of XLA's.
        """
        return any(op.type == "Conv2D" for op in self.graph().get_operations())

    def _epoch(
        self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: tf.Tensor
    ) -> tf.Tensor:
        """Take a step for each batch of ``x[order]``; return the mean loss over the samples."""
        n, total = tf.size(order), tf.zeros((), self.signature.dtype)
        x, y = tf.gather(x, order), tf.gather(y, order)  # once: a batch is a slice of it
        for start in tf.range(0, n, batch_size):
            end = tf.minimum(start + batch_size, n)  # the last batch is what is left
            loss = self._one(x[start:end], y[start:end])
            total += loss * tf.cast(end - start, loss.dtype)
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
        """Return a batch size as the graph takes it: known where XLA has the loop, else open."""
        return batch_size if self.xla_loop else tf.constant(batch_size)

    def resident(self, x: np.ndarray, y: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the data on the device; the same arrays are sent once."""
        if not self._resident or self._resident[0] is not x or self._resident[1] is not y:
            self._resident = (x, y, tf.constant(x), tf.constant(y))
        return self._resident[2:]
