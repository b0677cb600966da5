import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.stats.equivalence import Equivalence, equivalence
from bench.stats.power import MOST_SEEDS, seeds_needed, seeds_to_differ, tost_power

RAW = np.array([0.9812, 0.9790, 0.9825, 0.9801, 0.9808, 0.9817])
KERAS = np.array([0.9805, 0.9797, 0.9816, 0.9803, 0.9799, 0.9820])
EXPERIMENTS = 20_000


def _p_tost(a: np.ndarray, b: np.ndarray, margin: float, paired: bool) -> np.ndarray:
    """Return scipy's TOST p-values over the last axis: the larger of two one-sided ones."""

    def p(shift: float, alternative: str) -> np.ndarray:
        if paired:
            return stats.ttest_1samp(a - b, shift, axis=-1, alternative=alternative).pvalue
        return stats.ttest_ind(
            a - shift, b, axis=-1, equal_var=False, alternative=alternative
        ).pvalue

    return np.maximum(p(-margin, "greater"), p(margin, "less"))


def _arms(rng, difference, sd, shape, paired):
    """Return two arms in pp; sd is that of the differences, or that of each side."""
    if not paired:
        return rng.normal(difference, sd, shape), rng.normal(0, sd, shape)
    keras = rng.normal(0, 5 * sd, shape)  # what both share must cancel
    return keras + rng.normal(difference, sd, shape), keras


@pytest.mark.parametrize("paired", [True, False])
def test_the_figures_are_those_of_scipy(paired):
    found = equivalence(RAW, KERAS, 0.2, paired)
    a, b = 100 * RAW, 100 * KERAS
    test = stats.ttest_rel(a, b) if paired else stats.ttest_ind(a, b, equal_var=False)
    interval = test.confidence_interval(0.95)
    assert found.difference == pytest.approx(a.mean() - b.mean())
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.p_difference == pytest.approx(test.pvalue)
    assert found.p_tost == pytest.approx(float(_p_tost(a, b, 0.2, paired)))
    assert (found.seeds, found.margin, found.paired) == (6, 0.2, paired)


def test_the_sign_says_which_side_is_better():
    assert equivalence(RAW + 0.01, KERAS, 0.2, paired=True).difference > 0
    assert equivalence(RAW, KERAS + 0.01, 0.2, paired=True).high < 0


def test_pairing_decides_when_the_seeds_share_their_luck():
    luck = np.array([0.95, 0.96, 0.97, 0.98, 0.99])
    twin = luck + np.array([1, -1, 2, -2, 1]) * 1e-4
    assert equivalence(luck, twin, 0.1, paired=True).verdict == "equivalent"
    assert equivalence(luck, twin, 0.1, paired=False).verdict == "inconclusive"


def test_a_significant_difference_inside_the_margin_is_equivalent():
    found = equivalence(KERAS + 0.001 + (RAW - KERAS) / 10, KERAS, 0.2, paired=True)
    assert found.p_difference < 0.05
    assert found.low > 0
    assert found.verdict == "equivalent"
    assert found.seeds_needed is None


@pytest.mark.parametrize("paired", [True, False])
def test_a_difference_beyond_the_margin_is_different(paired):
    found = equivalence(RAW - 0.02, KERAS, 0.2, paired)
    assert found.verdict == "different"
    assert found.high < 0
    assert found.p_tost > 0.95
    assert found.seeds_needed is None


@pytest.mark.parametrize("paired", [True, False])
def test_an_inconclusive_verdict_says_how_many_seeds_would_do(paired):
    margin = 0.05
    found = equivalence(RAW, KERAS, margin, paired)
    assert found.verdict == "inconclusive"
    a, b = 100 * RAW, 100 * KERAS
    sd = np.std(a - b, ddof=1) if paired else np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    assert found.power == pytest.approx(tost_power(sd, 6, margin, paired))
    assert found.power < 0.8
    assert found.seeds_needed > 6
    assert tost_power(sd, found.seeds_needed, margin, paired) >= 0.8
    assert tost_power(sd, found.seeds_needed - 1, margin, paired) < 0.8


@pytest.mark.parametrize("paired", [True, False])
def test_outside_the_margin_the_seeds_are_counted_that_show_the_difference(paired):
    found = equivalence([0.97, 0.99, 0.95], [0.96, 0.96, 0.96], 0.5, paired)
    sd = 2.0 if paired else np.sqrt(2.0)
    assert found.verdict == "inconclusive"
    assert found.seeds_needed == seeds_to_differ(sd, 1.0, paired)
    rng = np.random.default_rng(0)
    shape = (found.seeds_needed, 4000)
    a, b = rng.normal(1.0, sd, shape), rng.normal(0.0, sd, shape)
    p = stats.ttest_1samp(a, 0).pvalue if paired else stats.ttest_ind(a, b).pvalue
    assert abs((p < 0.05).mean() - 0.8) < 0.03  # 4 standard errors of the simulation


@pytest.mark.parametrize("paired", [True, False])
def test_identical_twins_without_spread_are_equivalent(paired):
    twin = [0.1 + 0.2] * 7  # the sum of seven of them rounds
    found = equivalence(twin, twin, 0.01, paired)
    assert found == Equivalence("equivalent", paired, 7, 0.0, 0.0, 0.0, 0.01, 0.0, 1.0, 1.0, None)


def test_bit_identical_twins_that_vary_over_seeds_are_equivalent_when_paired():
    found = equivalence(RAW, RAW, 1e-4, paired=True)
    assert (found.verdict, found.low, found.high) == ("equivalent", 0.0, 0.0)
    assert (found.p_tost, found.power) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("gap", "verdict", "p_tost"),
    [(60, "different", 1.0), (30, "different", 1.0), (29, "equivalent", 0.0)],
)
def test_a_constant_difference_is_exact_despite_rounding(gap, verdict, p_tost):
    right = np.arange(2001, 10_000, 1371)  # of 10,000
    raw, keras = (right - gap) / 10_000, right / 10_000
    assert np.ptp(100 * raw - 100 * keras) > 0  # by rounding alone
    found = equivalence(raw, keras, 0.3, paired=True)
    assert (found.verdict, found.p_tost, found.p_difference) == (verdict, p_tost, 0.0)
    assert found.low == found.high == found.difference == pytest.approx(-gap / 100)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("keras", [0.98, 0.90])
def test_a_single_seed_decides_nothing(keras, paired):
    found = equivalence([0.98], [keras], 0.5, paired)
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert (found.verdict, found.p_tost, found.p_difference) == ("inconclusive", 1.0, 1.0)
    assert found.power == 0.0
    assert found.seeds_needed == 2


_SHARES = st.integers(0, 10_000).map(lambda right: right / 10_000)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(_SHARES, _SHARES), min_size=1, max_size=6), st.booleans())
def test_there_is_never_a_nan_and_the_interval_holds_the_difference(pairs, paired):
    found = equivalence([a for a, _ in pairs], [b for _, b in pairs], 0.3, paired)
    numbers = [v for v in dataclasses.asdict(found).values() if isinstance(v, float)]
    assert not np.isnan(numbers).any()
    assert found.low <= found.difference <= found.high
    assert all(0 <= p <= 1 for p in (found.p_tost, found.p_difference, found.power))
    assert (found.seeds_needed is not None) == (found.verdict == "inconclusive")


@pytest.mark.parametrize("paired", [True, False])
def test_at_the_edge_of_the_margin_one_in_twenty_is_called_equivalent(paired, monkeypatch):
    # these two cost most of the time, and have no say in the verdict
    monkeypatch.setattr("bench.stats.equivalence.seeds_needed", lambda *_, **__: 2)
    monkeypatch.setattr("bench.stats.equivalence.tost_power", lambda *_, **__: 0.0)
    rng = np.random.default_rng(0)
    a, b = _arms(rng, 0.5, 0.15, (1_500, 10), paired)
    verdicts = [
        equivalence(0.9 + x / 100, 0.9 + y / 100, 0.5, paired).verdict
        for x, y in zip(a, b, strict=True)
    ]
    rate = verdicts.count("equivalent") / len(verdicts)
    assert rate == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / len(verdicts)))


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize(
    ("n", "sd", "difference"), [(3, 0.2, 0.0), (4, 0.25, 0.0), (12, 0.4, 0.1), (40, 0.9, -0.2)]
)
def test_power_is_the_share_of_simulated_experiments(n, sd, difference, paired):
    rng = np.random.default_rng(n)
    a, b = _arms(rng, difference, sd, (EXPERIMENTS, n), paired)
    passed = float(np.mean(_p_tost(a, b, 0.5, paired) < 0.05))
    power = tost_power(sd, n, 0.5, paired, true_difference=difference)
    assert 0.02 < passed < 0.98
    assert power == pytest.approx(passed, abs=4 * math.sqrt(passed * (1 - passed) / EXPERIMENTS))


def test_power_is_the_published_one():
    # R's PowerTOST: power.TOST(CV = 0.3, n = 40) is 0.8158453; a crossover with 38 degrees of
    # freedom, a standard error of sd sqrt(2 / 40), a true ratio of 0.95 and a margin of 1.25
    sd = math.sqrt(math.log(1 + 0.3**2)) * math.sqrt(2 / 40) * math.sqrt(39)
    power = tost_power(sd, 39, math.log(1.25), paired=True, true_difference=math.log(0.95))
    assert power == pytest.approx(0.8158453, abs=1e-7)


def test_power_at_its_limits():
    assert tost_power(0.0, 2, 0.5, paired=True) == 1.0
    assert tost_power(0.0, 2, 0.5, paired=True, true_difference=0.5) == 0.0
    assert tost_power(0.1, 1, 0.5, paired=False) == 0.0
    assert 0.0 <= tost_power(1e6, 3, 0.5, paired=False) < 1e-9
    assert tost_power(1e-6, 2, 0.5, paired=True) == pytest.approx(1.0, abs=1e-4)
    # far from the other edge, one test alone decides: its level
    edge = tost_power(0.01, 30, 0.5, paired=True, alpha=0.01, true_difference=0.5)
    assert edge == pytest.approx(0.01, abs=1e-6)


@pytest.mark.parametrize("paired", [True, False])
def test_the_fewest_seeds_are_found_and_never_too_many(paired):
    powers = [tost_power(0.3, n, 0.25, paired) for n in range(2, 60)]
    first = next(n for n, power in enumerate(powers, 2) if power >= 0.8)
    assert powers == sorted(powers)  # what the search relies on
    assert seeds_needed(0.3, 0.25, paired) == first
    assert seeds_needed(0.3, 0.25, paired, power=0.9) > first
    assert seeds_needed(0.0, 0.25, paired) == 2
    assert seeds_needed(50.0, 0.1, paired) == MOST_SEEDS
    assert seeds_needed(0.3, 0.25, paired, true_difference=-0.25) == MOST_SEEDS


@pytest.mark.parametrize(
    ("raw", "keras", "margin", "message"),
    [
        ([0.9, 0.8], [0.9], 0.5, "one accuracy per seed"),
        ([[0.9]], [[0.9]], 0.5, "one accuracy per seed"),
        ([], [], 0.5, "no seeds"),
        ([0.9], [0.9], 0.0, "margin"),
        ([0.9], [0.9], -0.5, "margin"),
        ([0.9], [0.9], math.nan, "margin"),
        ([0.9], [0.9], math.inf, "margin"),
        ([98.1], [0.9], 0.5, "raw: .* shares"),
        ([0.9], [math.nan], 0.5, "keras: .* shares"),
    ],
)
def test_equivalence_refuses(raw, keras, margin, message):
    with pytest.raises(ValueError, match=message):
        equivalence(raw, keras, margin, paired=True)


@pytest.mark.parametrize("function", [tost_power, seeds_needed])
def test_power_refuses_what_is_no_spread_or_margin(function):
    n = {"n": 5} if function is tost_power else {}
    with pytest.raises(ValueError, match="sd"):
        function(sd=-0.1, margin=0.5, paired=True, **n)
    with pytest.raises(ValueError, match="margin"):
        function(sd=0.1, margin=0.0, paired=True, **n)
