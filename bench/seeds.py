"""Equal accuracy over seeds: every seed trains both sides, and statistics say whether they agree.

Two ways to run them. *Paired*: a seed decides weights, batches and masks of both sides, so that
they ought to end in the same bits. *Independent*: each side draws its own, as two users would, and
what is left is whether the implementations lead to equally good models.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np

from bench import twins
from bench.batches import orders
from bench.data import Dataset
from bench.equivalence import Disagreement, Equivalence, equivalence, mcnemar
from bench.exact import set_exact
from bench.followers import PREDICT_BATCH_SIZE
from bench.parity import CheckedPair
from bench.specs import Config


@dataclass(frozen=True)
class SeedRun:
    """One seed: which test samples each side got right, (samples,) of booleans."""

    seed: int
    raw_right: np.ndarray
    keras_right: np.ndarray


@dataclass(frozen=True)
class OverSeeds:
    """What the seeds of one model and mode say together.

    Attributes:
        config: the pair and its training.
        mode: ``paired`` or ``independent``.
        raw, keras: test accuracy of each seed, shares.
        equivalence: the verdict on their means.
        disagreements: for each seed, the test samples that only one side got right.
    """

    config: Config
    mode: str
    raw: list[float]
    keras: list[float]
    equivalence: Equivalence
    disagreements: list[Disagreement]

    @property
    def mcnemar_p(self) -> float:
        """The smallest McNemar p of the seeds, times their number (Bonferroni), 1 at most."""
        return min(1.0, len(self.disagreements) * min(d.p for d in self.disagreements))


def train_seeds(pair: CheckedPair, dataset: Dataset, mode: str, seeds: int) -> Iterator[SeedRun]:
    """Train both sides once for each seed; yield what each got right on the test set.

    Args:
        pair: what parity proved equal.
        dataset: the samples.
        mode: one of ``bench.specs.SEED_MODES``.
        seeds: how many.
    """
    run = _paired if mode == "paired" else _independent
    for number in range(seeds):
        config = pair.config.but(seed=pair.config.seed + number)
        set_exact(config)
        x, _ = twins.inputs_and_targets(config, dataset.test)
        sides = run(config, dataset)
        right = [_right(config, side, x, dataset.test.y) for side in sides]
        yield SeedRun(config.seed, *right)


def conclude(config: Config, mode: str, runs: list[SeedRun], margin: float) -> OverSeeds:
    """Return what the runs say about a difference of ``margin`` percentage points."""
    raw = [float(run.raw_right.mean()) for run in runs]
    keras_accuracies = [float(run.keras_right.mean()) for run in runs]
    return OverSeeds(
        config=config,
        mode=mode,
        raw=raw,
        keras=keras_accuracies,
        equivalence=equivalence(raw, keras_accuracies, margin, mode == "paired"),
        disagreements=[mcnemar(run.raw_right, run.keras_right) for run in runs],
    )


def _paired(config: Config, dataset: Dataset) -> tuple[twins.Engine, twins.Fit]:
    """Train both from the same weights over the same batches."""
    weights = twins.initial_weights(config)
    raw, fit = twins.raw_engine(config, weights), twins.keras_engine(config, weights)
    x, y = twins.inputs_and_targets(config, dataset.train)
    for order in orders(config, len(x)):
        raw.train_epoch(x, y, order, config.batch_size)
        fit.train_epoch(x, y, order, config.batch_size)
    return raw, fit


def _independent(config: Config, dataset: Dataset) -> tuple[twins.Engine, twins.Fit]:
    """Train each side on its own draw: weights, order and masks share no seed."""
    x, y = twins.inputs_and_targets(config, dataset.train)
    raw = twins.raw_engine(config, twins.initial_weights(config))
    for order in orders(config, len(x)):
        raw.train_epoch(x, y, order, config.batch_size)
    keras.utils.set_random_seed(_APART + config.seed)
    fit = twins.keras_engine(config, None)
    fit.train(x, y, config.batch_size, config.epochs)
    return raw, fit


_APART = 1_000_000
"""Keras's seeds start here, beyond those of the raw side."""


def _right(
    config: Config, side: twins.Engine | twins.Fit, x: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    probabilities = side.predict(x, PREDICT_BATCH_SIZE)
    if config.spec.is_binary:
        return (probabilities[:, 0] > 0.5) == (labels == 1)
    return probabilities.argmax(axis=1) == labels
