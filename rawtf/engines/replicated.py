"""Data parallelism by hand: n copies of a model, each on its part of every batch.

Keras name: ``fit`` of a model that was made under ``tf.distribute.MirroredStrategy``. What hides
there is the step in ``Replicated``:

1. the batch is cut into n parts (``part_of``);
2. each copy goes forward and back over its part, on a device of its own;
3. the gradients are summed over the copies, in a stated order (``rawtf.reduction``);
4. each copy takes the same step by the sum: copies that were equal stay so.

A part is not the batch: whatever counts over a batch has to know of the whole of it. There are
three such things in these models, and two ways to count (``COUNTINGS``).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Signature
from rawtf.engines.step import Step
from rawtf.kernels import Kernels
from rawtf.model import Model
from rawtf.optimizers import Optimizer
from rawtf.reduction import ORDERS, packed, unpacked
from rawtf.step import Backward
from rawtf.updates import Update, assign_all


class Part(NamedTuple):
    """Which samples of a batch a replica has.

    Attributes:
        start, end: its samples are those from ``start`` up to ``end``.
        total: samples of the whole batch.
    """

    start: tf.Tensor
    end: tf.Tensor
    total: tf.Tensor


def part_of(total: tf.Tensor, replica: int, replicas: int) -> Part:
    """Return the part of one replica: ``ceil(total / replicas)`` samples, or what is left.

    As ``tf.distribute`` cuts a batch: of 45 samples two replicas get 23 and 22, of one sample the
    second gets none.
    """
    share = (total + replicas - 1) // replicas
    start, end = tf.minimum(replica * share, total), tf.minimum((replica + 1) * share, total)
    return Part(start, end, total)


def counted_over_batch(kernels: Kernels, part: Part, replicas: int) -> Kernels:
    """Return the operations of a replica that knows of the whole batch.

    The loss is its share of the batch's mean: over the replicas shares, and so gradients, add up to
    what one device has. The mask of dropout is its rows of the batch's mask. Batch norm
    alone stays apart: it would have to wait for the other replicas in the middle of a pass.
    """

    def share(losses: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(losses) / tf.cast(part.total, losses.dtype)

    def rows(x: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
        shape = tf.concat([[part.total], tf.shape(x)[1:]], axis=0)
        mask = kernels.dropout(tf.ones(shape, x.dtype), rate, seed)[part.start : part.end]
        return x * mask  # 0, or 1 / (1 - rate)

    return replace(kernels, mean=share, dropout=rows)


def counted_over_replica(kernels: Kernels, part: Part, replicas: int) -> Kernels:
    """Return the operations of a replica that knows of nothing but its part, as Keras's does.

    Its loss is the mean of its own samples, over the number of replicas: a mean of means, in
    which a sample of a smaller part weighs more. Its mask is drawn as if there were no other: all
    replicas draw the same one.
    """

    def share(losses: tf.Tensor) -> tf.Tensor:
        size = tf.cast(tf.size(losses), losses.dtype)
        mean = tf.math.divide_no_nan(tf.reduce_sum(losses), size)
        return mean * tf.cast(1.0 / replicas, losses.dtype)

    return replace(kernels, mean=share)


COUNTINGS: dict[str, Callable[[Kernels, Part, int], Kernels]] = {
    "batch": counted_over_batch,
    "replica": counted_over_replica,
}
"""What loss and dropout count over: the whole batch, or each replica's part, as in Keras."""


class Copy(NamedTuple):
    """A replica: a model and an optimizer with variables of their own, on one device."""

    model: Model
    optimizer: Optimizer
    device: str


class Replicated(Step):
    """Copies of a model that take each step together.

    Args:
        build, signature: as of any engine; ``build`` is called once for each replica.
        devices: where the replicas are; one may stand there several times.
        order: a key of ``rawtf.reduction.ORDERS``: how gradients are summed.
        counting: a key of ``COUNTINGS``.
        packed_as: the parameters' names in the order in which their gradients are sent.
    """

    takes_xla = False

    def __init__(
        self,
        build: Build,
        signature: Signature,
        *,
        devices: Sequence[str],
        order: str = "in-turn",
        counting: str = "batch",
        packed_as: Sequence[str] = (),
        **dials: Any,
    ) -> None:
        self.copies: list[Copy] = []

        def on_next_device() -> tuple[Model, Optimizer]:
            device = devices[len(self.copies)]
            with tf.device(device):
                self.copies.append(Copy(*build(), device))
            return self.copies[-1].model, self.copies[-1].optimizer

        super().__init__(on_next_device, signature, **dials)  # makes the first
        while len(self.copies) < len(devices):
            on_next_device()
        self.sum, self.counting = ORDERS[order], COUNTINGS[counting]
        self.averages = counting == "batch"
        self.packed_as = packed_as or list(self.model.parameters)

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        """Take one step of every replica; return the sum of their shares of the loss."""
        backs = self._each(x, y)
        gradients = self.all_reduced([back.gradients for back in backs])
        states = self.states([back.state for back in backs], tf.shape(x)[0])
        updates: list[Update] = []
        for copy, state in zip(self.copies, states, strict=True):
            with tf.device(copy.device):
                updates += [*copy.optimizer.updates(gradients), *state]
        assign_all(updates)
        return self.sum([back.loss for back in backs])

    def _look(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        backs = self._each(x, y)
        logits = tf.concat([back.logits for back in backs], axis=0)
        loss = self.sum([back.loss for back in backs])
        return logits, loss, self.all_reduced([back.gradients for back in backs])

    def _each(self, x: tf.Tensor, y: tf.Tensor) -> list[Backward]:
        """Run each replica forward and back over its part of a batch."""
        total, n = tf.shape(x)[0], len(self.copies)
        backs = []
        for replica, copy in enumerate(self.copies):
            with tf.device(copy.device):
                part = part_of(total, replica, n)
                model = copy.model.using(self.counting(copy.model.kernels, part, n))
                samples = slice(part.start, part.end)
                backs.append(self.backward(model, x[samples], y[samples]))
        return backs

    def all_reduced(self, of_each: Sequence[Sequence[tf.Tensor]]) -> list[tf.Tensor]:
        """Return the sum over the replicas of each gradient.

        Args:
            of_each: the gradients of each replica, in the order of the parameters.
        """
        names = list(self.model.parameters)
        places = [names.index(name) for name in self.packed_as]
        packs = []
        for copy, gradients in zip(self.copies, of_each, strict=True):
            with tf.device(copy.device):
                packs.append(packed([gradients[place] for place in places]))
        with tf.device(self.copies[0].device):
            summed = unpacked(self.sum(packs), [of_each[0][place] for place in places])
        return [summed[places.index(place)] for place in range(len(names))]

    def states(self, of_each: Sequence[Sequence[Update]], total: tf.Tensor) -> list[list[Update]]:
        """Return what each replica writes beside its parameters.

        The moving averages of batch norm are those of its part alone. Left so, as Keras leaves
        them, they grow apart, and a sample's prediction depends on the replica that it comes to.
        Counted over the batch they are averaged over the replicas, each for its samples.
        """
        if not self.averages:
            return [list(state) for state in of_each]
        n = len(self.copies)
        parts = [part_of(total, replica, n) for replica in range(n)]
        written: list[list[Update]] = [[] for _ in self.copies]
        for of_all in zip(*of_each, strict=True):
            values = [value for _, value in of_all]
            if values[0].dtype.is_floating:
                weights = [(part.end - part.start) / total for part in parts]
                mean = self.sum(
                    [v * tf.cast(w, v.dtype) for v, w in zip(values, weights, strict=True)]
                )
                values = [mean] * n
            for writes, (variable, _), value in zip(written, of_all, values, strict=True):
                writes.append((variable, value))
        return written

    def check(self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int) -> None:
        """Raise ``ValueError`` also where a replica of a ConvNet would be without a sample.

        TensorFlow's convolution that is fused with what follows it takes no empty batch, and batch
        norm has no mean of none.
        """
        super().check(x, y, order, batch_size)
        n = len(self.copies)
        convolves = any(len(v.shape) == 4 for v in self.model.parameters.values())
        for size in {min(batch_size, len(order)), len(order) % batch_size} - {0}:
            if convolves and (n - 1) * -(-size // n) >= size:
                raise ValueError(
                    f"a batch of {size} leaves one of {n} replicas without a sample, which no "
                    "convolution takes: choose another batch size or limit"
                )

    def set_state(self, weights: Any, slots: Any) -> None:
        """Write variables, slots and counters of every replica by name."""
        for copy in self.copies:
            for variables, values in (
                (copy.model.variables, weights),
                (copy.optimizer.state, slots),
            ):
                for name, value in values.items():
                    variables[name].assign(value)

    def weights_of(self, replica: int) -> dict[str, np.ndarray]:
        """Return a copy of the variables of one replica, by name."""
        return {n: v.numpy().copy() for n, v in self.copies[replica].model.variables.items()}
