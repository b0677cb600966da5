"""A ratio from blocks that follow one another at once, and may be alike: batch means.

An interval from a bootstrap takes its blocks for independent. Where a slow spell of the machine
outlasts a block, neighbours are alike and the interval is too narrow. So neighbours are put
together, two and two, until the means of the batches no longer show it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bench.stats.intervals import Ratio, mean_of

FEWEST = 8
"""Batches: with fewer no dependence could be seen."""
MOST = 128
"""Batches: an interval from more is no better, and takes longer to draw."""
DOUBTFUL, CERTAIN = 0.25, 0.01
"""Levels of the test. At the first blocks are put together, and what cannot be is widened for: so
where neighbours are independent that happens to one run in four, and costs it a few percent of
width. At the second there is no verdict."""
TINY = 1e-24
"""A variance of log ratios that is rounding alone."""


@dataclass(frozen=True)
class BatchedRatio(Ratio):
    """A ratio from batches of blocks.

    Attributes:
        batch: how many neighbouring blocks are one observation.
        alike: whether neighbours are alike still, so that the interval cannot be relied on.
    """

    batch: int = 1
    alike: bool = False


def batched_ratio_of(reference_seconds: ArrayLike, seconds: ArrayLike) -> BatchedRatio:
    """Return reference / seconds, paired by block, from batches of blocks that are not alike.

    The logarithm of each block's ratio is one value, the mean of a batch of neighbours one
    observation; the ratio is that of all blocks, the interval's reach that of the batches. Where
    there are too few to put together, it reaches sqrt((1 + r) / (1 - r)) times as far, r the
    correlation of neighbours: what it does to the variance of a mean.

    Sources: Fishman, Grouping Observations in Digital Simulation, Management Science 24 (1978);
    Bayley and Hammersley, The Effective Number of Independent Observations in an Autocorrelated
    Time Series, Supplement to the Journal of the Royal Statistical Society 8 (1946).

    >>> ratio = batched_ratio_of([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    >>> round(ratio.ratio, 9), ratio.blocks, ratio.batch, ratio.alike
    (2.0, 3, 1, False)
    """
    every = np.log(np.asarray(reference_seconds) / np.asarray(seconds))
    values, batch = every, 1
    doubt = likeness(values)
    while len(values) > MOST or (doubt.level < DOUBTFUL and len(values) >= 2 * FEWEST):
        values, batch = _in_pairs(values), 2 * batch
        doubt = likeness(values)
    center, batches = float(np.mean(every)), mean_of(values)
    reach = (batches.high - batches.mean) * doubt.widening
    ratio, low, high = map(float, np.exp([center, center - reach, center + reach]))
    return BatchedRatio(ratio, low, high, batches.blocks, batch, doubt.level < CERTAIN)


class Likeness(NamedTuple):
    """How alike neighbours are: their correlation, and how seldom independent values seem so."""

    correlation: float
    level: float

    @property
    def widening(self) -> float:
        """How many times as far an interval is to reach."""
        if self.level >= DOUBTFUL:
            return 1.0
        r = min(self.correlation, 0.9)
        return float(np.sqrt((1 + r) / (1 - r)))


def likeness(values: np.ndarray) -> Likeness:
    """Return how alike neighbours are, by von Neumann's ratio; of fewer than eight nothing is said.

    That is the sum of squares of the differences of neighbours over the sum of squares of the
    deviations from the mean: 2 on the average where neighbours are independent, less where they
    are alike.

    Source: von Neumann, Distribution of the Ratio of the Mean Square Successive Difference to the
    Variance, Annals of Mathematical Statistics 12 (1941); its variance from Young, On Randomness
    in Ordered Sequences, same journal, same year.
    """
    from scipy import stats

    n = len(values)
    if n < FEWEST or np.var(values) < TINY:
        return Likeness(0.0, 1.0)
    ratio = float(np.sum(np.diff(values) ** 2) / np.sum((values - np.mean(values)) ** 2))
    correlation, spread = 1 - ratio / 2, np.sqrt((n - 2) / (n**2 - 1))
    return Likeness(correlation, float(stats.norm.sf(correlation / spread)))


def _in_pairs(values: np.ndarray) -> np.ndarray:
    """Return the means of neighbours, two and two, but one at the front where they are odd."""
    return values[len(values) % 2 :].reshape(-1, 2).mean(axis=1)
