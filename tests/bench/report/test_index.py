"""The front page: an answer for each model, whatever else lies in the folder."""

import re
from pathlib import Path

import pytest

from bench.report.index import write_index
from tests.bench.report.stored import bench, parted, report, whole

pytestmark = pytest.mark.usefixtures("undrawn")


def test_the_front_page_decides_for_each_kind_and_leads_on(tmp_path: Path) -> None:
    report(tmp_path / "b", whole("perceptron") + whole("mlp"))
    report(tmp_path / "a", [("parity", parted("mlp"))])
    bench(tmp_path / "c", whole()[:4], end=False)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "records.jsonl").write_text("{\n")
    (tmp_path / "no-report").mkdir()
    text = write_index(tmp_path).read_text()
    assert text.startswith("# Reports\n")
    assert "(https://github.com/waliens/dsl-workshop-tensorflow)" in text
    titles = re.findall(r"^## (.*)$", text, re.M)
    assert titles == ["[b](b/report.md)", "[a](a/report.md)"]  # the fuller report comes first
    full, parted_one = text.split("\n## ")[1:]
    assert "**Measured** on Some CPU \\| 2 cores, no GPU, with TensorFlow 2.21.0" in full
    assert "- **MLP-like (mlp):** **By hand is faster than `fit`: by its loop or its layers" in full
    assert "[perceptron](b/model-perceptron.md), [mlp](b/model-mlp.md)" in full
    assert "-like" not in parted_one
    assert text.splitlines()[-2:] == ["- c: no complete run", "- d: its records cannot be read"]


def test_an_index_of_nothing(tmp_path: Path) -> None:
    assert "No reports yet" in write_index(tmp_path / "reports").read_text()
