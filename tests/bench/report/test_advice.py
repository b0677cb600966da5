"""The page of a model: what it answers at its top, and the advice that follows from the figures."""

import re
from pathlib import Path
from typing import Any

import pytest

from bench.records.reading import latest, read
from bench.report.advice import what_to_do
from bench.report.choice import switch
from tests.bench.report.stored import (
    page,
    parity,
    report,
    throughput,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


def test_the_page_of_a_model_answers_at_its_top(tmp_path: Path) -> None:
    report(tmp_path / "mnist", whole())
    top = page(tmp_path / "mnist").split("\n## ")[0]
    assert re.search(r"\*\*Hidden:\*\* \d+ lines with \d+ calls in Keras", top)
    assert "**Equal?** Yes: 0 ULP at every tensor of each of 1,290 steps" in top
    assert "the weights never differ by a bit" in top
    assert "**The cost:** A step takes 3,960 µs in `fit`, 2,050 µs by hand in `step`." in top
    titles = re.findall(r"^## (.*)$", page(tmp_path / "mnist"), re.M)
    hides = ["What Keras hides", "What can go wrong"]
    proof = "How one can tell that the two are equal"
    assert titles == ["How fast each way is", *hides, proof, "What it learned"]


def test_a_chapter_stands_on_the_page_whatever_its_title(tmp_path: Path, monkeypatch: Any) -> None:
    made = {
        "drift": lambda _, records: ("Another title", "of a drift", {}),
        "added-later": lambda _, records: ("Added later", "of a kind that no page knows", {}),
    }
    monkeypatch.setattr("bench.report.chapters._OF_MODEL", made)
    more = [(kind, {"model": "mlp"}) for kind in made]
    report(tmp_path / "m", [*whole(), *more])
    titles = re.findall(r"^## (.*)$", page(tmp_path / "m"), re.M)
    proof, learned = "How one can tell that the two are equal", "What it learned"
    assert titles[-4:] == [proof, "Another title", learned, "Added later"]


@pytest.mark.parametrize(
    ("low", "ratio", "control", "said"),
    [
        (0.98, 1.01, 1.0, "Stay with `fit`: that any other way is faster could not be shown"),
        (1.02, 1.05, 1.0, "Stay with `fit`: the fastest other way wins 5 %"),
        (1.5, 2.0, 1.0, "`step` by hand is 2.00 (1.50 to 2.20) times as fast"),
        (1.5, 2.0, 1.1, "`step` by hand is 2.00 (1.50 to 2.20) times as fast"),
        (1.5, 2.0, 1.6, "Nothing follows: a control failed"),
        (1.5, 2.0, 0.6, "Nothing follows: a control failed"),
    ],
)
@pytest.mark.parametrize("why", ["", "withheld, in words that nobody reads"])
def test_the_advice_follows_from_the_figures(
    tmp_path: Path, low: float, ratio: float, control: float, said: str, why: str
) -> None:
    timed = throughput("mlp")
    for each in timed["ratios"]:
        each |= {"ratio": ratio, "low": low, "high": 1.1 * ratio, "why": why}
    copy = {"ratio": control, "low": control - 0.02, "high": control + 0.02, "blocks": 3}
    timed["controls"] = [{"arm": "keras fit again", **copy}]
    report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    assert f"**What to do:** {said}" in page(tmp_path / "m")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "First try `jit_compile=True`, which takes 1,860 µs off a step. Then `step` by hand "),
        (
            {"steps": 6},
            "First try `jit_compile=True`, which takes 1,860 µs off a step in epochs",
        ),
        ({"control": {"holds": False}}, "`step` by hand is"),
        ({"sideways": []}, "`step` by hand is"),
    ],
)
def test_an_option_that_wins_is_named_before_code_by_hand(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", throughput("mlp"))])
    won = {"rung": "jit_compile=True", "us": -1860.0, "high": -10.0}
    open_still = {"rung": "run_eagerly=True", "us": -5000.0, "high": 9.0}
    ladder = {"control": {"holds": True}, "steps": 128, "whole_steps": 128}
    ladder |= {"sideways": [open_still, won]} | changed
    assert what_to_do(latest(read(tmp_path / "m"))["mlp"], ladder).startswith(said)


def test_keras_run_another_way_is_the_advice_where_it_is_as_fast(tmp_path: Path) -> None:
    timed = throughput("mlp")
    loop = {"arm": "keras own_loop", "impl": "keras", "engine": "own_loop"}
    timed["arms"].append({**timed["arms"][0], **loop})
    timed["ratios"].append({**timed["ratios"][0], "arm": "keras own_loop"})
    report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    said = (
        "Keep Keras's layers and train them in `own_loop`: 1.92 (1.80 to 2.05) times as fast as "
        "`fit`; by hand it is no faster than that."
    )
    assert f"**What to do:** {said}" in page(tmp_path / "m")


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.05, "; by hand it is only 5 % faster than that."), (1.2, "Train by hand in `step`: 1.92 ")],
)
def test_by_hand_is_held_against_keras_layers_in_another_loop(
    tmp_path: Path, share: float, said: str
) -> None:
    timed = throughput("mlp")
    seconds = [share * each for each in timed["arms"][0]["seconds"]]
    loop = {"arm": "keras own_loop", "impl": "keras", "engine": "own_loop", "seconds": seconds}
    timed["arms"].append({**timed["arms"][0], **loop})
    timed["ratios"].append({**timed["ratios"][0], "arm": "keras own_loop", "ratio": 1.8})
    report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    assert said in page(tmp_path / "m").split("\n## ")[0]


@pytest.mark.parametrize(
    ("wins", "loop", "said"),
    [
        (1.9, 2.0, "Stay with `fit` and try `steps_per_execution=32`, 1.90 (1.85 to 1.95) times"),
        (1.5, 2.0, "First try `steps_per_execution=32`, 1.50 (1.45 to 1.55) times as fast. Then k"),
        (1.0, 2.0, "Keep Keras's layers and train them in `own_loop`"),
    ],
)
def test_an_option_that_took_turns_is_held_against_an_own_loop(
    tmp_path: Path, wins: float, loop: float, said: str
) -> None:
    timed = throughput("mlp")
    fit = timed["arms"][-1]["seconds"]
    for name, times in (("fit, steps_per_execution=32", wins), ("own_loop", loop)):
        arm = {"arm": f"keras {name}", "impl": "keras", "engine": "fit_32"}
        timed["arms"].append({**arm, "seconds": [each / times for each in fit]})
        ratio = {"ratio": times, "low": times - 0.05, "high": times + 0.05, "blocks": 3}
        timed["ratios"].append({"arm": f"keras {name}", **ratio})
    report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    assert f"**What to do:** {said}" in page(tmp_path / "m")
    won = {"rung": "jit_compile=True", "us": -1860.0, "high": -10.0}
    ladder = {"control": {"holds": True}, "steps": 128, "whole_steps": 128, "sideways": [won]}
    assert "jit_compile" not in what_to_do(latest(read(tmp_path / "m"))["mlp"], ladder)


def test_an_option_is_named_as_one_writes_it() -> None:
    assert switch("keras fit, untuned") == "autotune.enabled=False"
    assert switch("keras fit, steps_per_execution=32") == "steps_per_execution=32"
