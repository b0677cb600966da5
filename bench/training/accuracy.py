"""Equal accuracy: both twins of a checked pair trained for a whole run on the same batches."""

from dataclasses import dataclass
from typing import Any

from bench import twins
from bench.data.datasets import Dataset
from bench.data.epoch_order import orders, steps_per_epoch
from bench.host.progress import progress
from bench.proof.distance import Distance, largest
from bench.proof.exact_mode import set_exact
from bench.proof.lockstep import CheckedPair
from bench.specs import Config
from bench.stats.scores import metrics
from bench.training.epochs import Epoch, Runner, predict, train
from bench.training.outcomes import outcomes


@dataclass(frozen=True)
class Accuracy:
    """How a whole training went on both sides.

    Attributes:
        config: the pair and its training.
        steps: optimizer steps that each side took.
        n_parameters: numbers that gradient descent moves, on each side.
        weights: after each epoch, the distance between the two sides' weights.
        curves: an ``Epoch`` for each epoch, by ``raw`` and ``keras``.
        test: test metrics, by ``raw`` and ``keras``.
        outcomes: what both make of the test set (``bench.training.outcomes``).
    """

    config: Config
    steps: int
    n_parameters: int
    weights: list[Distance]
    curves: dict[str, list[Epoch]]
    test: dict[str, dict[str, float]]
    outcomes: dict[str, Any]


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
    engines: dict[str, Runner] = {
        "raw": twins.raw_engine(config, weights),
        "keras": twins.keras_engine(config, weights),
    }
    curves, distances = _train_side_by_side(engines, config, dataset)
    probabilities = {
        side: predict(engine, config, dataset.test) for side, engine in engines.items()
    }
    return Accuracy(
        config=config,
        steps=config.epochs * steps_per_epoch(config, len(dataset.train)),
        n_parameters=twins.n_parameters(config),
        weights=distances,
        curves=curves,
        test={side: metrics(config, p, dataset.test.y) for side, p in probabilities.items()},
        outcomes=outcomes(
            config,
            dataset.test,
            probabilities,
            {side: engine.get_weights() for side, engine in engines.items()},
        ),
    )


def _train_side_by_side(
    engines: dict[str, Runner], config: Config, dataset: Dataset
) -> tuple[dict[str, list[Epoch]], list[Distance]]:
    """Train an epoch of each side in turn, and compare the weights after each."""
    curves: dict[str, list[Epoch]] = {side: [] for side in engines}
    distances = []
    n = len(dataset.train)
    sides = [train(engine, config, dataset, orders(config, n)) for engine in engines.values()]
    with progress(f"train {config.model} {config.initializer}", config.epochs) as advance:
        for epochs in zip(*sides, strict=True):
            for side, epoch in zip(curves, epochs, strict=True):
                curves[side].append(epoch)
            raw, keras = (engine.get_weights() for engine in engines.values())
            distances.append(largest(raw, keras))
            advance()
    return curves, distances
