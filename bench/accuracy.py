"""Equal accuracy: both twins of a checked pair trained for a whole run on the same batches."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench import twins
from bench.batches import orders, steps_per_epoch
from bench.compare import EQUAL, Distance, distance
from bench.data import Dataset
from bench.evaluate import metrics
from bench.exact import set_exact
from bench.parity import PREDICT_BATCH_SIZE, CheckedPair
from bench.progress import progress
from bench.specs import Config
from bench.training import Epoch, Runner, train


@dataclass(frozen=True)
class Accuracy:
    """How a whole training ended on both sides.

    Attributes:
        config: the pair and its training.
        steps: optimizer steps that each side took.
        n_parameters: numbers that gradient descent moves, on each side.
        weights: distance between the two sides' weights at the end.
        curves: an ``Epoch`` for each epoch, by ``raw`` and ``keras``.
        test: test metrics, by ``raw`` and ``keras``.
    """

    config: Config
    steps: int
    n_parameters: int
    weights: Distance
    curves: dict[str, list[Epoch]]
    test: dict[str, dict[str, float]]


def measure(pair: CheckedPair, dataset: Dataset, **data_dials: object) -> Accuracy:
    """Train both twins from the same weights over the same batches, in exact mode.

    Args:
        pair: what parity proved equal.
        dataset: the samples.
        data_dials: what the proof does not depend on: ``initializer``, ``sampling``, ``epochs``,
            ``iterations``, ``seed``.
    """
    config = pair.config.but(**data_dials)
    set_exact(config)
    weights = twins.initial_weights(config)
    makers: dict[str, Callable[[], Runner]] = {
        "raw": lambda: twins.raw_engine(config, weights),
        "keras": lambda: twins.keras_engine(config, weights),
    }
    curves, test, final = {}, {}, {}
    for side, make in makers.items():
        engine = make()
        curves[side] = _train(engine, config, dataset, side)
        x, _ = twins.inputs_and_targets(config, dataset.test)
        test[side] = metrics(config, engine.predict(x, PREDICT_BATCH_SIZE), dataset.test.y)
        final[side] = engine.get_weights()
    return Accuracy(
        config=config,
        steps=config.epochs * steps_per_epoch(config, len(dataset.train)),
        n_parameters=sum(v.size for v in weights.values() if v.dtype.kind == "f"),
        weights=_largest(final["raw"], final["keras"]),
        curves=curves,
        test=test,
    )


def _train(engine: Runner, config: Config, dataset: Dataset, side: str) -> list[Epoch]:
    name = f"train {config.model} {side} {config.initializer}"
    with progress(name, config.epochs) as advance:
        epochs = []
        for epoch in train(engine, config, dataset, orders(config, len(dataset.train))):
            epochs.append(epoch)
            advance()
    return epochs


def _largest(raw: dict[str, np.ndarray], keras: dict[str, np.ndarray]) -> Distance:
    largest = EQUAL
    for name, value in keras.items():
        largest |= distance(raw[name], value)
    return largest
