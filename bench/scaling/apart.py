"""Computation and communication apart: steps without their all-reduce, and all-reduces alone."""

from collections.abc import Callable, Sequence

import tensorflow as tf

from rawtf.engines.replicated import Replicated, part_of
from rawtf.engines.workers import Workers, all_reduced
from rawtf.updates import assign_all

Exchange = Callable[[], object]
A_CALL = 8
"""All-reduces of a call, one after another: Python's call of a step is no part of them."""


class ReplicasApart(Replicated):
    """Replicas that do not talk: each takes the step of its own gradients.

    It computes what ``Replicated`` does, and trains nothing of worth: the copies part.
    """

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        backs = self._each(x, y)
        updates = []
        for copy, back in zip(self.copies, backs, strict=True):
            with tf.device(copy.device):
                updates += [*copy.optimizer.updates(back.gradients), *back.state]
        assign_all(updates)
        return backs[0].loss


class WorkersApart(Workers):
    """A worker that does not talk: it takes the step of its own gradients."""

    def _on_worker(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        back = self._back(x, y, part_of(tf.shape(x)[0], self.worker, self.workers))
        assign_all([*self.optimizer.updates(back.gradients), *back.state])
        return back.loss


def replicas_exchange(engine: Replicated, times: int) -> Exchange:
    """Return the all-reduce of replicas alone, ``A_CALL`` times: of tensors as their gradients are.

    Args:
        engine: whose replicas and whose sum they are.
        times: how many times as large as the gradients they are; 0 for a number each.
    """
    held = []
    for copy in engine.copies:
        with tf.device(copy.device):
            held.append(_like(list(copy.model.parameters.values()), times))

    def exchange() -> None:
        for _ in range(A_CALL):
            values = [[each.read_value() for each in own] for own in held]
            loss = engine.sum([own[-1] for own in values])
            sums = [*engine.all_reduced([own[:-1] for own in values]), loss]
            assign_all([pair for own in held for pair in zip(own, sums, strict=True)])

    return _graph(exchange)


def workers_exchange(engine: Workers, times: int) -> Exchange:
    """Return the same of workers: the gradients in a call, then the loss, as their step has it."""
    *gradients, loss = _like(list(engine.model.parameters.values()), times)

    def on_worker() -> None:
        for own in (gradients, [loss]) * A_CALL:
            sums = all_reduced([each.read_value() for each in own])
            assign_all(list(zip(own, sums, strict=True)))

    return _graph(lambda: engine.strategy.run(on_worker))


def _like(parameters: Sequence[tf.Variable], times: int) -> list[tf.Variable]:
    """Return what is summed: zeros as many times the size of each gradient, and of a loss."""
    return [
        tf.Variable(tf.zeros([max(1, times * size)], each.dtype), trainable=False)
        for each in parameters
        for size in [each.shape.num_elements()]
    ] + [tf.Variable(tf.zeros([], parameters[0].dtype), trainable=False)]


def _graph(exchange: Exchange) -> Exchange:
    graph: Exchange = tf.function(exchange, input_signature=[]).get_concrete_function()
    return graph
