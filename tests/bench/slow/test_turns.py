"""Programs in turns: the ratio of known times, and when enough rounds are taken."""

import itertools

import pytest

from bench.slow.turns import LEAST_ROUNDS, in_turns
from bench.timing.slices import Slice


class Made:
    """Takes as long as it is told, on no clock."""

    def __init__(self, seconds):
        self.seconds = itertools.cycle(seconds)

    def take(self, steps):
        return Slice(steps * next(self.seconds), steps)

    def close(self):
        pass


def _timed(one, other, rounds=16):
    runners = {"one": Made(one), "other": Made(other)}
    return in_turns(runners, {"one": 1e-3, "other": 1e-3}, rounds, 60)


def test_a_ratio_of_known_times():
    times = _timed([2e-3], [1e-3])
    assert times.ratio("one", "other").ratio == pytest.approx(2)
    assert times.step("one") == pytest.approx(2e-3)
    assert len(times.rounds["one"]) == 16


def test_what_is_clear_in_every_round_needs_no_more():
    assert len(_timed([8e-3], [1e-3]).rounds["one"]) == LEAST_ROUNDS
    assert len(_timed([1e-3], [8e-3]).rounds["one"]) == LEAST_ROUNDS


def test_a_burst_is_not_taken_for_a_difference():
    times = _timed([1e-3, 1e-3, 1e-3, 9e-3], [1e-3])
    ratio = times.ratio("one", "other")
    assert len(times.rounds["one"]) == 16
    assert ratio.low < 1.1
