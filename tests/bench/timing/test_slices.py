"""Slices of arms that only note what they were asked for, by a clock that they move themselves."""

from dataclasses import replace

import numpy as np
import pytest

from bench.stats.intervals import palindrome
from bench.timing.blocks import Run, Stop
from bench.timing.runners import EpochRunner, StepRunner, part_of
from bench.timing.slices import (
    LONGEST,
    MORE_LOOKS,
    SHORTEST,
    START,
    Pace,
    Slice,
    Slices,
    step_seconds,
)

ARMS = ("a", "b")
STEP = {"a": 0.001, "b": 0.004}


class Noted:
    """A runner whose steps take what they are said to take."""

    def __init__(self, calls, name, seconds):
        self.calls, self.name, self.seconds, self.closed = calls, name, seconds, False

    def take(self, steps):
        self.calls.append((self.name, steps))
        return Slice(steps * self.seconds, steps)

    def close(self):
        self.closed = True


class Stand:
    """Two noted arms."""

    arms = ARMS

    def __init__(self, rounds=2, step=STEP):
        self.pace, self.calls = Pace(step, rounds, seed=3), []
        self.runners = {name: Noted(self.calls, name, step[name]) for name in ARMS}

    def open(self):
        return Slices(self.runners, self.pace)


def test_every_arm_has_a_slice_a_round_and_rounds_go_back_and_forth():
    stand = Stand(rounds=4)
    order = palindrome(ARMS, 0, 0)
    timed = stand.open().time(0, order)
    slices = stand.calls[1::2]  # each after its start
    assert [name for name, _ in slices] == [*order, *order]
    assert timed.steps == [steps for _, steps in slices]
    assert len(timed.seconds) == len(timed.steps) == 8


def test_an_untimed_start_of_the_same_arm_comes_before_each_slice():
    stand = Stand()
    stand.open().time(0, palindrome(ARMS, 0, 0))
    starts, slices = stand.calls[::2], stand.calls[1::2]
    assert [name for name, _ in starts] == [name for name, _ in slices]
    assert dict(starts) == {"a": round(START / STEP["a"]), "b": 1}


def test_slices_of_a_round_are_equally_long_whatever_a_step_takes():
    timed = Stand(rounds=200).open().time(5, palindrome(ARMS, 0, 5))
    lengths = np.array(timed.seconds).reshape(200, 2)
    assert np.abs(lengths[:, 0] - lengths[:, 1]).max() <= STEP["b"]  # half a step of each
    assert SHORTEST * 0.7 < lengths.min() < 2 * SHORTEST
    assert LONGEST / 2 < lengths.max() < 1.1 * LONGEST


def test_lengths_come_from_the_seed_and_change_from_block_to_block():
    pace = Pace(STEP, 6, seed=3)
    assert pace.lengths(2).tolist() == pace.lengths(2).tolist()
    assert pace.lengths(2).tolist() != pace.lengths(3).tolist()
    assert pace.lengths(2).tolist() != replace(pace, seed=4).lengths(2).tolist()


def test_a_step_that_is_long_is_a_slice_without_a_start():
    stand = Stand(step={"a": 0.5, "b": 0.001})
    stand.open().time(0, palindrome(ARMS, 0, 0))
    assert [call for call in stand.calls if call[0] == "a"] == [("a", 1)] * 2
    assert stand.pace.round_seconds == pytest.approx(0.5 + 0.039 + START, abs=0.002)


def test_a_run_closes_its_runners_and_stores_steps_with_seconds():
    stand = Stand()
    run = Run(stand, Stop(2, 2, 0, 1e9), "quick", 7, lambda blocks: 1.0)
    blocks = list(run)
    assert all(block.steps and len(block.steps) == len(block.seconds) for block in blocks)
    assert all(runner.closed for runner in stand.runners.values())


@pytest.mark.parametrize(
    ("block_seconds", "budget"), [(0.01, 15.0), (0.5, 30.0), (0.9, 54.0), (20.0, 60.0)]
)
def test_a_budget_follows_the_machine_within_bounds(block_seconds, budget):
    assert Stop(budget_seconds=None, worth=60).budget(block_seconds) == budget
    assert Stop(budget_seconds=7.0).budget(block_seconds) == 7.0


class Engine:
    """An engine that notes the parts of an epoch that it is handed."""

    def __init__(self):
        self.parts = []

    def train_epoch(self, x, y, order, batch_size):
        self.parts.append(order.tolist())


def walked(runner, *steps):
    return [runner.take(n).steps for n in steps]


def test_a_walk_goes_on_where_it_was_and_sees_each_sample_once_an_epoch():
    engine, x = Engine(), np.arange(10)
    runner = StepRunner(engine, x, x, 4, 0)
    assert walked(runner, 2, 3, 1) == [2, 3, 1]
    assert [len(part) for part in engine.parts] == [8, 2, 8, 2]
    first, second = np.concatenate(engine.parts[:2]), np.concatenate(engine.parts[2:])
    assert sorted(first) == sorted(second) == x.tolist()
    assert first.tolist() != second.tolist()


def test_an_engine_of_whole_epochs_gets_one_call_a_slice_always_as_long():
    engine, x = Engine(), np.arange(40)
    runner = EpochRunner(engine, x, x, 4, 0, part=5)
    assert walked(runner, 1, 3, 8) == [1, 5, 5]
    assert [len(part) for part in engine.parts] == [4, 20, 20]
    whole = EpochRunner(engine, x, x, 4, 0, part=None)
    assert walked(whole, 100) == [10]
    assert sorted(engine.parts[-1]) == x.tolist()


def test_a_short_epoch_is_a_slice_as_it_is_and_a_long_one_is_cut():
    assert part_of(400, 0.0004) == 400
    assert part_of(400, 0.001) == 150
    assert part_of(400, 1.0) == 2


def test_a_first_look_goes_on_until_the_clock_can_be_trusted():
    runner = Noted([], "a", 0.001)
    assert step_seconds(runner) == pytest.approx(0.001)
    assert [steps for _, steps in runner.calls] == [1, 1, 2, 4, 8, 16, 32, *[32] * MORE_LOOKS]
