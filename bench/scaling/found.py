"""What was measured of a scaling, by arm: from the record of its stand and the blocks. Pure.

Each block has a slice of every arm, so that blocks are drawn anew for all arms together: what
slowed one down slowed all of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from bench.records.reading import Record
from bench.records.slices import step_seconds
from bench.stats.intervals import RESAMPLING_SEED

RESAMPLES = 1000
Means = Mapping[str, float]
"""Seconds of a step, by arm."""


class Found:
    """The seconds of every arm, and what they are of.

    Args:
        stand: its record.
        blocks: of it.
    """

    def __init__(self, stand: Record, blocks: Sequence[Record]) -> None:
        self.stand, self.blocks = stand, len(blocks)
        self.seconds: dict[str, list[float]] = {
            arm["arm"]: [step_seconds(block, arm["arm"]) for block in blocks]
            for arm in stand["arms"]
        }
        self.reference = str(stand["reference"])
        self.cores = int(stand["cores"])
        self.n_bytes = int(stand["gradients"]["bytes"])

    @property
    def batch_size(self) -> int:
        """The batch of one."""
        return next(int(a["batch_size"]) for a in self.stand["arms"] if a["arm"] == self.reference)

    def arms(self, part: str, **like: object) -> Iterator[Record]:
        """Yield the records of a part's arms that are like this, the copy left out."""
        for arm in self.stand["arms"]:
            if arm["part"] == part and not arm["again"] and like.items() <= arm.items():
                yield arm

    @cached_property
    def means(self) -> Means:
        """The mean of each arm over all blocks."""
        return {arm: float(np.mean(each)) for arm, each in self.seconds.items()}

    @cached_property
    def draws(self) -> list[Means]:
        """The means of blocks drawn anew, so often.

        The deviations of a mean of n are too small by ``(n - 1) / n``: they are stretched by that.
        """
        n = self.blocks
        chosen = np.random.default_rng(RESAMPLING_SEED).integers(0, n, (RESAMPLES, n))
        stretch = float(np.sqrt(n / max(n - 1, 1)))
        by_arm = {
            arm: self.means[arm] + stretch * (np.array(each)[chosen].mean(axis=1) - self.means[arm])
            for arm, each in self.seconds.items()
        }
        return [
            {arm: max(float(drawn[i]), self.means[arm] / 10) for arm, drawn in by_arm.items()}
            for i in range(RESAMPLES)
        ]
