"""Keras's ``fit`` on several devices, and Keras layers among several processes."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from bench import twins
from bench.specs import Config
from keras_impl.mirrored import MirroredFit
from keras_impl.workers import WorkersLoop


def mirrored_engine(
    config: Config, weights: twins.Weights | None, devices: Sequence[str]
) -> MirroredFit:
    """Return the Keras model on several devices, trained by ``fit``.

    Args:
        config: the dials; the batch size is that of all replicas together.
        weights: what it starts from; None for a draw of Keras's own.
        devices: one for each replica, each another one.
    """
    engine = MirroredFit(partial(twins.compiled, config), config.dtype, devices)
    engine.set_weights(weights or {})
    return engine


def workers_loop(config: Config, weights: twins.Weights | None, strategy: Any) -> WorkersLoop:
    """Return this process's copy of the Keras model, trained by a loop of its own.

    Args:
        config: the dials; the batch size is that of all workers together.
        weights: what every worker starts from; None for the draw of the first.
        strategy: by which they are joined.
    """
    engine = WorkersLoop(partial(twins.compiled, config), config.dtype, strategy)
    engine.set_weights(weights or {})
    return engine
