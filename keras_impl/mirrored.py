"""Keras on several devices: ``fit`` of a model made under ``tf.distribute.MirroredStrategy``.

Two lines for the user, the strategy and its scope. By hand: ``rawtf.engines.replicated``.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_impl.batches import open_batches, slices
from keras_impl.compiling import float_type
from keras_impl.fitting import Fit


@cache
def strategy_over(devices: tuple[str, ...]) -> tf.distribute.MirroredStrategy:
    """Return the strategy over some devices: one alone in a process, whatever it is to train.

    Each counts its sums from the same number on, and TensorFlow finds a sum by its number: a second
    strategy on the same devices, with a model of other shapes, fails ("Shape mismatch in the
    collective instance").
    """
    return tf.distribute.MirroredStrategy(list(devices))


class MirroredFit(Fit):
    """Trains by ``model.fit`` on several devices.

    Args:
        build: makes the compiled model.
        dtype: of the model and its data.
        devices: where the replicas are, each another one.
    """

    def __init__(
        self, build: Callable[[], keras.Model], dtype: str, devices: Sequence[str]
    ) -> None:
        self.strategy = strategy_over(tuple(devices))
        with self.strategy.scope():
            super().__init__(build, dtype)
            self.slots()  # the optimizer's variables are mirrored too

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Fit one epoch on ``x[order]`` as it stands; return its mean loss, in nats.

        A step at a time where the replicas' parts of the first batch are not of one size: ``fit``
        takes their mean before it trains (Keras 3.15, ``_maybe_symbolic_build``), and fails.
        """
        if min(batch_size, len(order)) % self.strategy.num_replicas_in_sync == 0:
            return super().train_epoch(x, y, order, batch_size)
        self.model.reset_metrics()
        for batch in slices(order, batch_size):
            logs = self.train_on_batch(x[batch], y[batch])
        return float(logs["loss"])

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
        """Take one step as ``fit`` takes each; return its metrics, means since the last reset."""
        batches = self.strategy.experimental_distribute_dataset(open_batches(x, y, len(x)))
        with float_type(self.dtype), self.strategy.scope():
            self.model.make_train_function()
            return self.model.train_function(iter(batches))

    def weights_of(self, replica: int) -> dict[str, np.ndarray]:
        """Return a copy of the variables of one replica, by name."""
        return {
            name: self.strategy.experimental_local_results(v.value)[replica].numpy().copy()
            for name, v in self.variables().items()
        }
