"""Keras layers, loss and optimizer in a graph of a whole epoch: no call from Python a step.

The loop is the one of the raw engine ``epoch``; only what a step is made of is Keras's. So what
the two differ by is the price of Keras's layers, loss and optimizer, and of nothing else.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from keras_impl.batches import open_signature
from keras_impl.compiling import float_type
from keras_impl.own_loop import OwnLoop


class OwnEpoch(OwnLoop):
    """Takes a whole epoch by one ``tf.function`` over Keras's own pieces.

    Data that was trained on before is not sent again: only the order of the samples is.
    """

    def __init__(self, build: Callable[[], keras.Model], dtype: str = "float32") -> None:
        super().__init__(build, dtype)
        sizes = [tf.TensorSpec((None,), tf.int32), tf.TensorSpec((), tf.int32)]
        signature = [*open_signature(self.model, dtype), *sizes]
        self.epoch = tf.function(self._epoch, input_signature=signature, jit_compile=False)
        self._resident: tuple[np.ndarray, np.ndarray, tf.Tensor, tf.Tensor] | None = None

    def _epoch(
        self, x: tf.Tensor, y: tf.Tensor, order: tf.Tensor, batch_size: tf.Tensor
    ) -> tf.Tensor:
        """Take a step for each batch of ``x[order]``; return the mean loss over the samples."""
        n, total = tf.size(order), tf.zeros((), self.dtype)
        x, y = tf.gather(x, order), tf.gather(y, order)  # once: a batch is a slice of it
        for start in tf.range(0, n, batch_size):
            end = tf.minimum(start + batch_size, n)  # the last batch is what is left
            loss = self._step(x[start:end], y[start:end])
            total += loss * tf.cast(end - start, loss.dtype)
        return total / tf.cast(n, total.dtype)

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Train the epoch in one call; return the mean loss over the samples, in nats."""
        indices = tf.constant(order, tf.int32)
        with float_type(self.dtype):
            return float(self.epoch(*self.resident(x, y), indices, tf.constant(batch_size)))

    def resident(self, x: np.ndarray, y: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the data on the device; the same arrays are sent once."""
        if not self._resident or self._resident[0] is not x or self._resident[1] is not y:
            self._resident = (x, y, tf.constant(x), tf.constant(y))
        return self._resident[2:]
