"""Programs timed in turns, in one process: each ratio is of slices that lie side by side."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bench.stats.batch_means import batched_ratio_of
from bench.stats.intervals import Ratio, palindrome
from bench.timing.slices import Runner, no_collector

SLICE_SECONDS = 0.02
"""Of a slice: long against the clock and a call, short against a neighbour's burst."""
MOST_STEPS = 50
SEED = 0
LEAST_ROUNDS = 4
CLEAR = 3.0
"""A ratio that, seen in each of the least rounds, nobody doubts: a neighbour's burst doubles a
slice, it does not do so in four rounds on end."""


@dataclass(frozen=True)
class Times:
    """Seconds of a step of each program, a value for each round."""

    rounds: Mapping[str, list[float]]

    def step(self, name: str) -> float:
        """Return the seconds of a step: the geometric mean of the rounds, as ratios take it."""
        return float(np.exp(np.mean(np.log(self.rounds[name]))))

    def is_clear(self, one: str, other: str) -> bool:
        """Return whether the one took several times as long in each of the least rounds or more."""
        apart = np.log(self.rounds[one]) - np.log(self.rounds[other])
        return len(apart) >= LEAST_ROUNDS and bool(np.all(apart > np.log(CLEAR)))

    def ratio(self, one: str, other: str) -> Ratio:
        """Return how many times as long the one takes as the other."""
        return batched_ratio_of(self.rounds[one], self.rounds[other])


def in_turns(
    runners: Mapping[str, Runner], about: Mapping[str, float], rounds: int, seconds: float
) -> Times:
    """Time programs in turns.

    Args:
        runners: of the programs, warm.
        about: what a step of each takes about, in seconds.
        rounds: in each of which every program has a slice; every second goes backwards.
        seconds: after which no round begins, but for the least of them.
    """
    taken: dict[str, list[float]] = {name: [] for name in runners}
    begin = time.perf_counter()
    with no_collector():
        for number in range(rounds):
            late = time.perf_counter() - begin > seconds
            if number >= LEAST_ROUNDS and (late or _clear(taken)):
                break
            there = palindrome(list(runners), SEED, number // 2)
            half = len(there) // 2
            for name in there[half:] if number % 2 else there[:half]:
                steps = int(np.clip(round(SLICE_SECONDS / about[name]), 1, MOST_STEPS))
                slice_ = runners[name].take(steps)
                taken[name].append(slice_.seconds / slice_.steps)
    return Times(taken)


def _clear(taken: Mapping[str, list[float]]) -> bool:
    """Return whether two programs are so far apart in each round that no more are needed."""
    if len(taken) != 2:
        return False
    one, other = taken
    times = Times(taken)
    return times.is_clear(one, other) or times.is_clear(other, one)
