"""Memory that runs out: the arm is named, what was measured before stays, and killed is said."""

import re

import pytest
import tensorflow as tf

from bench.errors import UserError
from bench.host.memory import named_if_short
from bench.records.reading import latest, read
from bench.records.writing import Store
from bench.timing.blocks import Stop
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.slices import Pace, Slice, Slices
from rawtf.engines.step import Step
from tests.bench.commands.test_bench import LITTLE, MODEL

SHORT = tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor\nby GPU_0_bfc")


@pytest.mark.parametrize("error", [SHORT, MemoryError("cannot allocate"), MemoryError()])
def test_the_arm_is_named_with_the_remedy(error):
    said = r"^raw step: out of memory.*smaller batch"
    with pytest.raises(UserError, match=said) as raised, named_if_short("raw step"):
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

    return plant


class Short:
    """An arm that runs out of memory at its so many'th slice."""

    def __init__(self, slices):
        self.left = slices

    def take(self, steps):
        self.left -= 1
        if self.left < 0:
            raise SHORT
        return Slice(0.01 * steps, steps)

    def close(self):
        pass


class Stand:
    arms = ("a", "b")

    def __init__(self, slices):
        self.slices = slices

    def open(self):
        return Slices({"a": Short(10**6), "b": Short(self.slices)}, Pace({"a": 1, "b": 1}, 2, 0))


@pytest.mark.usefixtures("hasty")
def test_blocks_that_were_taken_before_stay_and_later_ones_follow(tmp_path):
    how = Measurement("quick", Stop(4, 4, 0, 1e9), 1.0, 5, 0.02)

    def take(slices, resume=False):
        store = Store(tmp_path)
        store.start(resume=resume, verb="bench", plan={})
        return take_blocks(store, {"model": "m"}, Stand(slices), how, lambda blocks: 1.0)

    with pytest.raises(UserError, match=r"^b: out of memory"):
        take(5)
    before = [record for record in read(tmp_path) if record["kind"] == "block"]
    assert [block["block"] for block in before] == [0, 1]
    blocks, _ = take(10**6, resume=True)
    assert [block["seconds"] for block in blocks[:2]] == [block["seconds"] for block in before]
    assert len(blocks) == 4


@pytest.mark.full
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


@pytest.mark.full
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
