"""Jobs in several processes: each result comes once, though a process be killed."""

import json
import os
import signal
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.scale import jobs


def square(number, folder):
    return number * number, os.getpid()


def killed_once(number, folder):
    """End the process at the first attempt of one task, as a kernel short of memory does."""
    seen = Path(folder, str(number))
    if number == 2 and not seen.exists():
        seen.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def killed_always(number, folder):
    os.kill(os.getpid(), signal.SIGKILL)


BEGIN = jobs._begin


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch):
    """Nothing here trains; a process without TensorFlow is there at once."""
    monkeypatch.setattr(jobs, "_begin", begin)


def begin(*shared):
    jobs._shared = shared


def test_every_result_comes_once(tmp_path):
    found = dict(jobs.done(square, [3, 4, 5, 6], 2, tmp_path))
    assert {number: result[0] for number, result in found.items()} == {0: 9, 1: 16, 2: 25, 3: 36}
    assert os.getpid() not in {pid for _, pid in found.values()}


def test_what_was_killed_is_done_again_and_nothing_twice(tmp_path):
    found = list(jobs.done(killed_once, [0, 1, 2, 3], 2, tmp_path))
    assert sorted(found) == [(n, n) for n in range(4)]


def test_what_is_killed_again_and_again_is_said(tmp_path):
    with pytest.raises(UserError, match="--jobs 2: 2 jobs were killed 3 times"):
        list(jobs.done(killed_always, [0, 1], 2, tmp_path))


@pytest.mark.full
def test_seeds_at_the_same_time_are_those_one_after_another(gvk, monkeypatch):
    monkeypatch.setattr(jobs, "_begin", BEGIN)
    small = ("accuracy", "perceptron", "--seeds", 3, "--dataset", "digits", "--limit", 100,
             "--epochs", 1)  # fmt: skip
    gvk(*small, "--json", "one.json")
    gvk(*small, "--json", "two.json", "--jobs", 2)
    one, two = (json.loads(Path(name).read_text()) for name in ("one.json", "two.json"))
    assert one["results"] == two["results"]


def test_jobs_and_seeds_in_one_graph_exclude_each_other(gvk):
    code, _, err = gvk("accuracy", "mlp", "--jobs", 2, "--vectorised", "--dataset", "digits")
    assert (code, err.count("\n")) == (2, 1)
    assert "--jobs and --vectorised exclude each other" in err
