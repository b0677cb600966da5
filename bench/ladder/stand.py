"""The rungs of a ladder, opened: built once a process, and shared by the pairs they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from bench import twins
from bench.data.for_model import dataset_for
from bench.ladder import engines
from bench.ladder.rungs import LADDER, LEFT_OUT, PLAIN, Pair, Rung, pairs
from bench.specs import Config
from bench.timing.blocks import Work, timed
from bench.timing.model_stand import LEAST_STEPS, MIN_SEGMENT_SECONDS, Samples

CLEARLY = 2.0
"""How many times as long XLA's epoch has to take to be left out, on a first look at a short one."""


class Train(Protocol):
    """What every rung can do."""

    def __call__(
        self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        """Train for some epochs; return the mean loss of the last, in nats."""
        ...


@dataclass(frozen=True)
class Sizes:
    """What a segment is: the same samples on every rung, an epoch or several.

    Attributes:
        samples: of an epoch; the last batch is never a full one, so that no graph knows its size.
        whole: samples of the data's own epoch, of which that is a part, or all, or a multiple.
        validation: samples that are validated on, of the data's in the same proportion.
        epochs: of a segment, by rung.
        start: the name of the lowest rung.
        few, few_epochs: the same of the pairs of what is left out below it, which may be so slow
            that a longer epoch takes minutes.
    """

    samples: int
    whole: int
    validation: int
    epochs: Mapping[str, int]
    start: str
    few: int
    few_epochs: Mapping[str, int]

    def of(self, pair: Pair) -> "Sizes":
        """Return the sizes of a pair."""
        if pair.role != LEFT_OUT:
            return self
        return replace(self, samples=self.few, epochs=self.few_epochs)


def trainer(engine: Any, seed: int) -> Train:
    """Return how a rung's engine trains: several epochs a call, or an epoch at a time."""
    if hasattr(engine, "train_epochs"):
        return engine.train_epochs
    rng = np.random.default_rng(seed)

    def train(
        x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        loss = np.nan
        for _ in range(epochs):
            order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
            loss = engine.train_epoch(x, y, order, batch_size)
        return loss

    return train


class Opened:
    """A rung with its engine built."""

    def __init__(self, rung: Rung, config: Config, data: "Data") -> None:
        self.rung, self.config, self.data = rung, config, data
        self.engine: Any = engines.rung_engine(rung, config, twins.initial_weights(config))
        self.train = trainer(self.engine, config.seed)
        self._warm: set[int] = set()

    def run(self, samples: int, epochs: int = 1) -> None:
        """Train, and wait until the device is through with it."""
        if self.rung.validates:
            self.engine.validation = self.data.validation.first(self.data.to_validate(samples))
        self.train(*self.data.train.first(samples), self.config.batch_size, epochs)
        tf.test.experimental.sync_devices()

    def warm_up(self, samples: int) -> None:
        """Let happen what happens once: tracing, compiling for each size, copies to the device."""
        if samples not in self._warm:
            self.run(samples)
            self._warm.add(samples)


class Data:
    """What the rungs train and validate on: one copy for all."""

    def __init__(self, config: Config, dataset: str, limit: int | None) -> None:
        found = dataset_for(config.spec, dataset, limit)
        self.train = Samples(*twins.inputs_and_targets(config, found.train))
        self.validation = Samples(*twins.inputs_and_targets(config, found.validation))

    def to_validate(self, samples: int) -> int:
        """Return how many samples are validated on: so many of the data's as are trained on."""
        return max(1, round(len(self.validation.x) * samples / len(self.train.x)))


class Rungs:
    """The rungs of one model, each opened when it is first asked for.

    Args:
        config: the model and its dials.
        dataset, limit: what it trains on, as ``bench.data.for_model.dataset_for`` takes it.
    """

    def __init__(self, config: Config, dataset: str, limit: int | None) -> None:
        self.config, self.dataset, self.limit = config, dataset, limit
        self._data: Data | None = None
        self._opened: dict[str, Opened] = {}

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs; it opens the rungs by itself."""
        return self.__dict__ | {"_data": None, "_opened": {}}

    @property
    def data(self) -> Data:
        """What they train on, loaded when it is first asked for."""
        if self._data is None:
            self._data = Data(self.config, self.dataset, self.limit)
        return self._data

    def open(self, rung: Rung) -> Opened:
        """Return a rung with its engine built, the same one each time."""
        if rung.name not in self._opened:
            self._opened[rung.name] = Opened(rung, self.config, self.data)
        return self._opened[rung.name]


@dataclass
class PairStand:
    """Two rungs to be timed beside each other: a stand of ``bench.timing.blocks``."""

    pair: Pair
    rungs: Rungs
    sizes: Sizes

    @property
    def arms(self) -> list[str]:
        """The names of both rungs."""
        return [self.pair.lower.name, self.pair.upper.name]

    def open(self) -> Mapping[str, Work]:
        """Open both rungs, warm them up, and return a segment of each."""
        works, samples = {}, self.sizes.samples
        for rung in (self.pair.lower, self.pair.upper):
            opened = self.rungs.open(rung)
            opened.warm_up(samples)
            epochs = self.sizes.epochs[rung.name]
            works[rung.name] = partial(opened.run, samples, epochs)
        return works


def sizes(rungs: Rungs, max_seconds: float) -> Sizes:
    """Return sizes at which an epoch of the top rung is short enough, and each segment long.

    What a call of ``fit`` takes once is spread over the epochs of a segment; so that it is spread
    alike, all rungs with a pipeline take as many epochs as the fastest of them needs.
    """
    few = _uneven(2, rungs.config.batch_size)
    xla, graph = (_look(rungs.open(rung), few) for rung in LADDER[:2])
    slow = xla > CLEARLY * graph
    samples = _samples(rungs.open(LADDER[-1]), max_seconds)
    needed = {
        rung.name: _epochs(_look(rungs.open(rung), samples)) for rung in (*LADDER[slow:], PLAIN)
    }
    common = max(needed[rung.name] for rung in LADDER if rung.piped)
    start = LADDER[slow].name
    every = {rung for pair in pairs(start) for rung in (pair.lower, pair.upper)}
    epochs = {rung.name: common for rung in every if rung.piped}
    return Sizes(
        samples=samples,
        whole=len(rungs.data.train.x),
        validation=rungs.data.to_validate(samples),
        epochs=needed | epochs,
        start=start,
        few=few,
        few_epochs={LADDER[0].name: _epochs(xla), start: _epochs(graph)} if slow else {},
    )


def _uneven(steps: int, batch: int) -> int:
    """Return the samples of so many steps, the last of them with a partial batch."""
    return steps * batch - batch // 2


def _look(opened: Opened, samples: int) -> float:
    """Return the seconds of an epoch, at a first look."""
    opened.warm_up(samples)
    return timed(partial(opened.run, samples))


def _epochs(seconds: float) -> int:
    """Return how many epochs make a segment that is long enough."""
    return max(1, ceil(1.2 * MIN_SEGMENT_SECONDS / seconds))


def _samples(top: Opened, max_seconds: float) -> int:
    """Return a whole epoch, of a least length, or what can be afforded of it on a rung.

    It is never a multiple of the batch size: ``fit`` would know the size of its batches then, and
    its graph would be another one than that of the rungs below.
    """
    batch, whole = top.config.batch_size, len(top.data.train.x)
    affordable = max(2, int(max_seconds / _seconds_a_step(top)))
    wanted = max(whole, LEAST_STEPS * batch)
    if ceil(wanted / batch) > affordable:
        return _uneven(affordable, batch)
    return wanted if wanted % batch else wanted - batch // 2


def _seconds_a_step(opened: Opened) -> float:
    """Return the time of a step, what a call takes once taken out of it."""
    batch, few, steps = opened.config.batch_size, 2, 6

    def seconds(steps: int) -> float:
        return timed(partial(opened.run, _uneven(steps, batch)))

    seconds(few)  # the first call traces
    least = seconds(few)
    while (most := seconds(steps)) < 2 * least:
        steps *= 3
    return (most - least) / (steps - few)
