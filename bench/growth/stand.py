"""What is timed at a point of an axis: every engine by hand, ``fit``, and seeds in one graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench import twins
from bench.data.epoch_order import steps_per_epoch
from bench.growth.points import ALONE, FIT, TOGETHER, Point
from bench.host.built_here import BuiltHere
from bench.specs import Config
from bench.timing.blocks import settle
from bench.timing.model_stand import ends_a_block
from bench.timing.runners import StepRunner, clocked, train_runner
from bench.timing.samples import ModelData, Samples
from bench.timing.slices import Pace, Runner, Slice, Slices, step_seconds

Engines = BuiltHere[tuple[str, Config, int], object]
"""By arm, dials and seeds."""


@dataclass(frozen=True)
class GrowthArm:
    """One way to train at a point.

    Attributes:
        name: such as ``raw epoch``.
        config: the dials of the point.
        proved: what allowed it to be timed.
        seeds: models that it trains at once.
        step_seconds: about what a step takes; 0 until it was looked at.
    """

    name: str
    config: Config
    proved: str
    seeds: int = 1
    step_seconds: float = 0.0


class SeedsRunner(StepRunner):
    """Walks seeds in one graph: a slice is one call, a step a step of every seed."""

    def take(self, steps: int) -> Slice:
        """Train all seeds for so many steps, an epoch at most."""
        taken = min(steps, -(-len(self.x) // self.batch_size))
        orders = np.stack([
            self.rng.permutation(len(self.x))[: taken * self.batch_size]
            for _ in range(self.engine.seeds)
        ])  # fmt: skip
        train = self.engine.train_seeds
        return Slice(clocked(lambda: train(self.x, self.y, orders, self.batch_size)), taken)


def built(name: str, config: Config, seeds: int, engines: Engines) -> Any:
    """Return what trains an arm, built unless it was before; a batch size is no matter to it."""
    impl, engine = name.split(" ", 1)
    side = "engine" if impl == "raw" else "keras_engine"
    dials = config if name == TOGETHER else config.but(**{side: engine})

    def build() -> object:
        if name == TOGETHER:
            return twins.raw_seeds(dials, seeds)
        make = twins.raw_engine if impl == "raw" else twins.keras_engine
        return make(dials, twins.initial_weights(dials))

    return engines.once((name, dials.but(batch_size=1), seeds), build)


def runner_of(
    name: str, engine: Any, config: Config, x: np.ndarray, y: np.ndarray, seconds: float = 0.0
) -> Runner:
    """Return what trains an arm in slices.

    Args:
        name: of the arm.
        engine: what trains it, built.
        config: the dials of the point.
        x, y: an epoch of samples.
        seconds: about what a step takes; 0 where that is to be found out.
    """
    if name == TOGETHER:
        return SeedsRunner(engine, x, y, config.batch_size, config.seed)
    return train_runner(engine, name.split(" ", 1)[1], x, y, config, seconds)


class GrowthStand:
    """The arms of one point, in slices (``bench.timing.blocks.Stand``).

    Args:
        point: the place.
        members: the arms, each proved.
        data: what they train on, repeated up to the samples of the point.
        engines: what other points have built in this process.
    """

    def __init__(
        self, point: Point, members: Sequence[GrowthArm], data: ModelData, engines: Engines
    ) -> None:
        self.point, self.members, self.data, self.engines = point, tuple(members), data, engines
        self.rounds, self.seed = 2, 0
        self._kept: BuiltHere[int, tuple[np.ndarray, np.ndarray]] = BuiltHere()

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return [arm.name for arm in self.members]

    @property
    def pace(self) -> Pace:
        """How long slices are, by what a step of each arm takes."""
        seconds = {arm.name: arm.step_seconds for arm in self.members}
        pace = Pace(seconds, self.rounds, self.seed)
        epoch = steps_per_epoch(self.members[0].config, self.point.samples) * seconds[FIT]
        return replace(pace, ends=ends_a_block({FIT: epoch}, self.rounds * pace.round_seconds))

    def look(self) -> dict[str, float]:
        """Return about what a step of each arm takes."""
        samples = self._samples()
        settle()
        found = {}
        for arm in self.members:
            runner = self._runner(arm, samples)
            try:
                found[arm.name] = step_seconds(runner)
            finally:
                runner.close()
        return found

    def resize(self, found: Mapping[str, float], rounds: int, seed: int) -> None:
        """Take what a look found; so many rounds a block, their lengths from a seed."""
        self.members = tuple(replace(arm, step_seconds=found[arm.name]) for arm in self.members)
        self.rounds, self.seed = rounds, seed

    def open(self) -> Slices:
        """Let each arm take its first steps; they stand still then."""
        samples = self._samples()
        slices = Slices({arm.name: self._runner(arm, samples) for arm in self.members}, self.pace)
        slices.warm_up()
        return slices

    def _samples(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the samples of the point: one copy in a process, which goes with the point."""

        def cut() -> tuple[np.ndarray, np.ndarray]:
            whole = self.data.train
            return Samples(whole.x, whole.y).first(self.point.samples)

        return self._kept.once(self.point.samples, cut)

    def _runner(self, arm: GrowthArm, samples: tuple[np.ndarray, np.ndarray]) -> Runner:
        engine = built(arm.name, arm.config, arm.seeds, self.engines)
        return runner_of(arm.name, engine, arm.config, *samples, arm.step_seconds)


def arms_at(point: Point, config: Config, proved: Mapping[str, str]) -> list[GrowthArm]:
    """Return the arms of a point: on the axis of seeds those that train one, and all at once."""
    one_by_one = (*ALONE, FIT) if TOGETHER in proved else tuple(proved)
    arms = [GrowthArm(name, config, proved[name]) for name in one_by_one if name in proved]
    if TOGETHER in proved:
        arms.append(GrowthArm(TOGETHER, config, proved[TOGETHER], point.seeds))
    return arms
