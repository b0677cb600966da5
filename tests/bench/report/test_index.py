"""The front page: an answer for each model, whatever else lies in the folder."""

import re
from pathlib import Path

import pytest

from bench.report.index import write_index
from tests.bench.report.stored import (
    accuracy,
    bench,
    parity,
    parted,
    report,
    rows,
    rung,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


def test_the_front_page_answers_for_each_model(tmp_path: Path) -> None:
    report(tmp_path / "b", whole("perceptron") + whole("mlp"))
    report(tmp_path / "a", [("parity", parted("mlp"))])
    bench(tmp_path / "c", whole()[:4], end=False)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "records.jsonl").write_text("{\n")
    (tmp_path / "no-report").mkdir()
    text = write_index(tmp_path).read_text()
    assert text.startswith("# Reports\n")
    first, second = re.findall(r"^## (.*)$", text, re.M)
    assert first == "[b](b/report.md): mnist, 2026-11-23"  # the fuller report comes first
    assert second.startswith("[a](a/report.md)")
    assert "](b/figure.svg)" in text
    _, _, perceptron, mlp, *_ = rows(text)
    assert perceptron[0] == "[perceptron](b/model-perceptron.md)"
    assert mlp[1:5] == ["0 ULP, 1,290 steps", "97.10 %", "n/a", "n/a"]  # no loop of one's own
    assert mlp[6] == "`step` by hand is 1.92 (1.80 to 2.05) times as fast."
    assert "| NOT EQUAL" in text
    assert text.splitlines()[-2:] == ["- c: no complete run", "- d: its records cannot be read"]


@pytest.mark.parametrize(
    ("paired", "whole_training", "said"),
    [
        ((2, 8_704), (512, 0), "0 ULP, 512 steps"),  # a pair that cannot hold the same bits
        ((2, 0), (512, 16), "16 ULP, 512 steps"),
        ((512, 8_704), (512, 0), "8,704 ULP, 512 steps"),
    ],
)
def test_a_distance_stands_beside_the_steps_it_was_found_in(
    tmp_path: Path, paired: tuple[int, int], whole_training: tuple[int, int], said: str
) -> None:
    apart = rung("gradient", "dense_1/kernel", max_ulp=paired[1])
    short = parity("mlp", steps=paired[0], rungs=[apart])
    steps, ulp = whole_training
    long = accuracy("mlp", "glorot-uniform", 0.97, steps=steps, max_ulp=ulp)
    report(tmp_path / "mnist", [("parity", short), ("accuracy", long)])
    assert rows(write_index(tmp_path).read_text())[2][1] == said


def test_an_index_of_nothing(tmp_path: Path) -> None:
    assert "No reports yet" in write_index(tmp_path / "reports").read_text()
