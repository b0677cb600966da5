"""From blocks to an estimate: the mean over blocks, with a bootstrapped 95 % interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

CONFIDENCE = 0.95
RESAMPLES = 10_000
LEAST_TO_RESAMPLE = 6
"""Below that a bootstrap cannot reach far enough: it never leaves the range of its data."""
RESAMPLING_SEED = 0
"""Fixed, so that whoever works an interval out again from the records draws the same blocks."""


@dataclass(frozen=True)
class Estimate:
    """A mean over blocks with its 95 % interval; one block has none (minus to plus infinity)."""

    mean: float
    low: float
    high: float
    blocks: int


@dataclass(frozen=True)
class Ratio:
    """How many times as fast as the reference, with a 95 % interval, over how many blocks."""

    ratio: float
    low: float
    high: float
    blocks: int

    @property
    def width(self) -> float:
        """How wide the interval is: 0.03 where its upper end is 3 % above its lower one."""
        return self.high / self.low - 1 if self.low > 0 else float("inf")


def mean_of(values: ArrayLike) -> Estimate:
    """Return the mean of one value a block, with its interval.

    From six blocks on it is a bootstrap, below that Student's t. Blocks are drawn anew with
    replacement; the interval reaches as far from the mean, on both sides, as 95 % of the means of
    such draws lie at most. Both sides alike, because a burst that hit one arm might as well have
    hit the other: quantiles taken for each side cover too little there (92 % of simulated runs).

    That alone is too narrow for few blocks: a draw of n has the spread (n - 1) / n of what it was
    drawn from, and the normal distribution's tails where Student's t is due. So the quantile is
    moved outwards by just that much (the expansion of the percentile interval).

    Sources: Hall, On Symmetric Bootstrap Confidence Intervals, Journal of the Royal Statistical
    Society B 50 (1988); Hesterberg, What Teachers Should Know About the Bootstrap, The American
    Statistician 69 (2015), section 5.3.
    """
    sample = np.asarray(values, np.float64)
    n, mean = len(sample), float(np.mean(sample))
    if n < 2:
        return Estimate(mean, -np.inf, np.inf, n)
    reach = _student_reach(sample) if n < LEAST_TO_RESAMPLE else _bootstrap_reach(sample)
    return Estimate(mean, mean - reach, mean + reach, n)


def _student_reach(values: np.ndarray) -> float:
    n = len(values)
    return _student(n) * float(np.std(values, ddof=1)) / float(np.sqrt(n))


def _bootstrap_reach(values: np.ndarray) -> float:
    from scipy import stats

    n = len(values)
    drawn = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(RESAMPLING_SEED),
    ).bootstrap_distribution
    expanded = 1 - 2 * stats.norm.sf(np.sqrt(n / (n - 1)) * _student(n))
    return float(np.quantile(np.abs(drawn - np.mean(values)), expanded))


def _student(n: int) -> float:
    """Return Student's quantile for a two-sided interval over n values."""
    from scipy import stats

    return float(stats.t.ppf(0.5 + CONFIDENCE / 2, n - 1))


def change_of(before: ArrayLike, after: ArrayLike) -> Estimate:
    """Return the mean of ``after`` less that of ``before``, blocks of two runs, unpaired.

    Student's t after Welch: each run has its own spread and its own number of blocks.
    """
    from scipy import stats

    a, b = np.asarray(before, np.float64), np.asarray(after, np.float64)
    mean, n = float(b.mean() - a.mean()), min(len(a), len(b))
    if n < 2:
        return Estimate(mean, -np.inf, np.inf, n)
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return Estimate(mean, mean, mean, n)
    interval = stats.ttest_ind(b, a, equal_var=False).confidence_interval(CONFIDENCE)
    return Estimate(mean, float(interval.low), float(interval.high), n)


def ratio_of(reference_seconds: ArrayLike, seconds: ArrayLike) -> Ratio:
    """Return reference / seconds, paired by block: the exponential of the mean log ratio.

    The logarithm of each block's ratio is one observation; whatever slows the whole block down
    cancels in it. Nothing is dropped. One block gives no interval: (0, infinity).

    >>> ratio = ratio_of([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    >>> round(ratio.ratio, 9), round(ratio.low, 9), round(ratio.high, 9), ratio.blocks
    (2.0, 2.0, 2.0, 3)
    """
    log_ratio = mean_of(np.log(np.asarray(reference_seconds) / np.asarray(seconds)))
    ratio, low, high = np.exp([log_ratio.mean, log_ratio.low, log_ratio.high])
    return Ratio(float(ratio), float(low), float(high), log_ratio.blocks)


T = TypeVar("T")


def palindrome(arms: Sequence[T], seed: int, block: int) -> list[T]:
    """Return the order of a block: the arms shuffled, then the same backwards (ABC CBA).

    Each arm's two places have the same middle, so a machine that slows down evenly over the block
    slows every arm alike. Of two arms this is ABBA or BAAB. The same seed and number give the
    same order, so that a run can be resumed.
    """
    there = [arms[i] for i in np.random.default_rng([seed, block]).permutation(len(arms))]
    return there + there[::-1]
