"""Measuring a stand into a store: what an earlier sitting finished is taken up, not done again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, TypeVar

from bench.host.fresh_process import in_fresh_process
from bench.host.live import live
from bench.host.progress import progress
from bench.records.reading import Record
from bench.records.writing import Store
from bench.timing.blocks import Block, Run, Stand, Stop
from bench.timing.watched import Watched

T = TypeVar("T")
FULL_BLOCK_SECONDS = 10.0
"""Of a block that has a process to itself."""


@dataclass(frozen=True)
class Measurement:
    """How stands are measured.

    Attributes:
        precision: ``quick`` or ``full``.
        stop: when enough blocks are taken.
        max_segment_seconds: of the slowest arm, where whole segments are timed.
        order_seed: what the order of each block, and the length of each slice, is drawn from.
        margin: the difference of speed that counts as none.
    """

    precision: str
    stop: Stop
    max_segment_seconds: float
    order_seed: int
    margin: float

    @property
    def facts(self) -> Record:
        """What the record of a stand says of it."""
        return {
            "order_seed": self.order_seed,
            "precision": self.precision,
            "margin": self.margin,
        }

    def rounds(self, round_seconds: float) -> int:
        """Return how many rounds of slices a block has: an even number, as they go back and forth.

        In ``full`` each block opens its arms anew, which is to be worth its while.
        """
        if self.precision != "full":
            return 2
        return 2 * min(max(1, round(FULL_BLOCK_SECONDS / round_seconds / 2)), 10)

    def within(self, budget_seconds: float) -> "Measurement":
        """Return the same with a budget."""
        return replace(self, stop=replace(self.stop, budget_seconds=budget_seconds))

    def look(self, look: Callable[[], T]) -> T:
        """Return what a first look finds; it runs where blocks do."""
        return in_fresh_process(look) if self.precision == "full" else look()

    def first_look(self, look: Callable[[float], T]) -> T:
        """Return what a look finds that is given the longest segment; it runs where blocks do."""
        return self.look(partial(look, self.max_segment_seconds))


def take_blocks(
    store: Store,
    head: Record,
    stand: Stand,
    how: Measurement,
    width: Callable[[Sequence[Record]], float],
) -> tuple[list[Record], str]:
    """Time blocks until enough are taken; each is on the disk before the next one starts.

    Args:
        store: where the blocks go, and where an earlier sitting's are found.
        head: what the blocks are of, in plain values; stored with each.
        stand: what is timed.
        how: for how long, and in which processes.
        width: how wide the interval of some blocks is.

    Returns:
        The blocks of all sittings, and why no more were taken.
    """
    with live() as draw:
        what = " ".join(str(value) for value in head.values())
        watched = Watched(what, stand.arms, how.stop, draw)
        run = resumed(store, head, stand, how, watched.looking(width))
        watched.earlier(run.blocks)
        for block in run:
            store.append("block", **head, **asdict(block))
            watched.timed(block)
    return [asdict(block) for block in run.blocks], run.stopped


def take_turns(store: Store, runs: Mapping[str, tuple[Record, Run]], what: str) -> None:
    """Time a block of each run in turn, until each has enough; each block is stored at once.

    So what slows the machine down for minutes slows all of them, and they can be added up.

    Args:
        store: where the blocks go.
        runs: by name, what a run's blocks are of and the run, as ``resumed`` returns it.
        what: they are, for the progress.
    """
    going = {name: iter(run) for name, (_, run) in runs.items()}
    with progress(f"time {what}, blocks", sum(run.stop.most for _, run in runs.values())) as done:
        while going:
            for name, blocks in list(going.items()):
                block = next(blocks, None)
                if block is None:
                    del going[name]
                else:
                    store.append("block", **runs[name][0], **asdict(block))
                    done()


def resumed(
    store: Store,
    head: Record,
    stand: Stand,
    how: Measurement,
    width: Callable[[Sequence[Record]], float],
) -> Run:
    """Return a run that starts with the blocks of earlier sittings; arguments as above."""
    names: list[str] = list(Block.__dataclass_fields__)
    earlier = []
    for record in store.earlier("block", **head):
        known: dict[str, Any] = {name: record[name] for name in names if name in record}
        earlier.append(Block(**known))
    return Run(
        stand,
        how.stop,
        how.precision,
        how.order_seed,
        lambda blocks: width([asdict(block) for block in blocks]),
        earlier,
    )
