"""A ratio from blocks that follow one another at once, and may be alike: batch means.

An interval from a bootstrap takes its blocks for independent. Where a slow spell of the machine
outlasts a block, neighbours are alike and the interval is too narrow. So neighbours are put
together, two and two, until the means of the batches no longer show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.stats.intervals import Ratio, mean_of

FEWEST = 8
"""Batches: with fewer no dependence could be seen, and the interval would be Student's luck."""
MOST = 128
"""Batches: an interval from more is no better, and takes longer to draw."""
ALIKE = 0.10
"""Of the test: where neighbours are independent, so often blocks are put together for nothing."""


@dataclass(frozen=True)
class BatchedRatio(Ratio):
    """A ratio from batches of blocks.

    Attributes:
        batch: how many neighbouring blocks are one observation.
        alike: whether neighbours are alike still, so that the interval is too narrow.
    """

    batch: int = 1
    alike: bool = False


def batched_ratio_of(reference_seconds: Sequence[float], seconds: Sequence[float]) -> BatchedRatio:
    """Return reference / seconds, paired by block, from batches of blocks that are not alike.

    The logarithm of each block's ratio is one value, the mean of a batch of neighbours one
    observation; the rest is as in ``bench.stats.intervals.ratio_of``.

    Source: Fishman, Grouping Observations in Digital Simulation, Management Science 24 (1978).

    >>> ratio = batched_ratio_of([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    >>> round(ratio.ratio, 9), ratio.blocks, ratio.batch, ratio.alike
    (2.0, 3, 1, False)
    """
    every = np.log(np.asarray(reference_seconds) / np.asarray(seconds))
    values, batch = every, 1
    alike = neighbours_alike(values)
    while len(values) > MOST or (alike and len(values) >= 2 * FEWEST):
        values, batch = _in_pairs(values), 2 * batch
        alike = neighbours_alike(values)
    center, batches = float(np.mean(every)), mean_of(values)
    low, high = batches.low - batches.mean, batches.high - batches.mean
    ratio, low, high = map(float, np.exp([center, center + low, center + high]))
    return BatchedRatio(ratio, low, high, batches.blocks, batch, alike)


def neighbours_alike(values: np.ndarray) -> bool:
    """Return whether neighbours are more alike than independent values would be.

    By von Neumann's ratio: the mean square of the differences of neighbours over the variance. It
    is 2 on the average where they are independent, and small where they are alike. Of fewer than
    eight values nothing is said.

    Source: von Neumann, Distribution of the Ratio of the Mean Square Successive Difference to the
    Variance, Annals of Mathematical Statistics 12 (1941); its variance from Young, On Randomness
    in Ordered Sequences, same journal, same year.
    """
    from scipy import stats

    n = len(values)
    variance = float(np.var(values))
    if n < FEWEST or variance < TINY:
        return False
    ratio = float(np.mean(np.diff(values) ** 2)) / variance  # about 2 n / (n - 1)
    correlation = 1 - ratio * (n - 1) / (2 * n)  # of neighbours, 0 where independent
    spread = np.sqrt((n - 2) / (n**2 - 1))
    return bool(stats.norm.sf(correlation / spread) < ALIKE)


def _in_pairs(values: np.ndarray) -> np.ndarray:
    """Return the means of neighbours, two and two, but one at the front where they are odd."""
    return values[len(values) % 2 :].reshape(-1, 2).mean(axis=1)


TINY = 1e-24
"""A variance of log ratios that is rounding alone."""
