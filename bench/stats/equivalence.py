"""Whether two implementations reach the same accuracy: up to a margin, and with how many seeds.

That two means do not differ significantly does not show that they are equal: too few seeds give
the same answer. So the test is turned round. Two one-sided t tests (TOST) start from "they lie at
least a margin apart", and only data can reject that.

Accuracies come in as shares, 0 to 1; everything here that is compared to the margin is in
percentage points (pp).

Source: D. J. Schuirmann, "A comparison of the two one-sided tests procedure and the power
approach", J. Pharmacokinet. Biopharm. 15 (1987).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.stats.power import (
    ALPHA,
    NO_SPREAD,
    check_margin,
    seeds_needed,
    seeds_to_differ,
    tost_power,
)

EQUIVALENT, DIFFERENT, INCONCLUSIVE = "equivalent", "different", "inconclusive"


@dataclass(frozen=True)
class Equivalence:
    """The answer, and what it rests on. Figures are in percentage points unless said otherwise.

    Attributes:
        verdict: "equivalent", "different" or "inconclusive"; see ``equivalence``.
        paired: whether seed i of the one belongs to seed i of the other.
        seeds: how many seeds each side has.
        difference: the mean of raw less the mean of Keras.
        low: the lower end of the 95 % interval of the difference.
        high: its upper end.
        margin: the difference, either way, that no longer counts as equal.
        p_tost: how likely data this close are if the true difference is the margin (0 to 1).
        p_difference: how likely data this far apart are if it is 0, two-sided (0 to 1).
        power: how often the TOST passes with this spread and this many seeds, if the true
            difference is 0 (0 to 1).
        seeds_needed: for an inconclusive verdict, the seeds per side that settle it four times in
            five: by the TOST, if there is no difference and the observed one lies inside the
            margin; else by the t test, if the difference is the observed one. A number not above
            ``seeds`` says that the difference is to blame, not the number of seeds.
    """

    verdict: str
    paired: bool
    seeds: int
    difference: float
    low: float
    high: float
    margin: float
    p_tost: float
    p_difference: float
    power: float
    seeds_needed: int | None


@dataclass(frozen=True)
class _Tests:
    """What the t tests say: an interval in pp, and two p-values."""

    low: float
    high: float
    p_tost: float
    p_difference: float


def equivalence(
    raw: Sequence[float] | np.ndarray,
    keras: Sequence[float] | np.ndarray,
    margin: float,
    paired: bool,
) -> Equivalence:
    """Return whether the mean accuracies of both sides are equal up to a margin.

    The verdict is "equivalent" where both one-sided tests reject at 5 %, that is, where the 90 %
    interval of the difference lies within (-margin, margin). This comes first: a difference that
    is significant but inside the margin is equivalent, for it is real but too small to matter.
    Else it is "different" where the 95 % interval excludes 0, and else "inconclusive".

    Paired seeds are tested by their differences, others by Welch's t test. Seeds without any
    spread leave nothing to estimate: their difference counts as exact. A single seed has no
    interval, and is always inconclusive.

    >>> equivalence([0.981, 0.982, 0.983], [0.981, 0.982, 0.983], 0.2, paired=True).verdict
    'equivalent'

    Args:
        raw: the test accuracy for each seed, as a share.
        keras: the same for the other side, with as many seeds.
        margin: the smallest difference that matters, in percentage points.
        paired: whether the sides share their seeds, one by one.

    Raises:
        ValueError: for no seeds, unequal numbers of them, a value that is no share, or a margin
            that is not positive and finite.
    """
    check_margin(margin)
    a, b = _percentages(raw, keras)
    n, difference = len(a), _difference(a, b)
    sd = _spread(a, b, paired)
    tests = _tests(a, b, sd, margin, paired)
    verdict = _verdict(tests)
    needed = None
    if verdict == INCONCLUSIVE:
        inside = abs(difference) < margin
        needed = (
            seeds_needed(sd, margin, paired) if inside else seeds_to_differ(sd, difference, paired)
        )
    return Equivalence(
        verdict=verdict,
        paired=paired,
        seeds=n,
        difference=difference,
        low=tests.low,
        high=tests.high,
        margin=margin,
        p_tost=tests.p_tost,
        p_difference=tests.p_difference,
        power=tost_power(sd, n, margin, paired),
        seeds_needed=needed,
    )


def _percentages(
    raw: Sequence[float] | np.ndarray, keras: Sequence[float] | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return both sides' shares in percent, (seeds,) each; ValueError for what are not shares."""
    a, b = np.asarray(raw, np.float64), np.asarray(keras, np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"one accuracy per seed: {a.shape} (raw) against {b.shape} (keras)")
    if not a.size:
        raise ValueError("no seeds")
    for name, side in (("raw", a), ("keras", b)):
        # also false for NaN; and 98.1 instead of 0.981 would make every difference a huge one
        if not np.all((side >= 0) & (side <= 1)):
            raise ValueError(f"{name}: {side.tolist()} are not all shares from 0 to 1")
    return 100 * a, 100 * b


def _difference(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean of a less that of b, in pp, without the noise of floating-point sums."""
    return round(float(np.mean(a - b)), 9)


def _spread(a: np.ndarray, b: np.ndarray, paired: bool) -> float:
    """Return the standard deviation of the differences, or the common one of both sides, in pp."""
    if len(a) < 2:
        return 0.0
    sd = np.std(a - b, ddof=1) if paired else np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / 2)
    return 0.0 if sd <= NO_SPREAD else float(sd)


def _tests(a: np.ndarray, b: np.ndarray, sd: float, margin: float, paired: bool) -> _Tests:
    """Return the t tests of the difference of the means; all figures in pp."""
    if len(a) < 2:
        return _Tests(-math.inf, math.inf, 1.0, 1.0)
    if sd == 0:
        difference = _difference(a, b)
        outside, unequal = abs(difference) >= margin, difference != 0
        return _Tests(difference, difference, float(outside), float(not unequal))
    return _paired_tests(a, b, margin) if paired else _welch_tests(a, b, margin)


def _paired_tests(a: np.ndarray, b: np.ndarray, margin: float) -> _Tests:
    """Return the t tests of the mean of the differences, with n - 1 degrees of freedom."""
    from statsmodels.stats.weightstats import DescrStatsW

    differences = DescrStatsW(a - b)  # (seeds,)
    low, high = differences.tconfint_mean(ALPHA)
    p_tost = differences.ttost_mean(-margin, margin)[0]
    return _Tests(float(low), float(high), float(p_tost), float(differences.ttest_mean(0)[1]))


def _welch_tests(a: np.ndarray, b: np.ndarray, margin: float) -> _Tests:
    """Return Welch's t tests, for two sides that need not spread alike."""
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    sides = CompareMeans(DescrStatsW(a), DescrStatsW(b))
    low, high = sides.tconfint_diff(ALPHA, usevar="unequal")
    p_tost = sides.ttost_ind(-margin, margin, usevar="unequal")[0]
    p_difference = sides.ttest_ind(usevar="unequal")[1]
    return _Tests(float(low), float(high), float(p_tost), float(p_difference))


def _verdict(tests: _Tests) -> str:
    """Return the verdict; equivalence comes first, so a tiny real difference does not count."""
    if tests.p_tost < ALPHA:
        return EQUIVALENT
    return DIFFERENT if tests.low > 0 or tests.high < 0 else INCONCLUSIVE
