"""Training over epochs, the same loop for either side: an epoch, then what validation says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bench import twins
from bench.data.datasets import Dataset, Split
from bench.proof.sides import PREDICT_BATCH_SIZE
from bench.specs import Config
from bench.stats.scores import metrics


class Runner(Protocol):
    """What both sides' engines can do."""

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Train on ``x[order]``; return the mean loss, in nats."""
        ...

    def predict(self, x: np.ndarray, batch_size: int) -> np.ndarray:
        """Return the probabilities, (samples, outputs)."""
        ...

    def get_weights(self) -> dict[str, np.ndarray]:
        """Return every variable by name."""
        ...


@dataclass(frozen=True)
class Epoch:
    """What is said after an epoch: the number of it from 1, in nats and shares."""

    epoch: int
    loss: float
    val_accuracy: float
    val_roc_auc: float | None = None


def train(
    engine: Runner, config: Config, dataset: Dataset, epoch_orders: Iterable[np.ndarray]
) -> Iterator[Epoch]:
    """Train an epoch for each order, and yield training loss and validation metrics."""
    x, y = twins.inputs_and_targets(config, dataset.train)
    for number, order in enumerate(epoch_orders, start=1):
        loss = engine.train_epoch(x, y, order, config.batch_size)
        probabilities = predict(engine, config, dataset.validation)
        scores = metrics(config, probabilities, dataset.validation.y)
        yield Epoch(number, loss, scores["accuracy"], scores.get("roc_auc"))


def predict(engine: Runner, config: Config, split: Split) -> np.ndarray:
    """Return the probabilities for a split, (samples, outputs)."""
    x, _ = twins.inputs_and_targets(config, split)
    return engine.predict(x, PREDICT_BATCH_SIZE)


def test(engine: Runner, config: Config, dataset: Dataset) -> dict[str, float]:
    """Return the metrics on the test set."""
    return metrics(config, predict(engine, config, dataset.test), dataset.test.y)
