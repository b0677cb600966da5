"""A run that is killed at any moment loses no finished block, and counts none twice."""

import random
import subprocess
import sys
import time

import pytest

from bench.errors import UserError
from bench.records.reading import FILE_NAME, ended, read
from bench.records.seals import seal_holds
from bench.records.writing import Store
from bench.stats.intervals import palindrome

BLOCKS, KILLS = 150, 20
MEASURE = f"""
import sys, time
from pathlib import Path
from bench.timing.blocks import Stop
from bench.timing.resumable import Measurement, take_blocks
from bench.records.writing import Store

class Stand:
    arms = ("a", "b")
    def open(self):
        return {{name: lambda: time.sleep(0.001) for name in self.arms}}

print("ready", flush=True)  # the imports take their own time on a busy machine
store = Store(Path(sys.argv[1]))
store.start(resume=True, verb="bench", plan={{"blocks": {BLOCKS}}})
how = Measurement("quick", Stop({BLOCKS}, {BLOCKS}, 0, 1e9), 1.0, 5, 0.02)
blocks, stopped = take_blocks(store, {{"model": "m", "task": "t"}}, Stand(), how, lambda b: 1.0)
store.finish()
"""


def _measure(folder):
    command = [sys.executable, "-c", MEASURE, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.full
def test_a_run_killed_at_twenty_random_moments_ends_with_each_block_once(tmp_path):
    at = random.Random(0)
    lost, finished = 0, 0
    for _ in range(KILLS):
        process = _measure(tmp_path)
        time.sleep(at.uniform(0.0, 0.1))
        process.kill()
        process.communicate()
        before = _blocks(tmp_path)
        lost += len(before) < finished
        finished = len(before)
    last = _measure(tmp_path)
    last.communicate()
    assert last.returncode == 0
    assert lost == 0
    records = read(tmp_path)
    assert len(ended(records)) == 1
    assert len({record["run"] for record in records}) == 1
    blocks = _blocks(tmp_path)
    assert [block["block"] for block in blocks] == list(range(BLOCKS))
    assert all(b["order"] == palindrome(("a", "b"), 5, b["block"]) for b in blocks)
    assert all(seal_holds(record) for record in records)
    sittings = 1 + sum(record["kind"] == "resume" for record in records)
    assert sittings > KILLS / 2  # else the kills did not come in the middle of it


def _blocks(folder):
    if not (folder / FILE_NAME).exists():
        return []
    return [record for record in read(folder) if record["kind"] == "block"]


RUN = {"verb": "bench", "plan": {"seed": 0}, "environment": {"cpu": "x", "load_average": 1.0}}


def _killed(folder, **changes):
    store = Store(folder)
    store.start(**(RUN | changes))
    store.append("block", model="mlp", block=0)
    return store


def test_resuming_goes_on_with_the_same_run(tmp_path):
    first = _killed(tmp_path)
    store = Store(tmp_path)
    store.start(resume=True, **(RUN | {"environment": {"cpu": "x", "load_average": 9.0}}))
    assert store.run == first.run
    assert [block["block"] for block in store.earlier("block", model="mlp")] == [0]
    assert store.earlier("block", model="other") == []
    assert read(tmp_path)[-1]["kind"] == "resume"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"environment": {"cpu": "y"}}, "environment: cpu x, this one y"),
        ({"plan": {"seed": 1}}, "plan: seed 0, this one 1"),
    ],
)
def test_resuming_is_refused_under_another_hash_and_says_what_differs(tmp_path, changes, named):
    _killed(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(UserError, match=named):
        Store(tmp_path).start(resume=True, **(RUN | changes))
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_run_of_another_verb_is_not_resumed(tmp_path):
    first = _killed(tmp_path, verb="ladder")
    store = Store(tmp_path)
    store.start(resume=True, **RUN)
    assert store.run != first.run


def test_without_a_run_it_starts_one(tmp_path):
    store = Store(tmp_path)
    assert store.start(resume=True, **RUN)["kind"] == "run"


def test_a_finished_run_is_not_ended_twice(tmp_path):
    _killed(tmp_path).finish()
    before = (tmp_path / FILE_NAME).read_bytes()
    store = Store(tmp_path)
    store.start(resume=True, **RUN)
    store.finish()
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_record_is_made_once_whatever_sitting_asks(tmp_path):
    first = _killed(tmp_path)
    made = first.once("stand", {"model": "mlp"}, lambda: {"steps": 3})
    store = Store(tmp_path)
    store.start(resume=True, **RUN)
    assert store.once("stand", {"model": "mlp"}, lambda: {"steps": 4}) == made
    assert store.once("stand", {"model": "other"}, lambda: {"steps": 4})["steps"] == 4
