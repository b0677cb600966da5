"""From seconds to a ratio with an interval, and from blocks to an order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Ratio:
    """How many times as fast as the reference, with a 95 % interval, over how many blocks."""

    ratio: float
    low: float
    high: float
    blocks: int


def ratio_of(reference_seconds: Sequence[float], seconds: Sequence[float]) -> Ratio:
    """Return reference / seconds, paired by block, as a geometric mean with its interval.

    The logarithm of each block's ratio is one observation; whatever slows the whole block down
    cancels in it. The interval is Student's t over these logarithms: with the few blocks of a
    short run a bootstrap of them is too narrow. One block gives no interval: (0, infinity).

    >>> ratio_of([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    Ratio(ratio=2.0, low=2.0, high=2.0, blocks=3)
    """
    from scipy import stats

    logs = np.log(np.asarray(reference_seconds) / np.asarray(seconds))
    n = len(logs)
    if n < 2:
        return Ratio(float(np.exp(logs.mean())), 0.0, float("inf"), n)
    margin = stats.t.ppf(0.5 + CONFIDENCE / 2, n - 1) * logs.std(ddof=1) / np.sqrt(n)
    low, middle, high = np.exp([logs.mean() - margin, logs.mean(), logs.mean() + margin])
    return Ratio(float(middle), float(low), float(high), n)


def palindromes(arms: Sequence[str], blocks: int, seed: int) -> Iterator[list[str]]:
    """Yield the order of each block: the arms shuffled, then the same backwards (ABC CBA).

    Each arm's two places have the same middle, so a machine that slows down evenly over the block
    slows every arm alike. Of two arms this is ABBA or BAAB.
    """
    rng = np.random.default_rng(seed)
    for _ in range(blocks):
        there = [arms[i] for i in rng.permutation(len(arms))]
        yield there + there[::-1]
