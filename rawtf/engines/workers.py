"""Data parallelism over processes: each has a copy of the model, and a network between them.

What ``Replicated`` does in one process is done here by several, on one machine or many. Each cuts
the same batch and takes the part that is its own (``part_of``); what it cannot do alone, the sum
of the gradients, is one call. Behind it TensorFlow's collective operations send and add, by default
around a ring; every worker gets the same sum, and so the same bits. Keras name: layers in a loop of
one's own (``keras_impl.workers``); ``fit`` of Keras 3 does not work under
``tf.distribute.MultiWorkerMirroredStrategy``.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from rawtf.engines.base import Build, Signature
from rawtf.engines.replicated import Part, counted_over_batch, part_of
from rawtf.engines.step import Step
from rawtf.step import Backward
from rawtf.updates import Update, assign_all


class Workers(Step):
    """One worker's copy of a model; every worker makes one, and calls it with the same batches.

    Args:
        build, signature: as of any engine.
        strategy: a ``tf.distribute.MultiWorkerMirroredStrategy``, the same in each process.
    """

    takes_xla = False

    def __init__(self, build: Build, signature: Signature, *, strategy: Any, **dials: Any) -> None:
        self.strategy, self.workers = strategy, strategy.num_replicas_in_sync
        self.worker = strategy.cluster_resolver.task_id
        with strategy.scope():
            super().__init__(build, signature, **dials)

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Take one step together with all other workers; return the batch's loss."""
        return self.strategy.run(self._on_worker, args=(x, y))

    def _on_worker(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        part = part_of(tf.shape(x)[0], self.worker, self.workers)
        back = self._back(x, y, part)
        gradients = all_reduced(back.gradients)
        assign_all([*self.optimizer.updates(gradients), *self._averaged(back.state, part)])
        (loss,) = all_reduced([back.loss])
        return loss

    def _look(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        raise NotImplementedError("a worker has the logits of its part of a batch alone")

    def _back(self, x: tf.Tensor, y: tf.Tensor, part: Part) -> Backward:
        """Run this worker's copy forward and back over its part of a batch."""
        kernels = counted_over_batch(self.model.kernels, part, self.workers)
        samples = slice(part.start, part.end)
        return self.backward(self.model.using(kernels), x[samples], y[samples])

    def _averaged(self, state: Sequence[Update], part: Part) -> list[Update]:
        """Return what a step writes beside parameters, moving averages averaged over workers."""
        weight = (part.end - part.start) / part.total
        averages = [(v, value) for v, value in state if value.dtype.is_floating]
        counters = [(v, value) for v, value in state if not value.dtype.is_floating]
        shares = [value * tf.cast(weight, value.dtype) for _, value in averages]
        means = all_reduced(shares) if shares else []
        return [*counters, *((v, mean) for (v, _), mean in zip(averages, means, strict=True))]


def all_reduced(values: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """Return the sum over all workers of each tensor, which every one of them gets."""
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, list(values))
