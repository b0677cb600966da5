"""Memory that runs out: the arm is named, what was measured before stays, and killed is said."""

import os
import re
import signal

import pytest
import tensorflow as tf

from bench.errors import UserError
from bench.host import fresh_process
from bench.host.memory import KILLED, how_it_ended, named_if_short
from bench.records.reading import latest, read
from rawtf.engines.step import Step
from tests.bench.commands.test_bench import LITTLE, MODEL

SHORT = tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor\nby GPU_0_bfc")


@pytest.mark.parametrize("error", [SHORT, MemoryError("cannot allocate"), MemoryError()])
def test_the_arm_is_named_with_the_remedy(error):
    with pytest.raises(UserError, match=r"^raw step: out of memory.*smaller batch") as raised:
        with named_if_short("raw step"):
            raise error
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("error", [ValueError("x"), tf.errors.UnknownError(None, None, "x")])
def test_any_other_error_is_left_alone(error):
    with pytest.raises(type(error)), named_if_short("raw step"):
        raise error


@pytest.fixture
def short_after(monkeypatch):
    """Let the engine ``step`` run out of memory at its so many'th epoch, or part of one."""
    trained = Step.train_epoch

    def plant(epochs):
        left = iter(range(epochs))

        def train(self, *arguments):
            if next(left, None) is None:
                raise SHORT
            return trained(self, *arguments)

        monkeypatch.setattr(Step, "train_epoch", train)

    yield plant


def test_an_arm_that_runs_out_is_one_line_and_the_run_can_be_gone_on_with(
    gvk, hasty, one_process, short_after, monkeypatch, tmp_path
):
    short_after(12)
    code, _, err = gvk("bench", *MODEL, *LITTLE)
    assert (code, len(err.splitlines())) == (2, 1)
    assert re.match(r"gvk: raw step( again)?: out of memory \(OOM when allocating tensor\)", err)
    before = read(tmp_path / "reports" / "digits")
    assert {"run", "parity"} <= {record["kind"] for record in before}

    short_after(10**6)
    assert gvk("bench", *MODEL, *LITTLE, "--resume")[0] in (0, 1, 3)
    records = read(tmp_path / "reports" / "digits")
    assert records[: len(before)] == before
    assert "perceptron" in latest(records)


def test_a_proof_names_its_side(gvk, monkeypatch):
    def short(self, *batch):
        raise SHORT

    monkeypatch.setattr(Step, "train_on_batch", short)
    code, _, err = gvk("parity", "perceptron", "--dataset", "digits", "--steps", 1)
    assert (code, err.split(":")[1]) == (2, " raw step")


def test_a_training_that_runs_out_is_one_line(gvk, monkeypatch):
    def short(*arguments, **named):
        raise MemoryError("cannot allocate 7 EiB")

    monkeypatch.setattr("bench.twins.initial_weights", short)
    train = ("train", "perceptron", "--impl", "raw", "--dataset", "digits", "--epochs", 1)
    code, _, err = gvk(*train)
    assert (code, len(err.splitlines())) == (2, 1)
    assert "out of memory (cannot allocate 7 EiB)" in err


def nothing(*_):
    """Stand where TensorFlow would be started."""


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_the_system_kills_is_one_line(monkeypatch):
    monkeypatch.setattr(fresh_process, "prepare", nothing)
    with pytest.raises(UserError, match=r"most likely by signal 9 \(SIGKILL\), .*memory is short"):
        fresh_process.in_fresh_process(killed)
    assert how_it_ended(-signal.SIGKILL) == KILLED
