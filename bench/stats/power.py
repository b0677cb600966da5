"""How many seeds it takes: the power of the tests of ``bench.stats.equivalence``.

Standard deviations, differences and margins are in percentage points (pp).

Source: for the exact power of two one-sided tests, K. F. Phillips, J. Pharmacokinet. Biopharm. 18
(1990).
"""

import math
from bisect import bisect_left

import numpy as np

ALPHA = 0.05
POWER = 0.8
MOST_SEEDS = 10_000

# Accuracies are multiples of one over the test examples, 0.01 pp of MNIST's. A spread this far
# below that comes from floating-point sums, and a t test would take it for a measurement.
NO_SPREAD = 1e-9  # pp

_SPREAD_NODES = 96
_DOF_NODES = 12


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
    check_margin(margin)
    if not 0 <= sd < math.inf:
        raise ValueError(f"sd: {sd} is not a standard deviation")
    if n < 2:
        return 0.0
    if sd <= NO_SPREAD:
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
        check_margin(margin)
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

    if sd <= NO_SPREAD:
        return 2
    test, effect = (TTestPower if paired else TTestIndPower)(), abs(difference) / sd
    size = "nobs" if paired else "nobs1"
    place = bisect_left(
        range(2, MOST_SEEDS),
        power,
        key=lambda n: test.power(effect, **{size: n}, alpha=alpha),
    )
    return 2 + place


def check_margin(margin: float) -> None:
    """Raise ValueError unless the margin is positive and finite."""
    if not 0 < margin < math.inf:
        raise ValueError(f"margin: {margin} is not a positive number of percentage points")


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
