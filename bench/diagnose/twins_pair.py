"""The twins of this project as a pair: why ``gvk parity`` found them apart."""

from typing import Any

import numpy as np

from bench import twins
from bench.data.datasets import Dataset
from bench.diagnose.answer import Diagnosis
from bench.diagnose.api import diagnose
from bench.specs import KERAS_ENGINES, Config

TEST_SAMPLES = 64


class ByHand:
    """The hand-written side, in the form in which a user's loop is taken.

    Attributes:
        session: of the engine, where it has one: its graph is then run op by op.
    """

    def __init__(self, engine: Any) -> None:
        self.engine, self.session = engine, getattr(engine, "session", None)
        model: Any = engine.model
        named = isinstance(model.variables, dict)  # a hand-written model's are; Keras's are not
        self.variables = list(model.variables.values() if named else model.weights)
        self.train_step = engine.train_on_batch

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, (samples, outputs)."""
        return np.asarray(self.engine.predict(x, TEST_SAMPLES))


def engine_of(config: Config, engine: str, weights: twins.Weights) -> Any:
    """Return a config's model in an engine of either side."""
    if engine in KERAS_ENGINES:
        return twins.keras_engine(config.but(keras_engine=engine), weights)
    return twins.raw_engine(config.but(engine=engine), weights)


def diagnose_twins(
    config: Config, dataset: Dataset, steps: int, engine: str = "step", samples: int = TEST_SAMPLES
) -> Diagnosis:
    """Say why the twins of a config disagree, or that they agree.

    Args:
        config: the pair, its engine aside.
        dataset: trained on as many of its samples as the steps take.
        steps: how many are compared.
        engine: in which the hand-written side runs; one of Keras's for Keras against itself.
        samples: of the test data.
    """
    weights = twins.initial_weights(config)
    x, y = twins.inputs_and_targets(config, dataset.train)
    x_test, y_test = twins.inputs_and_targets(config, dataset.test)
    n = steps * config.batch_size
    data = (x[:n], y[:n], x_test[:samples], y_test[:samples])
    return diagnose(
        lambda: ByHand(engine_of(config, engine, weights)),
        lambda: twins.keras_engine(config, weights).model,
        data,
        fit={"batch_size": config.batch_size, "shuffle": False},
        steps=steps,
    )
