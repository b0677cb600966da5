import numpy as np

from bench.intervals import palindromes, ratio_of


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        slow_machine = rng.lognormal(0, 1, 6)  # what both arms of a block share must cancel
        keras = 2.0 * slow_machine * rng.lognormal(0, 0.1, 6)
        raw = slow_machine * rng.lognormal(0, 0.1, 6)
        found = ratio_of(keras, raw)
        covered += found.low <= 2.0 <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_one_block_has_no_interval():
    found = ratio_of([2.0], [1.0])
    assert (found.ratio, found.low, found.high) == (2.0, 0.0, float("inf"))


def test_palindromes_give_each_arm_the_same_middle():
    for order in palindromes(["a", "b", "c"], 5, seed=1):
        assert order == order[::-1]
        assert sorted(order) == ["a", "a", "b", "b", "c", "c"]
    assert list(palindromes("ab", 9, 1)) == list(palindromes("ab", 9, 1))
