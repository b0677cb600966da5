"""Time in slices: every arm goes on for 10 to 100 ms, then the next one does, hundreds of times.

A runner walks an arm; it stands still between two slices, and the next one goes on from there. In
a round every arm has one slice. The slices of a round are equally long in seconds, a length drawn
anew for each round, so that nothing that comes back at regular times meets the same arm again and
again. What slows the machine down for a second slows all arms of a few rounds alike.
"""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from bench.host import gpu
from bench.host.load import load_average, steal_share
from bench.host.memory import named_if_short

SHORTEST, LONGEST = 0.01, 0.1
"""Seconds of a slice: long against the clock and a call, short against a neighbour's burst."""
START = 0.005
"""Seconds that an arm goes on untimed before each slice: caches and buffers become its own."""
LOOK_SECONDS = 0.03
"""Of a first look: long against what a call costs."""
MORE_LOOKS = 4
ENOUGH_LOOKING = 5.0
"""Seconds of looks, after which there are no more."""


class Slice(NamedTuple):
    """What was timed: so many steps in so many seconds."""

    seconds: float
    steps: int


class Runner(Protocol):
    """Walks an arm over its data, and stands still between two calls."""

    def take(self, steps: int) -> Slice:
        """Go on for about so many steps; return how many they were, and what they took."""
        ...

    def close(self) -> None:
        """Let go of what it holds; it takes no step any more."""
        ...


@runtime_checkable
class Ending(Runner, Protocol):
    """Walks an arm whose epochs have an end that no slice holds."""

    def ends(self, epochs: int) -> list[float]:
        """Go on over so many whole epochs; return what the end of each takes, in seconds."""
        ...


@dataclass(frozen=True)
class Pace:
    """How long slices are, and how many a block has.

    Attributes:
        step_seconds: about what a step of each arm takes.
        rounds: of a block; every second one has the order of the one before backwards.
        seed: of the lengths.
        ends: of how many whole epochs the end is timed in each block, by arm; of ``fit`` alone.
    """

    step_seconds: Mapping[str, float]
    rounds: int
    seed: int
    ends: Mapping[str, int] = field(default_factory=dict, kw_only=True)

    def lengths(self, block: int) -> np.ndarray:
        """Return the seconds of a slice in each round of a block, log-uniform, from the seed."""
        rng = np.random.default_rng([self.seed, block, 1])
        return np.exp(rng.uniform(np.log(SHORTEST), np.log(LONGEST), self.rounds))

    def steps(self, arm: str, seconds: float) -> int:
        """Return how many steps of an arm take about so many seconds, one at least."""
        return max(1, round(seconds / self.step_seconds[arm]))

    @property
    def round_seconds(self) -> float:
        """What a round takes on the average, each arm's start with it."""
        mean = (LONGEST - SHORTEST) / np.log(LONGEST / SHORTEST)
        return float(
            sum(
                each * (self.steps(arm, mean) + self.starts(arm))
                for arm, each in self.step_seconds.items()
            )
        )

    def starts(self, arm: str) -> int:
        """Return the untimed steps before a slice; none where a slice is a step that is long."""
        return 0 if self.step_seconds[arm] > LONGEST else self.steps(arm, START)


class Timed(NamedTuple):
    """What a block was: its slices as they came, and the machine meanwhile.

    Attributes are those of ``bench.timing.blocks.Block``.
    """

    seconds: list[float]
    steps: list[int] | None
    process: int
    load_average: float
    steal_share: float | None
    ends: dict[str, list[float]] | None = None
    idle_share: float | None = None


class Slices:
    """The runners of a stand, open in this process."""

    def __init__(self, runners: Mapping[str, Runner], pace: Pace) -> None:
        self.runners, self.pace = runners, pace

    def warm_up(self) -> None:
        """Let happen what happens once: tracing, compiling, copies to the device.

        On a GPU a whole block, too: the driver may compile a kernel at its first use, which may be
        at the end of an epoch.
        """
        for arm, runner in self.runners.items():
            with named_if_short(arm):
                runner.take(1)
                runner.take(max(2, self.pace.steps(arm, START)))
        if gpu.in_use():
            self.time(0, [*self.runners, *reversed(list(self.runners))])

    def time(self, block: int, order: Sequence[str]) -> Timed:
        """Time the rounds of a block.

        Args:
            block: its number.
            order: of two rounds, the second backwards; the block walks it again and again.
        """
        slices: list[Slice] = []
        with steal_share() as steal, no_collector():
            for number, seconds in enumerate(self.pace.lengths(block)):
                half = len(order) // 2
                for arm in order[:half] if number % 2 == 0 else order[half:]:
                    slices.append(self.slice(arm, float(seconds)))
            ends = {arm: self._ends(arm, epochs) for arm, epochs in self.pace.ends.items()}
        seconds_of = [round(each.seconds, 7) for each in slices]
        steps = [each.steps for each in slices]
        return Timed(seconds_of, steps, os.getpid(), load_average(), steal(), ends or None)

    def _ends(self, arm: str, epochs: int) -> list[float]:
        """Return what ends of epochs take beyond their steps."""
        runner = self.runners[arm]
        assert isinstance(runner, Ending)
        with named_if_short(arm):
            return [round(end, 7) for end in runner.ends(epochs)]

    def slice(self, arm: str, seconds: float) -> Slice:
        """Let an arm go on for its start, untimed, then for about so many seconds."""
        runner = self.runners[arm]
        with named_if_short(arm):
            if start := self.pace.starts(arm):
                runner.take(start)
            return runner.take(self.pace.steps(arm, seconds))

    def close(self) -> None:
        """Close every runner."""
        for runner in self.runners.values():
            runner.close()


def step_seconds(runner: Runner) -> float:
    """Return about what a step takes, from ever more of them; what happens once is over then.

    It is the least of a few looks: a neighbour's burst in it would make slices too short for good.
    """
    runner.take(1)
    steps = 1
    while (taken := runner.take(steps)).seconds < LOOK_SECONDS and taken.steps >= steps:
        steps *= 2
    looks = [taken]
    while len(looks) <= MORE_LOOKS and sum(each.seconds for each in looks) < ENOUGH_LOOKING:
        looks.append(runner.take(steps))
    return min(each.seconds / each.steps for each in looks)


@contextmanager
def no_collector() -> Iterator[None]:
    """Collect garbage now, and none until the end."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
