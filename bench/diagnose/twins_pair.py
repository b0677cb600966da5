"""The twins of this project as a pair: why ``gvk parity`` found them apart."""

from typing import Any

import numpy as np

from bench import twins
from bench.data.datasets import Dataset
from bench.diagnose.answer import Diagnosis
from bench.diagnose.api import diagnose
from bench.specs import Config

TEST_SAMPLES = 64


class ByHand:
    """The hand-written side, in the form in which a user's loop is taken."""

    def __init__(self, config: Config, weights: twins.Weights) -> None:
        engine: Any = twins.raw_engine(config.but(engine="step"), weights)
        self.engine, self.variables = engine, list(engine.model.variables.values())
        self.train_step = engine.train_on_batch

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, (samples, outputs)."""
        return self.engine.predict(x, TEST_SAMPLES)


def diagnose_twins(config: Config, dataset: Dataset, steps: int) -> Diagnosis:
    """Say why the twins of a config disagree, or that as the engine ``step`` they agree.

    Args:
        config: the pair; whatever its engine, the steps are those of ``step``.
        dataset: trained on as many of its samples as the steps take.
        steps: how many are compared.
    """
    weights = twins.initial_weights(config)
    x, y = twins.inputs_and_targets(config, dataset.train)
    x_test, y_test = twins.inputs_and_targets(config, dataset.test)
    n = steps * config.batch_size
    data = (x[:n], y[:n], x_test[:TEST_SAMPLES], y_test[:TEST_SAMPLES])
    return diagnose(
        lambda: ByHand(config, weights),
        lambda: twins.keras_engine(config, weights).model,
        data,
        fit={"batch_size": config.batch_size, "shuffle": False},
        steps=steps,
    )
