"""What is shown of blocks while they are timed: arms, blocks, the interval, what is left.

It is drawn between blocks alone, after one is on the disk and before the next begins, and nothing
is worked out for it but a mean: the intervals are those that the run looks at anyway to know when
it may stop. ``tests/bench/timing/test_watched.py`` holds that nothing is drawn while an arm runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from bench.host.live import Draw, bar
from bench.records.reading import Record
from bench.records.slices import step_seconds
from bench.timing.blocks import Block, Stop

SHOWN_WIDTHS = 5
"""Of the looks at the interval, the last."""


class Watched:
    """The blocks of one stand as they come.

    Args:
        what: is timed, in words.
        arms: their names.
        stop: when enough is measured.
        draw: shows some lines.
    """

    def __init__(self, what: str, arms: Sequence[str], stop: Stop, draw: Draw) -> None:
        self.what, self.stop, self.draw = what, stop, draw
        self.seconds = dict.fromkeys(arms, 0.0)
        self.blocks, self.spent = 0, 0.0
        self.widths: list[float] = []

    def looking(self, width: Callable[[Sequence[Record]], float]) -> Callable[..., float]:
        """Return a function that finds how wide the interval is, and lets it be shown."""

        def look(blocks: Sequence[Record]) -> float:
            self.widths.append(width(blocks))
            return self.widths[-1]

        return look

    def earlier(self, blocks: Sequence[Block]) -> None:
        """Count the blocks of an earlier sitting."""
        for block in blocks:
            self._count(block)

    def timed(self, block: Block) -> None:
        """Count a block that is on the disk, and draw."""
        self._count(block)
        self.draw([self.line(), *self.width_lines(), *self.arm_lines()])

    def _count(self, block: Block) -> None:
        self.blocks += 1
        self.spent += block.wall_seconds
        for arm in self.seconds:
            self.seconds[arm] += _seconds(block, arm)

    def line(self) -> str:
        """Return where the timing stands, in a line."""
        parts = [f"{self.blocks:,} of at most {self.stop.most:,} blocks"]
        if self.widths:
            parts.append(f"interval {self.widths[-1]:.1%}")
        if self.stop.budget_seconds is not None:
            left = max(0.0, self.stop.budget_seconds - self.spent)
            parts.append(f"{left:.0f} s of {self.stop.budget_seconds:.0f} s left")
        return f"time {self.what}: {', '.join(parts)}"

    def width_lines(self) -> list[str]:
        """Return how the interval has narrowed; nothing before it was looked at."""
        widths = " > ".join(f"{width:.1%}" for width in self.widths[-SHOWN_WIDTHS:])
        return [f"  interval {widths}, enough at {self.stop.target_width:.1%}"] if widths else []

    def arm_lines(self) -> list[str]:
        """Return a line for each arm: what it has taken so far, and a bar as long."""
        means = {arm: total / self.blocks for arm, total in self.seconds.items()}
        longest = max(means.values(), default=1.0)
        room = max(map(len, means), default=0)
        return [
            f"  {arm:<{room}} {1e6 * mean:>12,.0f} µs {bar(mean / longest)}"
            for arm, mean in means.items()
        ]


def _seconds(block: Block, arm: str) -> float:
    """Return what an arm took in a block: a step of it, or a whole segment."""
    if block.steps is not None:
        return step_seconds(asdict(block), arm)
    own = [s for name, s in zip(block.order, block.seconds, strict=True) if name == arm]
    return sum(own) / len(own)
