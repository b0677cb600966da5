"""The paired design: blocks in which all arms take turns, until an interval is narrow enough.

What is compared stands in one block, in a palindromic order (ABBA or BAAB of two), so that what
slows the machine down for a while slows both. Blocks are what the interval is made of.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from bench.host.fresh_process import in_fresh_process
from bench.host.load import load_average, steal_share
from bench.stats.intervals import palindrome
from bench.timing.slices import Timed

Work = Callable[[], object]


class Opened(Protocol):
    """A stand, built in this process and warm."""

    def time(self, block: int, order: Sequence[str]) -> Timed:
        """Time a block of this number, its arms in this order."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Stand(Protocol):
    """What is to be timed; plain values, so that another process can build it."""

    @property
    def arms(self) -> Sequence[str]:
        """The names of the arms."""
        ...

    def open(self) -> Opened | Mapping[str, Work]:
        """Build and warm up every arm; return them, or what one segment of each is."""
        ...


@dataclass(frozen=True)
class Block:
    """One observation: every arm in turn, in an order and in the same order backwards.

    Attributes:
        block: its number, from 0.
        order: of two rounds; a block of more walks it again.
        seconds: of each slice, or whole segment, as they came.
        steps: of each slice; None of segments, which are all alike.
        process: the id of the process that it was timed in.
        load_average: of the machine, over the last minute.
        steal_share: of the machine's time that its host took away meanwhile; None where the
            system does not say.
        wall_seconds: what the block took in all, opening the arms included where it did that.
        idle_share: of a core, what each process took while it waited for its turn; None where all
            arms are in one (``bench.timing.turns``).
    """

    block: int
    order: Sequence[str]
    seconds: Sequence[float]
    process: int
    load_average: float
    steal_share: float | None
    wall_seconds: float = 0.0
    steps: Sequence[int] | None = None
    idle_share: float | None = None


BUDGETS = (15.0, 60.0)
"""Seconds: what a budget that follows the machine's speed is at least and at most."""


@dataclass(frozen=True)
class Stop:
    """When enough is measured.

    Attributes:
        least: blocks before an interval is looked at; looking early would stop at luck.
        most: blocks at which it ends in any case.
        target_width: of the interval, 0.03 where its ends are 3 % apart; 0 for never.
        budget_seconds: of the whole; None for what so many blocks take on this machine, within
            bounds.
        worth: how many blocks that is.
        whatever_it_takes: blocks that are taken even where they spend more than the budget.
    """

    least: int = 8
    most: int = 200
    target_width: float = 0.03
    budget_seconds: float | None = 20.0
    worth: int = 100
    whatever_it_takes: int = 2

    def budget(self, block_seconds: float) -> float:
        """Return the budget on a machine on which a block takes so many seconds."""
        if self.budget_seconds is not None:
            return self.budget_seconds
        return min(max(self.worth * block_seconds, BUDGETS[0]), BUDGETS[1])

    def reason(self, blocks: Sequence[Block], width: Callable[[Sequence[Block]], float]) -> str:
        """Return why to stop after these blocks, in words; empty to go on."""
        n = len(blocks)
        if n >= self.most:
            return f"all {n} blocks taken"
        # ever more rarely: to look takes longer the more blocks there are
        look = n >= self.least and n % max(1, n // 20) == 0
        if look and width(blocks) <= self.target_width:
            return f"interval narrower than {self.target_width:.1%} after {n} blocks"
        spent = sum(block.wall_seconds for block in blocks)
        budget = float("inf") if self.budget_seconds is None else self.budget_seconds
        if n >= self.whatever_it_takes and spent >= budget:
            return f"time budget of {budget:.3g} s spent after {n} blocks"
        return ""


@dataclass
class Run:
    """The blocks of a stand as they come, and why no more came.

    Args:
        stand: what is timed.
        stop: when enough is measured.
        precision: ``quick`` times all blocks in this process, ``full`` each in a fresh one, so
            that memory layout, hash seeds and thread pools vary between blocks too.
        order_seed: what the order of each block is drawn from.
        width: how wide the interval of some blocks is.
        blocks: those that an earlier process finished.
    """

    stand: Stand
    stop: Stop
    precision: str
    order_seed: int
    width: Callable[[Sequence[Block]], float]
    blocks: list[Block] = field(default_factory=list)
    stopped: str = ""

    def __iter__(self) -> Iterator[Block]:
        """Time block after block and yield each when it is done."""
        with _timer(self.stand, self.precision) as timer:
            while not (reason := self.stop.reason(self.blocks, self.width)):
                number = len(self.blocks)
                order = palindrome(self.stand.arms, self.order_seed, number)
                start = time.perf_counter()
                block = timer(number, order)
                self.blocks.append(replace(block, wall_seconds=time.perf_counter() - start))
                yield self.blocks[-1]
        self.stopped = reason


def settle() -> None:
    """Give back what is not needed any more, and keep the collector off all that is there now.

    It runs before every segment, and to walk over all of TensorFlow takes longer than most of them.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def opened(stand: Stand) -> Opened:
    """Open a stand in this process, ready to be timed."""
    arms = stand.open()
    settle()
    return Segments(arms) if isinstance(arms, Mapping) else arms


def timed(work: Work) -> float:
    """Return the seconds that a piece of work takes, the garbage collector kept out of it."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


@dataclass(frozen=True)
class Segments:
    """Arms that are timed in whole pieces of work, one a place in the order."""

    works: Mapping[str, Work]

    def time(self, block: int, order: Sequence[str]) -> Timed:
        """Time the segments of one block in their order."""
        with steal_share() as steal:
            seconds = [timed(self.works[name]) for name in order]
        return Timed(seconds, None, os.getpid(), load_average(), steal())

    def close(self) -> None:
        """Hold nothing."""


def time_block(arms: Opened, number: int, order: Sequence[str]) -> Block:
    """Time one block."""
    return Block(number, order, **arms.time(number, order)._asdict())


Timer = Callable[[int, Sequence[str]], Block]


@contextmanager
def _timer(stand: Stand, precision: str) -> Iterator[Timer]:
    """Yield what times a block: here, or in a fresh process each."""
    if precision == "full":
        yield lambda number, order: in_fresh_process(_open_and_time, stand, number, order)
        return
    arms: list[Opened] = []

    def here(number: int, order: Sequence[str]) -> Block:
        if not arms:  # not before the first block: a resumed run may need none
            arms.append(opened(stand))
        return time_block(arms[0], number, order)

    try:
        yield here
    finally:
        for each in arms:
            each.close()


def _open_and_time(stand: Stand, number: int, order: Sequence[str]) -> Block:
    arms = opened(stand)
    try:
        return time_block(arms, number, order)
    finally:
        arms.close()
