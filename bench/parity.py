"""The lockstep: the same weights and batches into both twins, compared tensor by tensor.

Rungs, in the order they are climbed: shapes, initial weights, then at every step logits, loss,
every gradient and the weights after the step (against ``train_on_batch``), the weights after every
epoch of the Keras engine itself (``fit``), predictions, test metrics.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bench import twins
from bench.batches import orders, steps_per_epoch
from bench.criteria import Criterion, criterion_for
from bench.data import Dataset
from bench.errors import NotVerified
from bench.evaluate import metrics
from bench.exact import set_exact
from bench.keras_probe import KerasProbe
from bench.ledger import Entry, Ledger
from bench.progress import Advance, progress
from bench.specs import Config
from bench.twins import Engine, Fit, slices

PREDICT_BATCH_SIZE = 256
"""Both sides predict in batches of one size: a matrix product rounds by its shape."""


@dataclass(frozen=True)
class Parity:
    """What the lockstep found.

    Attributes:
        config: the pair that was compared.
        criterion: what counted as equal, in words.
        entries: one for each rung and tensor.
        steps, epochs: how far the twins walked together.
        exact: what exact mode had set.
        metrics: test metrics of both sides, by ``raw`` and ``keras``; empty if never reached.
    """

    config: Config
    criterion: str
    entries: tuple[Entry, ...]
    steps: int
    epochs: int
    exact: tuple[str, ...]
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every rung holds, and the last one was reached."""
        return bool(self.metrics) and all(entry.holds for entry in self.entries)

    @property
    def first_difference(self) -> Entry | None:
        """The entry where the twins part first: by step, then by rung."""
        parted = [entry for entry in self.entries if not entry.holds]
        return min(parted, key=lambda entry: entry.first_step or 0, default=None)


@dataclass(frozen=True)
class CheckedPair:
    """A pair that parity proved equal. Accuracy and throughput take nothing else."""

    parity: Parity

    def __post_init__(self) -> None:
        if not self.parity.holds:
            where = self.parity.first_difference
            raise NotVerified(f"{self.parity.config.model} is not proved equal: {where}")

    @property
    def config(self) -> Config:
        """The dials that the proof holds for."""
        return self.parity.config


class Lockstep:
    """One walk of both twins."""

    def __init__(self, config: Config, dataset: Dataset, max_steps: int | None) -> None:
        self.config, self.max_steps = config, max_steps
        self.x, self.y = twins.inputs_and_targets(config, dataset.train)
        self.test = dataset.test
        self.criterion: Criterion = criterion_for(config)
        self.ledger = Ledger(self.criterion)
        weights = twins.initial_weights(config)
        self.raw: Engine = twins.raw_engine(config, weights)
        self.stepper: Fit = twins.keras_engine(config.but(keras_engine="fit"), weights)
        self.fitted: Fit = twins.keras_engine(config, weights)
        self.probe = KerasProbe(self.stepper)
        self.steps = self.epochs = 0

    def walk(self) -> dict[str, dict[str, float]]:
        """Climb every rung; return the test metrics of both, empty where shapes part already."""
        if not self.compare_shapes():
            return {}
        self.compare_weights("initial weights", self.fitted)
        total = self.total_steps()
        with progress(f"parity {self.config.model} {self.config.engine}", total) as advance:
            for order in self.orders():
                self.run_epoch(order, advance)
        return self.compare_predictions()

    def total_steps(self) -> int:
        """Return how many steps there are to take."""
        steps = self.config.epochs * steps_per_epoch(self.config, len(self.x))
        return min(steps, self.max_steps or steps)

    def orders(self) -> Iterator[np.ndarray]:
        """Yield the order of each epoch, the last one cut where ``max_steps`` ends."""
        for order in orders(self.config, len(self.x)):
            left = self.total_steps() - self.steps
            if left <= 0:
                return
            yield order[: left * self.config.batch_size]

    def compare_shapes(self) -> bool:
        """Compare names and shapes of all variables, and the number of parameters."""
        raw, keras = self.raw.get_weights(), self.fitted.get_weights()
        for name in [*keras, *(raw.keys() - keras.keys())]:
            self.ledger.shapes(name, _shape(raw, name), _shape(keras, name))
        counts = [sum(v.size for v in side.values()) for side in (raw, keras)]
        self.ledger.shapes("all variables", *((count,) for count in counts))
        return self.ledger.holds

    def run_epoch(self, order: np.ndarray, advance: Advance) -> None:
        """Walk an epoch in lockstep, then let the Keras engine itself do the same epoch."""
        for batch in slices(order, self.config.batch_size):
            self.steps += 1
            self.run_step(self.x[batch], self.y[batch])
            advance()
        self.epochs += 1
        self.fitted.train_epoch(self.x, self.y, order, self.config.batch_size)
        self.compare_weights(f"weights after {self.config.keras_engine}", self.fitted)

    def run_step(self, x: np.ndarray, y: np.ndarray) -> None:
        """Compare what both are about to do with a batch, do it, compare the weights."""
        raw = self.raw.probe(x, y)
        logits, loss, gradients = self.probe(x, y)
        self.compare("logits", "logits", raw.logits, logits)
        self.compare("loss", "loss", raw.loss, loss)
        for name, gradient in gradients.items():
            self.compare("gradient", name, raw.gradients[name], gradient)
        self.raw.train_on_batch(x, y)
        self.stepper.train_on_batch(x, y)
        self.compare_weights("weights after step", self.stepper)

    def compare_weights(self, rung: str, keras: Fit) -> None:
        """Compare every variable of the raw side with the one of a Keras side."""
        raw = self.raw.get_weights()
        for name, value in keras.get_weights().items():
            self.compare(rung, name, raw[name], value)

    def compare(self, rung: str, tensor: str, raw: np.ndarray, keras: np.ndarray) -> None:
        """Write one comparison down, at the step that both are at."""
        self.ledger.add(rung, tensor, raw, keras, self.steps)

    def compare_predictions(self) -> dict[str, dict[str, float]]:
        """Compare predictions and metrics on the test set; return the metrics of both."""
        x, _ = twins.inputs_and_targets(self.config, self.test)
        predicted = {
            "raw": self.raw.predict(x, PREDICT_BATCH_SIZE),
            "keras": self.fitted.predict(x, PREDICT_BATCH_SIZE),
        }
        self.compare("predictions", "test set", predicted["raw"], predicted["keras"])
        found = {side: metrics(self.config, p, self.test.y) for side, p in predicted.items()}
        for name, value in found["keras"].items():
            self.ledger.add_metric(name, found["raw"][name], value, self.steps)
        return found


def check(config: Config, dataset: Dataset, max_steps: int | None = None) -> Parity:
    """Put the process into exact mode and walk both twins of a config in lockstep.

    Args:
        config: the pair, and for how many epochs.
        dataset: trained on its training set, predicted on its test set.
        max_steps: stop after so many steps; None for all of the epochs.
    """
    exact = set_exact(config)
    lockstep = Lockstep(config, dataset, max_steps)
    found = lockstep.walk()
    lockstep.raw.close()
    return Parity(
        config=config,
        criterion=lockstep.criterion.words,
        entries=lockstep.ledger.entries(),
        steps=lockstep.steps,
        epochs=lockstep.epochs,
        exact=tuple(exact),
        metrics=found,
    )


def _shape(weights: twins.Weights, name: str) -> tuple[int, ...] | None:
    return weights[name].shape if name in weights else None
