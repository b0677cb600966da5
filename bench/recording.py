"""Measuring a stand into a store: what an earlier sitting finished is taken up, not done again."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from bench.paired import Block, Run, Stand, Stop
from bench.progress import progress
from bench.store import Store
from bench.summaries import Record


@dataclass(frozen=True)
class Measurement:
    """How stands are measured.

    Attributes:
        precision: ``quick`` or ``full``.
        stop: when enough blocks are taken.
        max_segment_seconds: of the slowest arm.
        order_seed: what the order of each block is drawn from.
        margin: the difference of speed that counts as none.
    """

    precision: str
    stop: Stop
    max_segment_seconds: float
    order_seed: int
    margin: float


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
    names = Block.__dataclass_fields__
    earlier = [
        Block(**{name: record[name] for name in names}) for record in store.found("block", **head)
    ]
    run = Run(
        stand,
        how.stop,
        how.precision,
        how.order_seed,
        lambda blocks: width([asdict(block) for block in blocks]),
        earlier,
    )
    what = " ".join(str(value) for value in head.values())
    with progress(f"time {what}, blocks", how.stop.most) as advance:
        for block in run:
            store.append("block", **head, **asdict(block))
            advance()
    return [asdict(block) for block in run.blocks], run.stopped
