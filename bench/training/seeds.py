"""Equal accuracy over seeds: every seed trains both sides, and statistics say whether they agree.

Two ways to run them. *Paired*: a seed decides weights, batches and masks of both sides, so that
they ought to end in the same bits. *Independent*: each side draws its own, as two users would, and
what is left is whether the implementations lead to equally good models.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from bench import twins
from bench.data.datasets import Dataset
from bench.data.epoch_order import orders
from bench.proof.exact_mode import set_exact
from bench.proof.lockstep import CheckedPair
from bench.proof.seeds_together import CheckedSeeds
from bench.proof.sides import PREDICT_BATCH_SIZE
from bench.specs import Config
from bench.stats.equivalence import Equivalence, equivalence
from bench.stats.mcnemar import Disagreement, mcnemar
from bench.stats.scores import predicted_classes


@dataclass(frozen=True)
class SeedRun:
    """One seed: which test samples each side got right, (samples,) of booleans."""

    seed: int
    raw_right: np.ndarray
    keras_right: np.ndarray

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: of each side a text with a 1 for each sample that is right.

        >>> SeedRun(0, np.array([True, False]), np.array([True, True])).to_dict()
        {'seed': 0, 'raw_right': '10', 'keras_right': '11'}
        """
        sides = {"raw_right": self.raw_right, "keras_right": self.keras_right}
        texts = {side: "".join(str(int(r)) for r in right) for side, right in sides.items()}
        return {"seed": self.seed, **texts}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SeedRun":
        """Return what ``to_dict`` said."""
        sides = (values["raw_right"], values["keras_right"])
        return cls(values["seed"], *(np.array([r == "1" for r in side]) for side in sides))


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


def train_seeds(
    pair: CheckedPair,
    dataset: Dataset,
    modes: Sequence[str],
    seeds: int,
    together: CheckedSeeds | None = None,
) -> Iterator[dict[str, SeedRun]]:
    """Train both sides once for each seed; yield by mode what each got right on the test set.

    The hand-written side draws from the seed in either mode, so that it is trained once for both.

    Args:
        pair: what parity proved equal.
        dataset: the samples.
        modes: some of ``bench.specs.SEED_MODES``.
        seeds: how many.
        together: the proof that so many seeds may train in one graph by hand; None trains them
            one after another.
    """
    x, _ = twins.inputs_and_targets(pair.config, dataset.test)
    all_raw = _right_together(pair.config, seeds, dataset, x) if together else []
    for number, config in enumerate(twins.seeds_of(pair.config, seeds)):
        yield train_seed(config, dataset, modes, all_raw[number] if together else None)


def train_seed(
    config: Config, dataset: Dataset, modes: Sequence[str], raw: np.ndarray | None = None
) -> dict[str, SeedRun]:
    """Train both sides of one seed; return by mode what each got right on the test set.

    Args:
        config: of the seed.
        dataset: the samples.
        modes: some of ``bench.specs.SEED_MODES``.
        raw: what the hand-written side gets right, where that is known already.
    """
    set_exact(config)
    x, _ = twins.inputs_and_targets(config, dataset.test)
    if raw is None:
        raw = _right(config, _raw(config, dataset), x, dataset.test.y)
    return {
        mode: SeedRun(
            config.seed, raw, _right(config, _KERAS[mode](config, dataset), x, dataset.test.y)
        )
        for mode in modes
    }


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


def _raw(config: Config, dataset: Dataset) -> twins.Engine:
    """Train the hand-written side on the seed's weights, batches and masks."""
    raw = twins.raw_engine(config, twins.initial_weights(config))
    _train(raw, config, dataset)
    return raw


def _right_together(
    config: Config, seeds: int, dataset: Dataset, x: np.ndarray
) -> list[np.ndarray]:
    """Train every seed of the hand-written side in one graph; return what each gets right."""
    set_exact(config)
    engine = twins.raw_seeds(config, seeds)
    data = twins.inputs_and_targets(config, dataset.train)
    for of_each in zip(*(orders(each, len(data[0])) for each in twins.seeds_of(config, seeds)),
                       strict=True):  # fmt: skip
        engine.train_seeds(*data, np.stack(of_each), config.batch_size)
    every = engine.predict(x, PREDICT_BATCH_SIZE)
    return [predicted_classes(config, one) == dataset.test.y for one in every]


def _paired(config: Config, dataset: Dataset) -> twins.Fit:
    """Train Keras on the same weights, batches and masks."""
    fit = twins.keras_engine(config, twins.initial_weights(config))
    _train(fit, config, dataset)
    return fit


def _train(engine: twins.Engine | twins.Fit, config: Config, dataset: Dataset) -> None:
    x, y = twins.inputs_and_targets(config, dataset.train)
    for order in orders(config, len(x)):
        engine.train_epoch(x, y, order, config.batch_size)


def _independent(config: Config, dataset: Dataset) -> twins.Fit:
    """Train Keras on its own draw: weights, order and masks share no seed with the other side."""
    x, y = twins.inputs_and_targets(config, dataset.train)
    keras.utils.set_random_seed(_APART + config.seed)
    fit = twins.keras_engine(config, None)
    fit.train(x, y, config.batch_size, config.epochs)
    return fit


_APART = 1_000_000
"""Keras's own seeds start here, beyond those of the raw side."""
_KERAS = {"paired": _paired, "independent": _independent}


def _right(
    config: Config, side: twins.Engine | twins.Fit, x: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    return predicted_classes(config, side.predict(x, PREDICT_BATCH_SIZE)) == labels
