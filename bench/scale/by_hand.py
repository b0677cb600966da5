"""The hand-written models on several devices, and among several processes."""

from collections.abc import Callable, Sequence
from typing import Any

from bench import twins
from bench.specs import Config
from rawtf.engines.replicated import Replicated
from rawtf.engines.workers import Workers
from rawtf.model import Model
from rawtf.optimizers import OPTIMIZERS, Optimizer


def replicated_engine(
    config: Config,
    weights: twins.Weights,
    devices: Sequence[str],
    order: str = "in-turn",
    counting: str = "batch",
    packed_as: Sequence[str] = (),
    engine: type[Replicated] = Replicated,
) -> Replicated:
    """Return the hand-written model on several devices, its gradients summed by hand.

    Args:
        config: the dials; the batch size is that of all replicas together.
        weights: what every replica starts from.
        devices: one for each replica; one may stand there several times.
        order: a key of ``rawtf.reduction.ORDERS``.
        counting: ``batch``, or ``replica`` as Keras counts.
        packed_as: the parameters' names in the order in which their gradients are sent.
        engine: what runs them, of their kind.
    """
    build, signature = _build(config, weights), twins.signature(config)
    return engine(
        build, signature, devices=devices, order=order, counting=counting, packed_as=packed_as
    )


def workers_engine(
    config: Config, weights: twins.Weights, strategy: Any, engine: type[Workers] = Workers
) -> Workers:
    """Return this process's copy of the hand-written model.

    Args:
        config: the dials; the batch size is that of all workers together.
        weights: what every worker starts from.
        strategy: by which they are joined.
        engine: what runs it, of its kind.
    """
    return engine(_build(config, weights), twins.signature(config), strategy=strategy)


def _build(config: Config, weights: twins.Weights) -> Callable[[], tuple[Model, Optimizer]]:
    """Return what makes model and optimizer, once for each replica."""

    def build() -> tuple[Model, Optimizer]:
        model = twins.twins_of(config.model).raw(config.spec, weights, config.kernels)
        return model, OPTIMIZERS[config.optimizer](model.parameters, config.learning_rate)

    return build
