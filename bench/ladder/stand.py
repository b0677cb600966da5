"""The rungs of a ladder, built once a process, and shared by the pairs they stand in."""

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import Any

from bench import twins
from bench.host.built_here import BuiltHere
from bench.ladder.engines import rung_engine
from bench.ladder.keras_rungs import UsersFit
from bench.ladder.rungs import (
    CONTROL,
    END,
    LADDER,
    LEAST_STEPS,
    LEFT_OUT,
    OPTIONS,
    SIDEWAYS,
    STEPS,
    Pair,
    Rung,
    every_rung,
)
from bench.records.reading import AGAIN
from bench.specs import Config
from bench.timing.held import HeldRunner
from bench.timing.runners import EpochRunner, StepRunner, fit_runner, part_of, step_seconds
from bench.timing.samples import ModelData
from bench.timing.segments import samples_an_epoch
from bench.timing.slices import Pace, Runner, Slice, Slices

CLEARLY = 2.0
"""How many times as long XLA's epoch has to take to be left out, on a first look at a short one."""
FEW_STEPS = 2
"""Of such a look, and of what is left out after it: XLA may take minutes for an epoch."""


@dataclass(frozen=True)
class Sizes:
    """What an epoch is: the same samples on every rung.

    Attributes:
        samples: of an epoch; the last batch is never a full one, so that no graph knows its size.
        whole: samples of the data's own epoch, of which that is a part, or all, or a multiple.
        validation: samples that are validated on, of the data's in the same proportion.
        step_seconds: about what a step takes, by rung.
        start: the name of the lowest rung.
        few: the samples of the pairs of what is left out below it.
        many: those of the options of ``compile``, and of the control beside them: as many calls
            of so many steps as slices need.
    """

    samples: int
    whole: int
    validation: int
    step_seconds: Mapping[str, float]
    start: str
    few: int
    many: int

    def samples_of(self, pair: Pair) -> int:
        """Return the samples of an epoch of a pair."""
        if pair.role == LEFT_OUT:
            return self.few
        beside = pair.role in (SIDEWAYS, CONTROL) and STEPS in pair.units
        return self.many if beside else self.samples


class QuietRunner(HeldRunner):
    """A held loop whose progress bar is turned away, while it runs and no longer."""

    def _start(self) -> None:
        with redirect_stdout(StringIO()):
            super()._start()

    def _advance(self, calls: int, lead: int = 0) -> float:
        with redirect_stdout(StringIO()):
            return super()._advance(calls, lead)

    def close(self) -> None:
        """End the loop where it stands, without a word."""
        with redirect_stdout(StringIO()):
            super().close()


@dataclass(frozen=True)
class InOneGo:
    """What is timed of a rung where it is no steps: an epoch's end, or an epoch that is whole.

    Attributes:
        runner: of the rung.
        go: times that.
        anew: whether the loop starts anew each time. While it is held the clock of a pipeline's
            tuner goes on, and its epoch would wait for it the longer.
    """

    runner: Runner
    go: Callable[[], Slice]
    anew: bool = False

    def take(self, steps: int) -> Slice:
        """Go on to the next of them; as many steps as it has are taken."""
        took = self.go()
        if self.anew:
            self.runner.close()
        return took

    def close(self) -> None:
        """End the loop."""
        self.runner.close()


class BuiltRung:
    """A rung with its engine built, and what walks it."""

    def __init__(self, rung: Rung, config: Config, data: ModelData) -> None:
        self.rung, self.config, self.data = rung, config, data
        self.engine: Any = rung_engine(rung, config, twins.initial_weights(config))
        self._runners: dict[tuple[int, str], Runner] = {}

    def runner(self, samples: int, unit: str = STEPS, seconds: float = 0.0) -> Runner:
        """Return what walks epochs of so many samples, the same one each time.

        Args:
            samples: of an epoch.
            unit: what of it is timed.
            seconds: about what a step takes.
        """
        if (samples, unit) not in self._runners:
            self._runners[samples, unit] = self._made(samples, unit, seconds)
        return self._runners[samples, unit]

    def seconds(self, samples: int) -> float:
        """Return about what a step takes, at a first look."""
        runner = self._loop(samples) if self.rung.piped else self._walked(samples, None)
        try:
            return step_seconds(runner)
        finally:
            runner.close()

    def _made(self, samples: int, unit: str, seconds: float) -> Runner:
        steps = -(-samples // self.config.batch_size)
        if unit == STEPS:
            part = part_of(steps, seconds)
            return self._loop(samples) if self.rung.piped else self._walked(samples, part)
        if not self.rung.piped:
            runner = self._walked(samples, steps)
            return InOneGo(runner, partial(runner.take, steps))
        held = self.runner(samples)
        assert isinstance(held, HeldRunner)
        return InOneGo(held, held.end if unit == END else held.epoch, self.rung.engine == "fit")

    def _walked(self, samples: int, part: int | None) -> Runner:
        """Return what walks an engine that is handed an epoch's order, or a part of it."""
        batch_size, seed = self.config.batch_size, self.config.seed
        arm = (self.engine, *self.data.train.first(samples), batch_size, seed)
        return EpochRunner(*arm, part=part) if self.rung.engine == "epoch" else StepRunner(*arm)

    def _loop(self, samples: int) -> HeldRunner:
        if self.rung.validates:
            validation = self.data.validation.first(to_validate(self.data, samples))
            self.engine.validation = validation
        train, batch_size = self.data.train, self.config.batch_size
        # the hand-written rung checks arrays; the others share what is on the device
        data = train.first(samples) if self.rung.impl == "raw" else train.tensors(samples)
        loop = partial(self.engine.train_epochs, *data, batch_size)
        steps = -(-samples // batch_size)
        if isinstance(self.engine, UsersFit):
            return fit_runner(self.engine.model, loop, steps, QuietRunner)
        return HeldRunner(self.engine, "step", loop, steps)


def to_validate(data: ModelData, samples: int) -> int:
    """Return how many samples are validated on: so many of the data's as are trained on."""
    return max(1, round(len(data.validation.x) * samples / len(data.train.x)))


class Rungs:
    """The rungs of one model, each built when it is first asked for.

    Args:
        config: the model and its dials.
        dataset, limit: what it trains on, as ``bench.data.for_model.dataset_for`` takes it.
    """

    def __init__(self, config: Config, dataset: str, limit: int | None) -> None:
        self.config, self.data = config, ModelData(config, dataset, limit)
        self._built: BuiltHere[str, BuiltRung] = BuiltHere()

    def build(self, rung: Rung) -> BuiltRung:
        """Return a rung with its engine built, the same one each time."""
        return self._built.once(rung.name, partial(BuiltRung, rung, self.config, self.data))


@dataclass(frozen=True)
class PairPace(Pace):
    """How long the slices of two rungs are; what is no steps is as long as it is.

    Attributes:
        units: what is timed, by rung.
    """

    units: Mapping[str, str]

    def steps(self, arm: str, seconds: float) -> int:
        """Return how many steps take about so many seconds; 1 stands for what is no steps."""
        return super().steps(arm, seconds) if self.units[arm] == STEPS else 1

    def starts(self, arm: str) -> int:
        """Return the untimed steps before a slice."""
        return super().starts(arm) if self.units[arm] == STEPS else 0


@dataclass
class PairStand:
    """Two rungs to be timed beside each other: a stand of ``bench.timing.blocks``."""

    pair: Pair
    rungs: Rungs
    sizes: Sizes
    rounds: int
    seed: int

    @property
    def arms(self) -> list[str]:
        """The names of both rungs."""
        return [self.pair.lower.name, self.pair.upper.name]

    def open(self) -> Slices:
        """Build both rungs, and let each take its first steps."""
        units = dict(zip(self.arms, self.pair.units, strict=True))
        runners, seconds = {}, {}
        for rung in (self.pair.lower, self.pair.upper):
            seconds[rung.name] = self.sizes.step_seconds[rung.name.removesuffix(AGAIN)]
            runners[rung.name] = self.rungs.build(rung).runner(
                self.sizes.samples_of(self.pair), units[rung.name], seconds[rung.name]
            )
        slices = Slices(runners, PairPace(seconds, self.rounds, self.seed, units))
        slices.warm_up()
        return slices


def sizes(rungs: Rungs, max_seconds: float) -> Sizes:
    """Return sizes at which an epoch of the top rung is short enough, and no shorter than that.

    Args:
        rungs: of the model.
        max_seconds: what an epoch of the top rung may take, unless its least steps take longer.
    """
    batch, data = rungs.config.batch_size, rungs.data
    few = _uneven(FEW_STEPS, batch)
    xla, graph = (rungs.build(rung).seconds(few) for rung in LADDER[:2])
    slow = xla > CLEARLY * graph
    top = rungs.build(LADDER[-1]).seconds(_uneven(LEAST_STEPS, batch))
    samples = samples_an_epoch(len(data.train.x), batch, top, max(max_seconds, LEAST_STEPS * top))
    samples = samples if samples % batch else samples - batch // 2
    many = max(samples, _uneven(4 * max(option.steps_per_execution for option in OPTIONS), batch))
    epochs = {rung.name: many if rung in OPTIONS else samples for rung in every_rung()[1:]}
    seconds = {rung.name: rungs.build(rung).seconds(epochs[rung.name]) for rung in every_rung()[1:]}
    return Sizes(
        samples=samples,
        whole=len(data.train.x),
        validation=to_validate(data, samples),
        step_seconds=seconds | {LADDER[0].name: xla},
        start=LADDER[slow].name,
        few=few,
        many=many,
    )


def _uneven(steps: int, batch: int) -> int:
    """Return the samples of so many steps, the last of them with a partial batch.

    ``fit`` would know the size of its batches if all were full, and its graph would be another one
    than that of the rungs below.
    """
    return steps * batch - batch // 2
