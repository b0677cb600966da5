"""Batch means: neighbours that are alike are put together, others are left alone."""

import numpy as np
import pytest

from bench.stats.batch_means import FEWEST, MOST, batched_ratio_of, neighbours_alike
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


def test_equal_and_few_values_are_not_called_alike():
    assert not neighbours_alike(np.zeros(50))
    assert not neighbours_alike(np.linspace(0, 1, FEWEST - 1))


@pytest.mark.parametrize("n", [8, 16, 64])
def test_independence_is_taken_for_likeness_as_seldom_as_is_said(n):
    found = [neighbours_alike(np.log(independent(n, seed))) for seed in range(1000)]
    # one in ten; of 1,000 draws 3 standard errors are 0.028, and n = 8 is not quite normal
    assert 0.06 < np.mean(found) < 0.14
