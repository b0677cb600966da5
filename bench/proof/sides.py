"""The two sides of a lockstep: Keras leads, and raw engines follow it step by step."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bench import twins
from bench.proof.comparisons import Comparisons
from bench.proof.criteria import AFTER_STEP, GRADIENT, SHAPE, SLOTS_AFTER_STEP, WEIGHTS_AFTER
from bench.proof.keras_probe import KerasProbe
from bench.specs import Config
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
        comparisons: where what is found goes.
    """

    def __init__(
        self, config: Config, make: Callable[[], Engine], comparisons: Comparisons
    ) -> None:
        self.config, self.comparisons = config, comparisons
        self.raw = make()
        self.whole = make() if _walks_alone(self.raw) else None
        self.metrics: dict[str, float] = {}

    def start(self, keras: Weights) -> bool:
        """Compare names, shapes and values of all variables; return whether shapes are equal."""
        raw = self.raw.get_weights()
        for name in [*keras, *(raw.keys() - keras.keys())]:
            self.comparisons.shapes(name, _shape(raw, name), _shape(keras, name))
        counts = [sum(v.size for v in side.values()) for side in (raw, keras)]
        self.comparisons.shapes("all variables", *((count,) for count in counts))
        same = all(entry.holds for entry in self.comparisons.entries() if entry.stage == SHAPE)
        if same:
            self.comparisons.add_all("initial weights", raw, keras, 0)
        return same

    def step(self, x: np.ndarray, y: np.ndarray, keras: Moment, number: int) -> None:
        """Compare what both are about to do with a batch, do it, compare what it left."""
        raw, compare = self.raw.probe(x, y), self.comparisons.add_all
        self.comparisons.add("logits", "logits", raw.logits, keras.logits, number)
        self.comparisons.add("loss", "loss", raw.loss, keras.loss, number)
        compare(GRADIENT, raw.gradients, keras.gradients, number)
        self.raw.train_on_batch(x, y)
        compare(AFTER_STEP, self.raw.get_weights(), keras.weights, number)
        compare(SLOTS_AFTER_STEP, self.raw.get_optimizer_state(), keras.slots, number)

    def epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, keras: Fit, number: int
    ) -> None:
        """Compare the weights with those of the Keras engine itself, which ran the epoch whole."""
        if self.whole:
            self.whole.train_epoch(x, y, order, self.config.batch_size)
        stage, weights = f"{WEIGHTS_AFTER} {self.config.keras_engine}", keras.get_weights()
        self.comparisons.add_all(stage, (self.whole or self.raw).get_weights(), weights, number)

    def predict(self, x: np.ndarray, labels: np.ndarray, keras: np.ndarray, number: int) -> None:
        """Compare probabilities in inference, and the metrics made of them."""
        predicted = (self.whole or self.raw).predict(x, PREDICT_BATCH_SIZE)
        self.comparisons.add("predictions", "test set", predicted, keras, number)
        self.metrics = metrics(self.config, predicted, labels)
        for name, value in metrics(self.config, keras, labels).items():
            self.comparisons.add_metric(name, self.metrics[name], value, number)

    def close(self) -> None:
        """Give back what the engines hold."""
        for engine in (self.raw, self.whole):
            if engine:
                engine.close()


def _walks_alone(engine: Engine) -> bool:
    """Return whether an engine has an epoch of its own: it is timed, so it has to be proved."""
    return type(engine).train_epoch is not Engine.train_epoch


def _shape(weights: Weights, name: str) -> tuple[int, ...] | None:
    return weights[name].shape if name in weights else None
