"""Keras layers among several processes, in a training loop of one's own.

``fit`` does not work under ``tf.distribute.MultiWorkerMirroredStrategy`` (keras-team/keras#20585);
layers, loss and optimizer do, and know that there are others: a compiled loss is divided by the
number of replicas, and the optimizer's ``apply`` is an all-reduce and then a step. Whoever divides
or sums once more trains with another step size. Left for the loop is to cut each worker's part out
of the batch. By hand, with the sum in sight: ``rawtf.engines.workers``.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_impl.batches import slices
from keras_impl.compiling import float_type
from keras_impl.own_loop import OwnLoop


class WorkersLoop(OwnLoop):
    """One worker's copy of a model; every worker makes one, and calls it with the same batches.

    It counts as ``fit`` does under ``MirroredStrategy``, and so ends in its bits: the loss is a
    mean of the workers' means, every worker draws the same mask of dropout, and batch norm has the
    statistics and the moving averages of a worker's own part.

    Args:
        build: makes the compiled model.
        dtype: of the model and its data.
        strategy: a ``tf.distribute.MultiWorkerMirroredStrategy``, the same in each process.
    """

    def __init__(self, build: Callable[[], keras.Model], dtype: str, strategy: Any) -> None:
        self.strategy, self.workers = strategy, strategy.num_replicas_in_sync
        self.worker = strategy.cluster_resolver.task_id
        with strategy.scope():
            super().__init__(build, dtype)
        self.forward = tf.function(self.model, autograph=False)

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Take one step by this worker's part of a batch; return the batch's loss, a scalar."""
        share = -(-len(x) // self.workers)
        mine = slice(self.worker * share, (self.worker + 1) * share)
        with self.strategy.scope():
            return super().train_on_batch(x[mine], y[mine])

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Take one step together with all other workers."""
        return self.strategy.run(self._on_worker, args=(x, y))

    def _on_worker(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Go forward and back over this worker's part, and take the step of the whole batch."""
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(x, y, self.model(x, training=True))
        variables = self.model.trainable_variables
        gradients = tape.gradient(loss, [v.value for v in variables])
        self.model.optimizer.apply(gradients, variables)  # their sum: it calls all_reduce itself
        return all_reduced(loss)

    def predict(self, x: np.ndarray, batch_size: int) -> np.ndarray:
        """Return the probabilities for all of ``x``, (samples, outputs), by this copy alone."""
        with float_type(self.dtype):
            batches = slices(np.arange(len(x)), batch_size)
            return np.concatenate([self.forward(x[b], training=False).numpy() for b in batches])


def all_reduced(value: tf.Tensor) -> tf.Tensor:
    """Return the sum over all workers of a tensor, which every one of them gets."""
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, value)
