"""Whether two implementations reach the same accuracy: up to a margin, and with how many seeds.

That two means do not differ significantly does not show that they are equal: too few seeds give
the same answer. So the test is turned round. Two one-sided t tests (TOST) start from "they lie at
least a margin apart", and only data can reject that.

Accuracies come in as shares, 0 to 1; everything here that is compared to the margin is in
percentage points (pp).

Sources: D. J. Schuirmann, "A comparison of the two one-sided tests procedure and the power
approach", J. Pharmacokinet. Biopharm. 15 (1987); for the exact power, K. F. Phillips, same
journal, 18 (1990); Q. McNemar, Psychometrika 12 (1947).
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ALPHA = 0.05
POWER = 0.8
MOST_SEEDS = 10_000

# Accuracies are multiples of one over the test examples, 0.01 pp of MNIST's. A spread this far
# below that comes from floating-point sums, and a t test would take it for a measurement.
_NO_SPREAD = 1e-9  # pp

_SPREAD_NODES = 96
_DOF_NODES = 12


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
class Disagreement:
    """How many test examples each side classified rightly, and whether the sides differ.

    Attributes:
        both_right: examples right on both sides.
        raw_only: examples right in raw alone.
        keras_only: examples right in Keras alone.
        both_wrong: examples wrong on both sides.
        p: how likely a split this uneven is if either side is as likely to be the right one.
    """

    both_right: int
    raw_only: int
    keras_only: int
    both_wrong: int
    p: float


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
    _check_margin(margin)
    a, b = _percentages(raw, keras)
    n, difference = len(a), _difference(a, b)
    sd = _spread(a, b, paired)
    tests = _tests(a, b, sd, margin, paired)
    verdict = _verdict(tests)
    needed = None
    if verdict == "inconclusive":
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


def tost_power(
    sd: float,
    n: int,
    margin: float,
    paired: bool,
    alpha: float = ALPHA,
    true_difference: float = 0.0,
) -> float:
    """Return how often the two one-sided t tests both reject, as a share of experiments.

    With e the standard error, c the critical value and s the estimate of e over e itself, they
    reject where -margin + c s e < difference < margin - c s e. So the power is

        E_s [ max(0, Phi((margin - true) / e - c s) - Phi((-margin - true) / e + c s)) ]

    with s following the chi distribution over its degrees of freedom. This is exact for normal
    data (the usual noncentral t formula subtracts two tails that overlap, and can be negative).
    Welch's degrees of freedom vary with the data, and c with them; the power of unpaired sides is
    the mean over these too, and supposes that both sides have the same spread.

    >>> round(tost_power(sd=0.1, n=10, margin=0.1, paired=True), 3)
    0.795

    Args:
        sd: the standard deviation, in pp, of the differences (paired) or of each side.
        n: the number of seeds per side; fewer than 2 allow no test, and have no power.
        margin: the margin, in pp.
        paired: whether the seeds are paired.
        alpha: the level of each one-sided test.
        true_difference: the difference there really is, in pp.

    Raises:
        ValueError: for a margin that is not positive and finite, or a negative sd.
    """
    _check_margin(margin)
    if not 0 <= sd < math.inf:
        raise ValueError(f"sd: {sd} is not a standard deviation")
    if n < 2:
        return 0.0
    if sd <= _NO_SPREAD:
        return float(abs(true_difference) < margin)
    error = sd * math.sqrt((1 if paired else 2) / n)
    low, high = (-margin - true_difference) / error, (margin - true_difference) / error
    power = _paired_power(n, alpha, low, high) if paired else _welch_power(n, alpha, low, high)
    return min(max(power, 0.0), 1.0)


def seeds_needed(
    sd: float,
    margin: float,
    paired: bool,
    alpha: float = ALPHA,
    true_difference: float = 0.0,
    power: float = POWER,
) -> int:
    """Return the smallest number of seeds per side at which the TOST has this power.

    It is at least 2, and at most ``MOST_SEEDS``, which stands for "that many or more". Units and
    errors are those of ``tost_power``.

    >>> seeds_needed(sd=0.1, margin=0.1, paired=True)
    11
    """
    if abs(true_difference) >= margin:
        _check_margin(margin)
        return MOST_SEEDS  # nothing there to be found: more seeds only reject it more often
    candidates = range(2, MOST_SEEDS)
    place = bisect_left(
        candidates, power, key=lambda n: tost_power(sd, n, margin, paired, alpha, true_difference)
    )
    return 2 + place


def seeds_to_differ(
    sd: float, difference: float, paired: bool, alpha: float = ALPHA, power: float = POWER
) -> int:
    """Return the smallest number of seeds per side that shows a difference with this power.

    By the two-sided t test, its power from the noncentral t distribution; 2 to ``MOST_SEEDS``.

    >>> seeds_to_differ(sd=1.0, difference=1.0, paired=True)
    10
    """
    from statsmodels.stats.power import TTestIndPower, TTestPower

    if sd <= _NO_SPREAD:
        return 2
    test, effect = (TTestPower if paired else TTestIndPower)(), abs(difference) / sd
    size = "nobs" if paired else "nobs1"
    place = bisect_left(
        range(2, MOST_SEEDS),
        power,
        key=lambda n: test.power(effect, **{size: n}, alpha=alpha),
    )
    return 2 + place


def mcnemar(raw_right: np.ndarray, keras_right: np.ndarray) -> Disagreement:
    """Return on which examples the two sides disagree, with the exact McNemar test.

    Examples on which both are right, or both wrong, say nothing about which is better. Of the m
    others k are right in raw alone; p = min(1, 2 P(X <= min(k, m - k))), X ~ Binomial(m, 1/2).
    Without any such example p is 1.

    Several seeds are pooled by passing arrays of shape (seeds, examples). The test takes every
    element for an independent one; the same example under another seed is not, so pooled p-values
    tend to be too small.

    >>> mcnemar(np.array([True, True, False]), np.array([True, False, False])).raw_only
    1

    Args:
        raw_right: whether raw classified each example rightly, boolean, of any shape.
        keras_right: the same for Keras, of the same shape.

    Raises:
        ValueError: for unequal shapes, no examples, or arrays that are not boolean.
    """
    from statsmodels.stats import contingency_tables

    raw_right, keras_right = np.asarray(raw_right), np.asarray(keras_right)
    if raw_right.shape != keras_right.shape:
        raise ValueError(f"shapes differ: {raw_right.shape} (raw) against {keras_right.shape}")
    if raw_right.dtype != bool or keras_right.dtype != bool:
        raise ValueError(f"not boolean: {raw_right.dtype} (raw), {keras_right.dtype} (keras)")
    if not raw_right.size:
        raise ValueError("no examples")
    right = [
        [int(np.sum(a & b)) for b in (keras_right, ~keras_right)] for a in (raw_right, ~raw_right)
    ]
    (both_right, raw_only), (keras_only, both_wrong) = right
    p = float(contingency_tables.mcnemar(right, exact=True).pvalue)
    return Disagreement(both_right, raw_only, keras_only, both_wrong, p)


def _check_margin(margin: float) -> None:
    """Raise ValueError unless the margin is positive and finite."""
    if not 0 < margin < math.inf:
        raise ValueError(f"margin: {margin} is not a positive number of percentage points")


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
    return 0.0 if sd <= _NO_SPREAD else float(sd)


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
        return "equivalent"
    return "different" if tests.low > 0 or tests.high < 0 else "inconclusive"


def _paired_power(n: int, alpha: float, low: float, high: float) -> float:
    """Return the power with n - 1 degrees of freedom; low and high in standard errors."""
    from scipy import stats

    return _reject_both(stats.t.isf(alpha, n - 1), n - 1, low, high)


def _welch_power(n: int, alpha: float, low: float, high: float) -> float:
    """Return the power of Welch's test of two sides with n seeds and one true spread.

    With h the first side's share of the sum of both variances, Welch's degrees of freedom are
    (n - 1) / (h^2 + (1 - h)^2). That share is Beta((n - 1) / 2, (n - 1) / 2), and independent of
    the sum, which has 2 (n - 1) degrees of freedom. So the mean is taken over h's quantiles.
    """
    from scipy import integrate, stats

    def power_at(quantiles: np.ndarray) -> np.ndarray:
        share = stats.beta.ppf(quantiles, (n - 1) / 2, (n - 1) / 2)
        critical = stats.t.isf(alpha, (n - 1) / (share**2 + (1 - share) ** 2))
        return np.array([_reject_both(c, 2 * (n - 1), low, high) for c in critical])

    # h and 1 - h give the same degrees of freedom: half of the quantiles stand for all
    return 2 * float(integrate.fixed_quad(power_at, 0, 0.5, n=_DOF_NODES)[0])


def _reject_both(critical: float, dof: int, low: float, high: float) -> float:
    """Return P(low + critical s < Z < high - critical s), Z normal, s = chi(dof) / sqrt(dof)."""
    from scipy import integrate, special, stats

    scale = 1 / math.sqrt(dof)

    def density_times_chance(s: np.ndarray) -> np.ndarray:
        chance = special.ndtr(high - critical * s) - special.ndtr(low + critical * s)
        return stats.chi.pdf(s, dof, scale=scale) * chance

    first, last = stats.chi.ppf(1e-13, dof, scale=scale), stats.chi.isf(1e-13, dof, scale=scale)
    last = min(last, (high - low) / (2 * critical))  # beyond, the bounds have crossed
    if last <= first:
        return 0.0
    return float(integrate.fixed_quad(density_times_chance, first, last, n=_SPREAD_NODES)[0])
