"""The two sides of a lockstep: Keras leads, and raw engines follow it step by step."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bench import twins
from bench.proof.comparisons import Ledger
from bench.proof.keras_probe import KerasProbe
from bench.specs import ENGINES, Config
from bench.stats.scores import metrics
from bench.twins import Engine, Fit, Weights

PREDICT_BATCH_SIZE = 256
"""Both sides predict in batches of one size: a matrix product rounds by its shape."""


class Moment(NamedTuple):
    """What Keras computes for a batch, and what it holds after the step."""

    logits: np.ndarray
    loss: np.ndarray
    gradients: Weights
    weights: Weights
    slots: Weights


class Reference:
    """The Keras side: one model that fits a batch at a time, and one that runs whole epochs.

    Args:
        config: the pair.
        weights: what both sides start from.
    """

    def __init__(self, config: Config, weights: Weights) -> None:
        self.config = config
        self.stepper: Fit = twins.keras_engine(
            config.but(keras_engine="fit", steps_per_execution=1), weights
        )
        self.whole: Fit = twins.keras_engine(config, weights)
        self.look = KerasProbe(self.stepper)

    def step(self, x: np.ndarray, y: np.ndarray) -> Moment:
        """Look at a batch, fit it, and return both."""
        seen = self.look(x, y)
        self.stepper.train_on_batch(x, y)
        return Moment(*seen, self.stepper.get_weights(), self.stepper.get_optimizer_state())


class Follower:
    """A raw engine that walks along, and what it is found to differ in.

    Args:
        config: the pair.
        make: makes the engine; called twice where an epoch is another program than its steps.
        ledger: where the comparisons go.
    """

    def __init__(self, config: Config, make: Callable[[], Engine], ledger: Ledger) -> None:
        self.config, self.ledger = config, ledger
        self.raw = make()
        self.whole = make() if ENGINES[config.engine].whole_epoch else None
        self.metrics: dict[str, float] = {}

    def start(self, keras: Weights) -> bool:
        """Compare names, shapes and values of all variables; return whether shapes are equal."""
        raw = self.raw.get_weights()
        for name in [*keras, *(raw.keys() - keras.keys())]:
            self.ledger.shapes(name, _shape(raw, name), _shape(keras, name))
        counts = [sum(v.size for v in side.values()) for side in (raw, keras)]
        self.ledger.shapes("all variables", *((count,) for count in counts))
        same = all(entry.holds for entry in self.ledger.entries() if entry.rung == "shape")
        if same:
            self.compare("initial weights", raw, keras, 0)
        return same

    def step(self, x: np.ndarray, y: np.ndarray, keras: Moment, number: int) -> None:
        """Compare what both are about to do with a batch, do it, compare what it left."""
        raw = self.raw.probe(x, y)
        self.ledger.add("logits", "logits", raw.logits, keras.logits, number)
        self.ledger.add("loss", "loss", raw.loss, keras.loss, number)
        self.compare("gradient", raw.gradients, keras.gradients, number)
        self.raw.train_on_batch(x, y)
        self.compare("weights after step", self.raw.get_weights(), keras.weights, number)
        self.compare("optimizer after step", self.raw.get_optimizer_state(), keras.slots, number)

    def epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, keras: Fit, number: int
    ) -> None:
        """Compare the weights with those of the Keras engine itself, which ran the epoch whole."""
        if self.whole:
            self.whole.train_epoch(x, y, order, self.config.batch_size)
        rung = f"weights after {self.config.keras_engine}"
        self.compare(rung, (self.whole or self.raw).get_weights(), keras.get_weights(), number)

    def predict(self, x: np.ndarray, labels: np.ndarray, keras: np.ndarray, number: int) -> None:
        """Compare probabilities in inference, and the metrics made of them."""
        predicted = (self.whole or self.raw).predict(x, PREDICT_BATCH_SIZE)
        self.ledger.add("predictions", "test set", predicted, keras, number)
        self.metrics = metrics(self.config, predicted, labels)
        for name, value in metrics(self.config, keras, labels).items():
            self.ledger.add_metric(name, self.metrics[name], value, number)

    def compare(self, rung: str, raw: Weights, keras: Weights, number: int) -> None:
        """Compare every tensor of a rung."""
        for name, value in keras.items():
            self.ledger.add(rung, name, raw[name], value, number)

    def close(self) -> None:
        """Give back what the engines hold."""
        for engine in (self.raw, self.whole):
            if engine:
                engine.close()


def _shape(weights: Weights, name: str) -> tuple[int, ...] | None:
    return weights[name].shape if name in weights else None
