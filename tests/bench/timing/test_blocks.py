"""The paired design, on arms that only note when they were called."""

import os
from dataclasses import replace

import pytest

from bench.stats.intervals import palindrome
from bench.timing.blocks import Block, Run, Stop

STOP = Stop(least=3, most=5, target_width=0.1, budget_seconds=1000)


class Noted:
    """A stand of two arms; in a fresh process it starts with an empty list."""

    arms = ("a", "b")

    def __init__(self):
        self.calls = []
        self.opened = 0

    def open(self):
        self.opened += 1
        return {name: lambda name=name: self.calls.append(name) for name in self.arms}


def a_run(stand, width=lambda blocks: 1.0, stop=STOP, precision="quick", blocks=()):
    return Run(stand, stop, precision, 7, width, list(blocks))


def test_segments_run_in_the_order_that_is_recorded():
    stand = Noted()
    run = a_run(stand)
    blocks = list(run)
    assert stand.opened == 1
    assert [name for block in blocks for name in block.order] == stand.calls
    assert [block.order for block in blocks] == [palindrome(("a", "b"), 7, n) for n in range(5)]
    assert all(len(block.seconds) == 4 and min(block.seconds) > 0 for block in blocks)
    assert {block.process for block in blocks} == {os.getpid()}
    assert run.stopped == "all 5 blocks taken"


@pytest.mark.usefixtures("hasty")
def test_it_stops_at_a_narrow_interval_but_not_before_the_least():
    asked = []
    run = a_run(Noted(), width=lambda blocks: asked.append(len(blocks)) or 0.05)
    assert len(list(run)) == 3
    assert asked == [3]
    assert run.stopped == "interval narrower than 10.0% after 3 blocks"


@pytest.mark.usefixtures("hasty")
def test_it_stops_when_the_budget_is_spent_and_counts_earlier_sittings():
    stop = replace(STOP, budget_seconds=10)
    long = [Block(n, "abba", [1.0] * 4, 1, 0.0, None, wall_seconds=6.0) for n in range(2)]
    run = a_run(Noted(), stop=stop, blocks=long)
    assert list(run) == []
    assert run.stopped == "time budget of 10 s spent after 2 blocks"


@pytest.mark.usefixtures("hasty")
def test_a_resumed_run_takes_the_blocks_that_are_missing():
    whole = [block.order for block in a_run(Noted())]
    stand = Noted()
    earlier = [Block(n, whole[n], [1.0] * 4, 1, 0.0, None) for n in range(3)]
    run = a_run(stand, blocks=earlier)
    new = list(run)
    assert [block.block for block in new] == [3, 4]
    assert [block.order for block in run.blocks] == whole


@pytest.mark.full
def test_full_precision_takes_a_fresh_process_for_each_block():
    stop = Stop(least=2, most=2, target_width=0)
    processes = [block.process for block in a_run(Noted(), stop=stop, precision="full")]
    assert len({*processes, os.getpid()}) == 3


@pytest.mark.usefixtures("hasty")
def test_what_an_arm_raises_is_not_hidden():
    class Broken(Noted):
        def open(self):
            return {"a": lambda: 1 / 0, "b": lambda: None}

    with pytest.raises(ZeroDivisionError):
        list(a_run(Broken()))
