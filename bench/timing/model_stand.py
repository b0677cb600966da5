"""The arms of a benchmark: proved pairs, opened, warmed up, and cut into segments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

import numpy as np
import tensorflow as tf

from bench import twins
from bench.data.epoch_order import steps_per_epoch
from bench.data.for_model import dataset_for
from bench.proof.lockstep import CheckedPair
from bench.proof.sides import PREDICT_BATCH_SIZE
from bench.records.reading import AGAIN
from bench.specs import ENGINES, Config
from bench.timing.blocks import Work, settle, timed

MIN_SEGMENT_SECONDS = 0.2
"""Long enough to drown the timer and the scheduler's slices."""
LEAST_STEPS = 50
"""Of an epoch, where there is time for them: enough that none is timed for its first batch."""


@dataclass(frozen=True)
class Arm:
    """One way to run a model that was proved equal.

    Attributes:
        name: such as ``raw step`` or ``keras fit again``.
        impl: ``raw`` or ``keras``.
        pair: the proof; a raw arm runs its raw engine, a Keras arm its Keras engine.
        samples: of an epoch; 0 until it is sized.
        epochs: of a segment.
    """

    name: str
    impl: str
    pair: CheckedPair
    samples: int = 0
    epochs: int = 1

    @property
    def config(self) -> Config:
        """The dials of the pair."""
        return self.pair.config

    @property
    def engine(self) -> str:
        """How it is run."""
        return self.config.engine if self.impl == "raw" else self.config.keras_engine

    @property
    def steps(self) -> int:
        """How many steps an epoch takes."""
        return steps_per_epoch(self.config, self.samples)

    @property
    def shared(self) -> Config:
        """What it shares with the arms that it may be compared with."""
        return self.config.but(engine="step", keras_engine="fit")


def raw_arm(pair: CheckedPair) -> Arm:
    """Return the hand-written side of a pair."""
    return Arm(f"raw {pair.config.engine}", "raw", pair)


def keras_arm(pair: CheckedPair, task: str = "training") -> Arm:
    """Return the Keras side of a pair; in inference that is ``predict``, whatever trained it."""
    name = pair.config.keras_engine if task == "training" else "predict"
    return Arm(f"keras {name}", "keras", pair)


def again(arm: Arm) -> Arm:
    """Return a copy of an arm, the control beside it."""
    return replace(arm, name=arm.name + AGAIN)


class ModelStand:
    """Times models, an epoch or several a segment; every arm is built once a process.

    Args:
        arms: what is compared; those that share their dials run on the same samples.
        dataset, limit: what they run on, as ``bench.data.for_model.dataset_for`` takes it.
        task: a key of ``TASKS``.
        engines: what other tasks of the same arms have built in this process; taken, and added to.
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        dataset: str,
        limit: int | None,
        task: str = "training",
        engines: "Built | None" = None,
    ) -> None:
        self.members, self.dataset, self.limit, self.task = tuple(arms), dataset, limit, task
        self._engines: Built = {} if engines is None else engines
        self._opened: dict[str, Opened] = {}
        self._samples: dict[Config, Samples] = {}

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs; it opens the arms by itself."""
        return self.__dict__ | {"_opened": {}, "_samples": {}, "_engines": {}}

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return [arm.name for arm in self.members]

    @property
    def epoch_samples(self) -> int:
        """Samples of a whole epoch, loaded with the first arm that runs on them."""
        return len(self._samples_for(self.members[0]).x)

    def sizes(self, max_seconds: float) -> dict[str, tuple[int, int]]:
        """Return samples an epoch and epochs a segment of each arm, from a first look at it."""
        found: dict[str, tuple[int, int]] = {}
        for shared in dict.fromkeys(arm.shared for arm in self.members):
            group = [arm for arm in self.members if arm.shared == shared]
            engines = [self._open(arm) for arm in group]
            settle()
            found |= _sizes(engines, max_seconds, self.task)
        return found

    def resize(self, sizes: Mapping[str, tuple[int, int]]) -> None:
        """Take the sizes that were found."""
        self.members = tuple(
            replace(arm, samples=sizes[arm.name][0], epochs=sizes[arm.name][1])
            for arm in self.members
        )

    def open(self) -> Mapping[str, Work]:
        """Build every arm, warm it up, and return a segment of each."""
        works = {}
        for arm in self.members:
            opened = self._open(arm)
            opened.warm_up(arm.samples)
            works[arm.name] = partial(opened.run, arm.samples, arm.epochs)
        return works

    def _open(self, arm: Arm) -> "Opened":
        if arm.name not in self._opened:
            samples = self._samples_for(arm)
            self._opened[arm.name] = Opened(arm, self._engine(arm), samples, self.task)
        return self._opened[arm.name]

    def _engine(self, arm: Arm) -> "twins.Engine | twins.Fit":
        key = (arm.impl, arm.config, arm.name.endswith(AGAIN))
        if key not in self._engines:
            make = twins.raw_engine if arm.impl == "raw" else twins.keras_engine
            self._engines[key] = make(arm.config, twins.initial_weights(arm.config))
        return self._engines[key]

    def _samples_for(self, arm: Arm) -> "Samples":
        config = arm.shared.but(batch_size=1)  # of any batch size: the same samples
        if config not in self._samples:
            dataset = dataset_for(config.spec, self.dataset, self.limit)
            self._samples[config] = Samples(*twins.inputs_and_targets(config, dataset.train))
        return self._samples[config]

    def engines(self) -> "dict[str, twins.Engine | twins.Fit]":
        """Return what runs each arm, opened."""
        return {arm.name: self._open(arm).engine for arm in self.members}


class Samples:
    """The training data, in each length that some arm takes: one copy for all arms."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = x, y
        self._cut: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def first(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return n samples, the data repeated where it is too small; the same arrays each time."""
        if n not in self._cut:
            places = slice(n) if n <= len(self.x) else np.arange(n) % len(self.x)
            self._cut[n] = self.x[places], self.y[places]
        return self._cut[n]


Built = dict[tuple[str, Config, bool], twins.Engine | twins.Fit]
"""Engines by side, dials, and whether they are the copy."""


class Opened:
    """An arm with its engine built."""

    def __init__(
        self, arm: Arm, engine: twins.Engine | twins.Fit, samples: Samples, task: str
    ) -> None:
        self.arm, self.config, self.engine, self.samples = arm, arm.config, engine, samples
        self._run = TASKS[task](self.engine, self.config)

    def run(self, samples: int, epochs: int = 1) -> None:
        """Run some epochs, and wait until the device is through with them."""
        self._run(*self.samples.first(samples), epochs)
        tf.test.experimental.sync_devices()

    def warm_up(self, samples: int) -> None:
        """Let everything happen that happens once: tracing, compiling, copies to the device."""
        knows_sizes = self.config.xla and ENGINES[self.arm.engine].whole_epoch
        partial_batch = samples % self.config.batch_size
        few = min(samples, 2 * self.config.batch_size + partial_batch)
        self.run(samples if knows_sizes else few)


Run = Callable[[np.ndarray, np.ndarray, int], None]


def _training(engine: twins.Engine | twins.Fit, config: Config) -> Run:
    """Train; each side draws a new permutation every epoch."""
    rng = np.random.default_rng(config.seed)

    def train(x: np.ndarray, y: np.ndarray, epochs: int) -> None:
        if isinstance(engine, twins.Fit):
            engine.train(x, y, config.batch_size, epochs)
            return
        for _ in range(epochs):
            engine.train_epoch(x, y, rng.permutation(len(x)), config.batch_size)

    return train


def _inference(engine: twins.Engine | twins.Fit, config: Config) -> Run:
    """Predict, as ``model.predict`` does."""

    def predict(x: np.ndarray, y: np.ndarray, epochs: int) -> None:
        for _ in range(epochs):
            engine.predict(x, PREDICT_BATCH_SIZE)

    return predict


TASKS: dict[str, Callable[[twins.Engine | twins.Fit, Config], Run]] = {
    "training": _training,
    "inference": _inference,
    "latency": _inference,  # of one sample
}


def _sizes(group: Sequence[Opened], max_seconds: float, task: str) -> dict[str, tuple[int, int]]:
    """Return sizes at which the slowest arm's epoch is short enough, and each segment long."""
    samples = 1 if task == "latency" else _samples_an_epoch(group, max_seconds)
    found = {}
    for opened in group:
        opened.warm_up(samples)
        seconds = timed(partial(opened.run, samples))
        found[opened.arm.name] = (samples, max(1, ceil(1.2 * MIN_SEGMENT_SECONDS / seconds)))
    return found


def _samples_an_epoch(group: Sequence[Opened], max_seconds: float) -> int:
    """Return a whole epoch, of least a certain length, or what can be afforded of it."""
    batch, whole = group[0].config.batch_size, len(group[0].samples.x)
    slow = max(_step_seconds(opened, max_seconds / 4) for opened in group)
    affordable = max(2, int(max_seconds / slow))
    wanted = max(whole, LEAST_STEPS * batch)
    return wanted if ceil(wanted / batch) <= affordable else affordable * batch


def _step_seconds(opened: Opened, enough: float) -> float:
    """Return the time of a step, from ever more of them: a call of ``fit`` has costs of its own."""
    batch, steps = opened.config.batch_size, 2
    opened.run(steps * batch)
    while (seconds := timed(partial(opened.run, steps * batch))) < enough and steps < LEAST_STEPS:
        steps *= 5
    return seconds / steps
