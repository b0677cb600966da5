"""Arms in processes of their own: what is asked, what comes back, and how a worker ends."""

import os
import subprocess
import sys
import time

import pytest

from bench.errors import UserError
from bench.stats.intervals import palindrome
from bench.timing.blocks import Run, Stop
from bench.timing.slices import Pace
from bench.timing.turns import Turns, Worker, WorkerFailed

FACTORY = "tests.bench.timing.clocked_arms:make"


@pytest.fixture
def worker():
    """Return what starts a worker with arms that say what a step takes; all are ended."""
    started = []

    def start(environment=None, **seconds):
        started.append(Worker(FACTORY, seconds, environment, name="arms"))
        return started[-1]

    yield start
    for each in started:
        each.end()


def test_a_worker_prepares_and_takes_slices(worker):
    arms = worker(a=0.001, b=0.004)
    assert arms.prepare("a") == pytest.approx(0.001)
    assert arms.prepare("b") == pytest.approx(0.004)
    assert arms.slice("a", 0.05) == (pytest.approx(0.05), 50)
    assert arms.slice("b", 0.05).steps == 12
    arms.close()
    assert arms._process.returncode == 0


def test_two_workers_take_turns_as_the_blocks_order_them(worker):
    one, other = worker(a=0.001), worker(a=0.002)
    seconds = {"one": one.prepare("a"), "other": other.prepare("a")}

    class Stand:
        arms = ("one", "other")

        def open(self):
            places = {"one": (one, "a"), "other": (other, "a")}
            return Turns(places, Pace(seconds, 2, 0), [one, other])

    run = Run(Stand(), Stop(3, 3, 0, float("inf")), "quick", 0, lambda blocks: 1.0)
    blocks = list(run)
    assert [block.order for block in blocks] == [palindrome(Stand.arms, 0, n) for n in range(3)]
    for block in blocks:
        a_step = [s / n for s, n in zip(block.seconds, block.steps, strict=True)]
        assert a_step == pytest.approx([seconds[name] for name in block.order])
        assert block.idle_share >= 0
    assert one._process.returncode == other._process.returncode == 0


def test_variables_are_set_before_the_process_starts(worker, monkeypatch):
    monkeypatch.setenv("GVK_TEST", "outside")
    assert worker().call("variable", name="GVK_TEST") == "outside"
    assert worker({"GVK_TEST": "inside"}).call("variable", name="GVK_TEST") == "inside"
    assert worker({"GVK_TEST": None}).call("variable", name="GVK_TEST") is None


def test_bad_input_is_bad_input_here_too(worker):
    with pytest.raises(UserError, match="no arm c: name one of a"):
        worker(a=1).prepare("c")


def test_a_worker_goes_on_after_what_its_arms_raise(worker):
    arms = worker(a=0.001)
    with pytest.raises(WorkerFailed, match="arms: ValueError: of its own"):
        arms.call("fail")
    assert arms.prepare("a") == pytest.approx(0.001)


def test_a_worker_that_ends_says_how_and_what_it_wrote_last(worker):
    arms = worker()
    said = r"arms has ended by signal 9 \(SIGKILL\), .*memory is short \(the last words\)"
    with pytest.raises(WorkerFailed, match=said):
        arms.call("end")
    with pytest.raises(WorkerFailed, match="ended"):
        arms.prepare("a")


def test_a_worker_that_does_not_answer_is_ended(worker):
    arms = worker(a=0.001)
    arms.prepare("a")
    with pytest.raises(WorkerFailed, match="did not answer within"):
        arms.call("hang", timeout=0.2)
    assert arms._process.returncode == -9


def test_a_worker_ends_with_its_parent():
    code = (
        "import time; from bench.timing.turns import Worker\n"
        f"w = Worker({FACTORY!r}, {{'a': 0.001}}); w.prepare('a')\n"
        "print(w._process.pid, flush=True); w.call('hang')"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    for _ in range(200):  # its own end takes three seconds at most
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"process {child} outlived its parent")
