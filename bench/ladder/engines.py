"""What runs a model on a rung of the ladder: pieces of either side, put together."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bench import twins
from bench.ladder import keras_rungs
from bench.ladder.rungs import Rung
from bench.specs import Config
from rawtf.optimizers import OPTIMIZERS
from rawtf.pipeline import batches
from rawtf.updates import assign_all


def rung_engine(rung: Rung, config: Config, weights: twins.Weights) -> twins.Engine | twins.Fit:
    """Return what runs a model on a rung of ``gvk ladder``, holding these weights."""
    config = config.but(xla=rung.xla, steps_per_execution=rung.steps_per_execution)
    if rung.impl == "raw":
        return twins.raw_engine(config.but(engine=rung.engine), weights)
    metrics = ("accuracy",) if rung.metrics else ()
    build = partial(twins.compiled, config, metrics, rung.eagerly)
    borrowed = keras_rungs.Borrowed(batches, partial(_raw_update, config))
    engine = keras_rungs.RUNGS[rung.engine](build, config.dtype, borrowed, rung.verbose)
    engine.set_weights(weights)
    return engine


def _raw_update(config: Config, parameters: Mapping[str, Any]) -> keras_rungs.Update:
    """Return the hand-written optimizer as a function of the gradients that writes a step."""
    optimizer = OPTIMIZERS[config.optimizer](parameters, config.learning_rate)
    return lambda gradients: assign_all(optimizer.updates(gradients))
