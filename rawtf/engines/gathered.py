"""A rung between `epoch` and `step`: a call a step, the data on the device all the same."""

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Signature, slices
from rawtf.engines.epoch import Epoch


class Gathered(Epoch):
    """Python calls TensorFlow once a step and hands it indices; the graph gathers the batch."""

    takes_xla = False

    def __init__(self, build: Build, signature: Signature, **dials: object) -> None:
        super().__init__(build, signature, **dials)
        indices = tf.TensorSpec((None,), tf.int32)
        traced = self.traced(self._gathered, [signature.x(), signature.y(), indices])
        self.gathered = traced.get_concrete_function()

    def _gathered(self, x: tf.Tensor, y: tf.Tensor, batch: tf.Tensor) -> tf.Tensor:
        """Take a step on ``x[batch]``; return its loss."""
        return self._step(tf.gather(x, batch), tf.gather(y, batch))

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Take one step on a batch from the host, as ``step`` does; return its loss, a scalar."""
        return self.one_step(tf.constant(x), tf.constant(y))

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Take a step for each batch of ``x[order]``; return the mean loss, in nats."""
        self.check(x, y, order, batch_size)
        data, batches = self.resident(x, y), list(slices(order.astype(np.int32), batch_size))
        losses = [self.gathered(*data, tf.constant(batch)) for batch in batches]
        sizes = [len(batch) for batch in batches]
        return float(np.average(np.array(losses, np.float64), weights=sizes))
