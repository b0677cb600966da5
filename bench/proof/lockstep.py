"""The lockstep: the same weights and batches into both twins, compared tensor by tensor.

Stages, in order: shapes, initial weights, then at every step logits, loss,
every gradient, the weights and the optimizer's slots after the step (against ``fit`` on the
batch), the weights after every epoch of the Keras engine itself, predictions, test metrics.

Several raw engines can follow one Keras side. A pair that cannot hold the same bits
(``bench.proof.causes``) is held against the noise floor, whose shaken runs walk along.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from bench import twins
from bench.data.datasets import Dataset
from bench.data.epoch_order import orders, steps_per_epoch
from bench.errors import NotVerified
from bench.host.gpu import refusals_said
from bench.host.memory import named_if_short
from bench.host.progress import Advance, progress
from bench.proof.causes import causes, criterion_without_floor
from bench.proof.comparisons import Comparisons, Entry
from bench.proof.criteria import SAME_BITS, SHAPE, WEIGHTS_AFTER, Criterion
from bench.proof.exact_mode import set_exact, settings
from bench.proof.noise_floor import RUNS, NoiseFloor, shaken_engine
from bench.proof.sides import PREDICT_BATCH_SIZE, Follower, Reference
from bench.specs import Config
from bench.stats.scores import metrics
from bench.twins import slices


@dataclass(frozen=True)
class Parity:
    """What the lockstep found.

    Attributes:
        config: the pair that was compared.
        criterion: what counted as equal, in words.
        entries: one for each stage and tensor.
        steps, epochs: how far the twins walked together.
        exact: what exact mode had set.
        metrics: test metrics of both sides, by ``raw`` and ``keras``; empty if never reached.
        causes: why the same bits cannot be had, op by op; empty where they can.
        floor: by stage and tensor, the largest relative drift of the shaken runs, or empty.
    """

    config: Config
    criterion: str
    entries: tuple[Entry, ...]
    steps: int
    epochs: int
    exact: tuple[str, ...]
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    causes: tuple[str, ...] = ()
    floor: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether every stage holds, and the last one was reached."""
        return bool(self.metrics) and all(entry.holds for entry in self.entries)

    @property
    def max_ulp(self) -> int:
        """The largest distance of any tensor at any stage, in ULPs."""
        return max(entry.distance.max_ulp for entry in self.entries)

    @property
    def weights_drift(self) -> float:
        """The largest relative distance of the weights, over all steps."""
        weights = [e for e in self.entries if e.stage.startswith(WEIGHTS_AFTER)]
        return max((e.distance.max_relative for e in weights), default=0.0)

    @property
    def first_difference(self) -> Entry | None:
        """The entry where the twins part first: by step, then by stage."""
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
    """One walk of a Keras side, the raw engines that follow it, and the shaken runs."""

    def __init__(self, configs: Sequence[Config], dataset: Dataset, max_steps: int | None) -> None:
        self.config, self.max_steps = configs[0], max_steps
        self.x, self.y = twins.inputs_and_targets(self.config, dataset.train)
        self.test = dataset.test
        weights = twins.initial_weights(self.config)
        self.reference = Reference(self.config, weights)
        self.shaken: list[Follower] = []
        self.criterion = self._criterion(weights)
        self.followers = [
            Follower(c, partial(twins.raw_engine, c, weights), Comparisons(self.criterion))
            for c in configs
        ]
        self.walking: list[Follower] = []
        self.keras_metrics: dict[str, float] = {}
        self.steps = self.epochs = 0

    def _criterion(self, weights: twins.Weights) -> Criterion:
        """Return what the pairs have to meet; start the shaken runs where it takes a floor."""
        if criterion := criterion_without_floor(self.config):
            return criterion
        comparisons = Comparisons(SAME_BITS)
        for run in range(RUNS):
            make = partial(shaken_engine, self.config, weights, run)
            self.shaken.append(Follower(self.config.but(engine="step"), make, comparisons))
        return NoiseFloor(comparisons, len(self.test))

    def walk(self) -> None:
        """Walk through every stage; a pair whose shapes part goes no further than them."""
        keras = self.reference.whole.get_weights()
        same_shapes = [follower for follower in self.followers if follower.start(keras)]
        if not same_shapes:
            return
        for run in self.shaken:
            run.start(keras)
        self.walking = [*self.shaken, *same_shapes]
        engines = "+".join(f.config.engine for f in self.followers)
        with progress(f"parity {self.config.model} {engines}", self.total_steps()) as advance:
            for order in self.orders():
                self.run_epoch(order, advance)
        self.compare_predictions()

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

    def run_epoch(self, order: np.ndarray, advance: Advance) -> None:
        """Walk an epoch in lockstep, then let the Keras engine itself do the same epoch."""
        for batch in slices(order, self.config.batch_size):
            self.steps += 1
            x, y = self.x[batch], self.y[batch]
            with named_if_short(f"keras {self.config.keras_engine}"):
                moment = self.reference.step(x, y)
            for follower in self.walking:
                with named_if_short(f"raw {follower.config.engine}"):
                    follower.step(x, y, moment, self.steps)
            advance()
        self.epochs += 1
        whole = self.reference.whole
        whole.train_epoch(self.x, self.y, order, self.config.batch_size)
        for follower in self.walking:
            follower.epoch(self.x, self.y, order, whole, self.steps)

    def compare_predictions(self) -> None:
        """Compare predictions and metrics on the test set."""
        x, _ = twins.inputs_and_targets(self.config, self.test)
        predicted = self.reference.whole.predict(x, PREDICT_BATCH_SIZE)
        self.keras_metrics = metrics(self.config, predicted, self.test.y)
        for follower in self.walking:
            follower.predict(x, self.test.y, predicted, self.steps)

    def floor(self) -> dict[tuple[str, str], float]:
        """Return the noise floor of each stage and tensor; empty where none was needed."""
        if not isinstance(self.criterion, NoiseFloor):
            return {}
        return {
            (entry.stage, entry.tensor): self.criterion.floor(entry.stage, entry.tensor)
            for entry in self.followers[0].comparisons.entries()
            if entry.stage != SHAPE
        }

    def close(self) -> None:
        """Give back what the engines hold."""
        for follower in (*self.shaken, *self.followers):
            follower.close()


def check(config: Config, dataset: Dataset, max_steps: int | None = None) -> Parity:
    """Put the process into exact mode and walk both twins of a config in lockstep.

    Args:
        config: the pair, and for how many epochs.
        dataset: trained on its training set, predicted on its test set.
        max_steps: stop after so many steps; None for all of the epochs.
    """
    return next(check_engines(config, (config.engine,), dataset, max_steps))


def check_engines(
    config: Config, engines: Sequence[str], dataset: Dataset, max_steps: int | None = None
) -> Iterator[Parity]:
    """Walk several raw engines behind one Keras side; yield what was found for each.

    Engines that need another exact mode get a walk of their own.
    """
    for group in groups(config, engines):
        yield from _walk([config.but(engine=each) for each in group], dataset, max_steps)


def groups(config: Config, engines: Sequence[str]) -> list[list[str]]:
    """Return the raw engines in groups that share an exact mode, and so a walk."""
    by_mode: dict[tuple[bool, ...], list[str]] = {}
    for engine in engines:
        mode = tuple(settings(config.but(engine=engine)).values())
        by_mode.setdefault(mode, []).append(engine)
    return list(by_mode.values())


def _walk(configs: Sequence[Config], dataset: Dataset, max_steps: int | None) -> Iterator[Parity]:
    exact = set_exact(configs[0])
    with refusals_said():
        lockstep = Lockstep(configs, dataset, max_steps)
        lockstep.walk()
        lockstep.close()
    for follower in lockstep.followers:
        both = {"raw": follower.metrics, "keras": lockstep.keras_metrics}
        yield Parity(
            config=follower.config,
            criterion=lockstep.criterion.words,
            entries=follower.comparisons.entries(),
            steps=lockstep.steps,
            epochs=lockstep.epochs,
            exact=tuple(exact),
            metrics=both if follower.metrics else {},
            causes=tuple(causes(follower.config)),
            floor=lockstep.floor(),
        )
