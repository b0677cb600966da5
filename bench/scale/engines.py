"""Engines on several devices or among several processes, of either side."""

from collections.abc import Sequence
from typing import Any

from bench import twins
from bench.scale.by_hand import replicated_engine, workers_engine
from bench.scale.in_keras import mirrored_engine, workers_loop
from bench.specs import Config


def engine_on(
    config: Config,
    impl: str,
    weights: twins.Weights | None,
    devices: Sequence[str] = (),
    workers: Any = None,
) -> twins.Engine | twins.Fit:
    """Return a side's engine: on several devices, among workers, or alone.

    Args:
        config: the dials.
        impl: ``raw`` or ``keras``.
        weights: what it starts from; None, in Keras, for a draw of its own.
        devices: one for each replica; empty for a single model.
        workers: the strategy by which this process trains with others.
    """
    if impl == "keras":
        return _in_keras(config, weights, devices, workers)
    assert weights is not None
    if workers:
        return workers_engine(config, weights, workers)
    if devices:
        return replicated_engine(config, weights, devices)
    return twins.raw_engine(config, weights)


def _in_keras(
    config: Config, weights: twins.Weights | None, devices: Sequence[str], workers: Any
) -> twins.Fit:
    if workers:
        return workers_loop(config, weights, workers)
    if devices:
        return mirrored_engine(config, weights, devices)
    return twins.keras_engine(config, weights)
