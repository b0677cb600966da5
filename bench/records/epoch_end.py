"""What an epoch of ``fit`` takes beyond its steps, and how long it waits: whole epochs, never held.

A slice holds no end of an epoch. There ``fit`` lets its pipeline go, calls back and makes a new
one, and may wait for the tuner of the old one (``docs/measuring.md``). That wait depends on how
long the epoch took, so that it is measured where nothing holds ``fit``: in a few whole epochs of
each block, as what an end takes drifts with the machine like all else.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import TypedDict

from bench.records.reading import AGAIN, Record

LONGER, LEAST_WAIT = 3.0, 0.05
"""An end waited where it took so many times the shortest, and so many seconds more: ends that do
not wait differ by what a busy machine makes of milliseconds, and the tuner sleeps for ever longer
from 10 ms on."""


class EpochEnd(TypedDict):
    """What a summary says of an arm's ends.

    Attributes:
        epochs: how many ends were seen.
        seconds: of each, beyond the steps, its wait included.
        waits: how long each waited, 0 where it did not; how often it came are those above 0.
        without_wait: the mean of those that did not.
        by_block: the same of each block; of one whose ends all waited, that of all blocks.
    """

    epochs: int
    seconds: list[float]
    waits: list[float]
    without_wait: float
    by_block: list[float]


def epoch_end(blocks: Sequence[Sequence[float]]) -> EpochEnd:
    """Return what is said of ends, from the seconds of those of each block."""
    ends = [end for block in blocks for end in block]
    limit = max(LONGER * min(ends), min(ends) + LEAST_WAIT)
    usual = fmean(end for end in ends if end <= limit)
    short = [[end for end in block if end <= limit] for block in blocks]
    return {
        "epochs": len(ends),
        "seconds": ends,
        "waits": [end - usual if end > limit else 0.0 for end in ends],
        "without_wait": usual,
        "by_block": [fmean(block) if block else usual for block in short],
    }


def ends_of(arm: str, blocks: Sequence[Record]) -> EpochEnd | None:
    """Return what blocks say of an arm's ends, or of its like's; None if none were timed."""
    name = arm.removesuffix(AGAIN)
    seen = [block["ends"][name] for block in blocks if name in (block.get("ends") or {})]
    return epoch_end(seen) if seen else None
