"""Batch means: neighbours that are alike are put together, others are left alone."""

import numpy as np
import pytest

from bench.stats.batch_means import DOUBTFUL, FEWEST, MOST, batched_ratio_of, likeness
from bench.stats.intervals import ratio_of


def independent(n, seed=0):
    return np.exp(np.random.default_rng(seed).normal(0, 0.1, n))


def wandering(n, seed=0, keeps=0.9):
    """Return values each of which keeps a share of the one before."""
    rng, values = np.random.default_rng(seed), [0.0]
    for _ in range(n - 1):
        values.append(keeps * values[-1] + rng.normal(0, 0.1))
    return np.exp(values)


def test_independent_blocks_stay_as_they_are():
    seconds = independent(40, seed=1)
    found, plain = batched_ratio_of(np.ones(40), seconds), ratio_of(np.ones(40), seconds)
    assert (found.batch, found.alike, found.blocks) == (1, False, 40)
    assert (found.ratio, found.low, found.high) == pytest.approx(
        (plain.ratio, plain.low, plain.high), rel=1e-12
    )


def test_blocks_that_are_alike_are_put_together_and_the_interval_gets_wider():
    seconds = wandering(400)
    found, plain = batched_ratio_of(np.ones(400), seconds), ratio_of(np.ones(400), seconds)
    assert found.batch > 1
    assert found.blocks >= FEWEST
    assert found.width > 2 * plain.width
    assert found.ratio == pytest.approx(plain.ratio, rel=1e-12)  # of all blocks, none left out


def test_what_stays_alike_says_so():
    drift = np.linspace(1, 2, 2 * FEWEST)
    found = batched_ratio_of(np.ones(2 * FEWEST), drift)
    assert found.alike
    assert found.blocks == FEWEST


def test_many_blocks_are_put_together_for_their_number_alone():
    found = batched_ratio_of(np.ones(3 * MOST), independent(3 * MOST))
    assert found.batch == 4
    assert found.blocks == 3 * MOST // 4


def test_of_equal_and_of_few_values_nothing_is_said():
    assert likeness(np.zeros(50)).level == 1.0
    assert likeness(np.linspace(0, 1, FEWEST - 1)).widening == 1.0


def test_what_is_too_few_to_put_together_is_widened_for():
    short = wandering(2 * FEWEST - 1, seed=3)
    doubt = likeness(np.log(short))
    assert doubt.level < DOUBTFUL
    found, plain = batched_ratio_of(np.ones(15), short), ratio_of(np.ones(15), short)
    assert found.batch == 1
    factor = np.sqrt((1 + doubt.correlation) / (1 - doubt.correlation))
    assert np.log(found.high / found.ratio) == pytest.approx(
        factor * np.log(plain.high / plain.ratio)
    )


@pytest.mark.parametrize("n", [8, 16, 64])
def test_independence_is_taken_for_likeness_as_seldom_as_is_said(n):
    levels = [likeness(np.log(independent(n, seed))).level for seed in range(1000)]
    # of 1,000 draws 3 standard errors are 0.04, and with n = 8 the normal is not quite right
    assert abs(np.mean([level < DOUBTFUL for level in levels]) - DOUBTFUL) < 0.06
