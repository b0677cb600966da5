"""Training over epochs, the same loop for either side: an epoch, then what validation says."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np

from bench import twins
from bench.data.datasets import Dataset, Split
from bench.data.epoch_order import epoch_order, steps_per_epoch
from bench.proof.sides import PREDICT_BATCH_SIZE
from bench.specs import Config
from bench.stats.scores import metrics
from bench.training.place import Epoch, Place, pieces


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


def train(
    engine: Runner, config: Config, dataset: Dataset, epoch_orders: Iterable[np.ndarray]
) -> Iterator[Epoch]:
    """Train an epoch for each order, and yield training loss and validation metrics."""
    x, y = twins.inputs_and_targets(config, dataset.train)
    for number, order in enumerate(epoch_orders, start=1):
        loss = engine.train_epoch(x, y, order, config.batch_size)
        yield _seen(engine, config, dataset, number, loss)


def train_from(
    place: Place,
    engine: Runner,
    config: Config,
    dataset: Dataset,
    every: int | None,
    reached: Callable[[Place], bool],
) -> Iterator[Epoch]:
    """Go on with a training from a place in it, and yield each epoch that gets whole.

    Args:
        place: where the engine stands.
        engine: holds the weights and the optimizer's state of that place.
        config: of the training; its ``epochs`` say where it ends.
        dataset: the samples.
        every: steps between two places that are told of; None for the ends of epochs alone.
        reached: is told of each place, and says whether to go on.
    """
    x, y = twins.inputs_and_targets(config, dataset.train)
    for number in range(len(place.epochs), config.epochs):
        order = epoch_order(config, len(x), number)
        whole = steps_per_epoch(config, len(x))
        for piece in pieces(order, config.batch_size, place.steps, every):
            loss = engine.train_epoch(x, y, piece, config.batch_size)
            place = place.after(loss, len(piece), -(-len(piece) // config.batch_size))
            if place.steps < whole and not reached(place):
                return
        epoch = _seen(engine, config, dataset, number + 1, place.loss)
        place = Place((*place.epochs, epoch))
        go_on = reached(place)
        yield epoch
        if not go_on:
            return


def _seen(engine: Runner, config: Config, dataset: Dataset, number: int, loss: float) -> Epoch:
    """Return what is said after an epoch."""
    probabilities = predict(engine, config, dataset.validation)
    scores = metrics(config, probabilities, dataset.validation.y)
    return Epoch(number, loss, scores["accuracy"], scores.get("roc_auc"))


def predict(engine: Runner, config: Config, split: Split) -> np.ndarray:
    """Return the probabilities for a split, (samples, outputs)."""
    x, _ = twins.inputs_and_targets(config, split)
    return engine.predict(x, PREDICT_BATCH_SIZE)


def test(engine: Runner, config: Config, dataset: Dataset) -> dict[str, float]:
    """Return the metrics on the test set."""
    return metrics(config, predict(engine, config, dataset.test), dataset.test.y)
