"""The rungs of a ladder, built once a process, and shared by the pairs they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from bench.host.built_here import BuiltHere
from bench.ladder.built import BuiltRung, to_validate
from bench.ladder.rungs import (
    CONTROL,
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
from bench.timing.samples import ModelData
from bench.timing.segments import samples_an_epoch
from bench.timing.slices import Pace, Slices

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
