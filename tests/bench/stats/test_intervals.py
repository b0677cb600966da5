import numpy as np
import pytest

from bench.stats.intervals import mean_of, palindrome, ratio_of


@pytest.mark.parametrize("blocks", [4, 12])
def test_the_interval_covers_the_truth_about_as_often_as_it_says(blocks):
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(300):
        slow_machine = rng.lognormal(0, 1, blocks)  # what both arms of a block share must cancel
        keras = 2.0 * slow_machine * rng.lognormal(0, 0.1, blocks)
        raw = slow_machine * rng.lognormal(0, 0.1, blocks)
        found = ratio_of(keras, raw)
        covered += found.low <= 2.0 <= found.high
    assert 0.91 <= covered / 300 <= 0.985  # 0.95, and three times its standard error


def test_one_block_has_no_interval():
    found = ratio_of([2.0], [1.0])
    assert found.ratio == pytest.approx(2)  # exp(log(2)) is not 2 on every processor
    assert (found.low, found.high) == (0.0, float("inf"))
    assert found.width == float("inf")


def test_the_ratio_is_the_geometric_mean_and_drops_nothing():
    found = ratio_of([1.0, 4.0, 100.0], [1.0, 1.0, 1.0])
    assert found.ratio == pytest.approx(400 ** (1 / 3))
    assert found.blocks == 3


def test_the_same_values_give_the_same_digits():
    values = np.random.default_rng(3).normal(size=20)
    assert mean_of(values) == mean_of(list(values))


def test_equal_blocks_leave_no_doubt():
    assert ratio_of([2.0] * 9, [1.0] * 9).width == pytest.approx(0, abs=1e-12)


def test_a_palindrome_gives_each_arm_the_same_middle():
    for block in range(5):
        order = palindrome(["a", "b", "c"], 1, block)
        assert order == order[::-1]
        assert sorted(order) == ["a", "a", "b", "b", "c", "c"]
        assert order == palindrome(["a", "b", "c"], 1, block)


def test_of_two_arms_it_is_abba_or_baab():
    orders = {"".join(palindrome("ab", 0, block)) for block in range(20)}
    assert orders == {"abba", "baab"}
