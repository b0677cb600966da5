"""``--engine auto``: what is chosen, what is remembered, and the process it starts anew in."""

import json
import os
from pathlib import Path

import pytest

from bench.commands import auto as command
from bench.dials import auto, remembered
from bench.dials.auto import Choice, choose
from bench.dials.dials import Setting, every_dial
from bench.dials.measure import TunePlan
from bench.dials.stand import Job
from bench.specs import default_config
from tests.bench.dials.stand_ins import FACTS

pytestmark = pytest.mark.usefixtures("stood_in", "hasty")
TRAIN = ("train", "mlp", "--impl", "raw", "--dataset", "digits", "--limit", 150, "--epochs", 1)


@pytest.fixture(autouse=True)
def two_blocks(monkeypatch):
    """Tune by two blocks a setting, whatever they say."""

    def plan(*given, **more):
        return TunePlan(*given, **more, blocks=2)

    monkeypatch.setattr(auto, "TunePlan", plan)


@pytest.fixture
def no_tune(monkeypatch):
    """Let a choice be made without any measurement."""
    inter = every_dial(FACTS)[:1]
    choice = Choice("epoch", tuple(Setting(tuple(inter)).to_list()), "so it is")
    monkeypatch.setattr(auto, "_tuned", lambda *_: choice)


@pytest.fixture
def job():
    return Job(default_config("mlp"), "digits", 150)


def test_a_choice_keeps_to_what_is_asked_and_is_remembered(job, monkeypatch):
    bits = choose(job, "raw", "same_bits", True)
    assert (bits.engine, bits.setting.name) == ("epoch", "inter-op threads 1")
    assert "4.00 (4.00 to 4.00) times as fast as step as it comes, same bits" in bits.line
    assert not bits.remembered
    monkeypatch.setattr(auto, "tune", None)  # a second time nothing is tuned
    again = choose(job, "raw", "same_bits", True)
    assert again.remembered
    assert (again.engine, again.dials, again.why) == (bits.engine, bits.dials, bits.why)
    for other in (("raw", "within_noise", True), ("raw", "same_bits", False)):
        with pytest.raises(TypeError):  # not what was asked: it would be tuned
            choose(job, *other)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"key": "KEY", "engine": "warp"}',
        '{"key": "KEY", "engine": "step", "dials": [1], "why": ""}',
    ],
)
def test_nonsense_in_the_cache_is_no_choice(content):
    path = remembered.cache_folder() / "tuned-KEY.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert Choice.from_dict(remembered.recall("KEY")) is None


@pytest.mark.usefixtures("no_tune")
def test_without_a_place_to_remember_nothing_is_and_nothing_fails(job, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert remembered.recall("KEY") is None
    assert not remembered.remember("KEY", {})
    assert "cannot be remembered" in choose(job, "keras", "same_bits", True).why
    monkeypatch.delenv("XDG_CACHE_HOME")

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(remembered.Path, "home", homeless)
    assert remembered.cache_folder() is None
    assert not remembered.remember("KEY", {})


class Anew(Exception):
    """In place of another process."""


@pytest.mark.usefixtures("no_tune")
def test_the_process_starts_anew_with_its_dials_and_then_goes_on(gvk, monkeypatch):
    started = []

    def execve(program, arguments, environment):
        started.append((arguments[1:3], environment))
        raise Anew

    monkeypatch.setattr(command.os, "execve", execve)
    with pytest.raises(Anew):
        gvk(*TRAIN, "--engine", "auto")
    ((arguments, environment),) = started
    assert arguments == ["-m", "bench"]
    assert environment["TF_NUM_INTEROP_THREADS"] == "1"
    assert json.loads(environment[command.VARIABLE])["engine"] == "epoch"
    monkeypatch.setenv(command.VARIABLE, environment[command.VARIABLE])
    code, out, err = gvk(*TRAIN, "--engine", "auto", "--json", "train.json")
    assert code == 0, err
    assert json.loads(Path("train.json").read_text())["config"]["engine"] == "epoch"
    assert command.VARIABLE not in os.environ
    assert len(started) == 1
    assert "--engine auto" not in out  # it was said before


@pytest.mark.parametrize(("arguments", "words"), [
    ((*TRAIN, "--engine", "auto", "--xla"), "--xla with --engine auto"),
    (("bench", "mlp", "perceptron", "--engine", "auto"), "--engine auto is for one MODEL"),
    (("bench", "mlp", "--engine", "auto", "--engine", "step"), "--engine auto is for one MODEL"),
])  # fmt: skip
def test_what_auto_cannot_do_is_one_line_and_exit_2(gvk, arguments, words):
    code, out, err = gvk(*arguments)
    assert code == 2, out + err
    assert words in err
    assert err.count("\n") == 1
