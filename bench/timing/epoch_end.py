"""What an epoch of ``fit`` takes beyond its steps, and how long it waits: whole epochs, unpaused.

A slice holds no end of an epoch. There ``fit`` lets its pipeline go, calls back and makes a new
one, and may wait for the tuner of the old one (``docs/measuring.md``). That wait depends on how
long the epoch took, so that it is measured where nothing holds ``fit``.
"""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import Any, TypedDict

import keras

LONGER, LEAST_WAIT = 3.0, 0.05
"""An end waited where it took so many times the shortest, and so many seconds more: ends that do
not wait differ by what a busy machine makes of milliseconds, and the tuner sleeps for ever longer
from 10 ms on."""


class EpochEnd(TypedDict):
    """What a record says of an arm's ends.

    Attributes:
        epochs: how many ends were seen.
        seconds: of each, beyond the steps, its wait included.
        waits: how long each waited, 0 where it did not; how often it came are those above 0.
        without_wait: the mean of those that did not.
    """

    epochs: int
    seconds: list[float]
    waits: list[float]
    without_wait: float


def ends_of_fit(
    model: keras.Model, loop: Callable[[int], object], steps: int, epochs: int
) -> EpochEnd:
    """Return what the ends of some epochs of ``fit`` take.

    Args:
        model: compiled.
        loop: calls ``fit`` on it, for so many epochs.
        steps: of an epoch.
        epochs: whole ones, each with its end; ``fit`` runs for one more.
    """
    model.make_train_function()
    function, at = model.train_function, list[float]()
    a_call = int(model.steps_per_execution)
    calls = -(-steps // a_call)

    def noted(*data: Any) -> Any:
        at.append(time.perf_counter())
        return function(*data)

    model.train_function = noted
    try:
        loop(epochs + 1)
    finally:
        model.train_function = function
    last = (steps - (calls - 1) * a_call) / a_call
    starts = range(0, epochs * calls, calls)
    return ends_in([at[start : start + calls + 2] for start in starts], last)


def ends_in(epochs: Sequence[Sequence[float]], last: float = 1.0) -> EpochEnd:
    """Return the ends of epochs, from the seconds at which each call of them began.

    Args:
        epochs: each with two calls more than it has: the first two of the next one. From its last
            call to the second of the next one it takes two calls, and its end.
        last: the steps of an epoch's last call, as a share of another's.
    """
    ends = [_end(each, last) for each in epochs]
    limit = max(LONGER * min(ends), min(ends) + LEAST_WAIT)
    short = [end for end in ends if end <= limit]
    usual = fmean(short)
    return {
        "epochs": len(ends),
        "seconds": ends,
        "waits": [end - usual if end > limit else 0.0 for end in ends],
        "without_wait": usual,
    }


def _end(begins: Sequence[float], last: float) -> float:
    call = median(after - before for before, after in pairwise(begins[1:-2]))
    return max(0.0, begins[-1] - begins[-3] - (1 + last) * call)
