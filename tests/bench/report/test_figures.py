"""The figures: what is drawn, of how little it can be, and words for those who cannot see it."""

import re
from base64 import b64encode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.report.document import write_report
from bench.report.index import write_index
from bench.report.model_page import page_name
from tests.bench.report.stored import (
    accuracy,
    bench,
    page,
    parity,
    parted,
    report,
    rows,
    throughput,
    whole,
)


def test_the_figure_is_opaque_svg_without_a_date(tmp_path: Path) -> None:
    report(tmp_path / "mnist", whole())
    svg = (tmp_path / "mnist" / "figure.svg").read_text()
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "fill: #ffffff" in svg
    assert "<dc:date>" not in svg
    ids = set(re.findall(r'id="([^"]*)"', svg))
    assert set(re.findall(r'(?:href="|url\()#([^")]*)', svg)) <= ids
    assert not [each for each in ids if re.search("[0-9a-f]{10}", each)]  # no hash of coordinates


@pytest.mark.parametrize(
    "records",
    [
        [("parity", parity("mlp"))],
        [("parity", parted("mlp")), ("throughput", throughput("mlp"))],
        [("accuracy", accuracy("mlp", "glorot-uniform", 0.9, curves={"raw": [], "keras": []}))],
        [("parity", parity("$m_x^{")), ("accuracy", accuracy("$m_x^{", "\N{SNOWMAN}_$", 0.9))],
    ],
)
def test_the_figure_can_do_with_less(
    tmp_path: Path, records: list[tuple[str, dict[str, Any]]]
) -> None:
    report(tmp_path / "mnist", records)
    assert (tmp_path / "mnist" / "figure.svg").stat().st_size > 1000


def test_every_figure_has_a_caption_and_words_for_those_who_cannot_see_it(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole("perceptron") + whole("mlp"))
    write_report(tmp_path / "mnist")
    write_index(tmp_path)
    for file in (*tmp_path.glob("mnist/*.md"), tmp_path / "README.md"):
        text = file.read_text()
        for alt, target, caption in re.findall(r"^!\[(.*)\]\((.*)\)\n\n(.*)$", text, re.M):
            assert len(alt) > 40
            assert caption.startswith("*What to see: ")
            assert (file.parent / target).is_file()
        assert text.count("![") == len(re.findall(r"^!\[.*\]\(.*\)\n\n\*What", text, re.M))


def test_what_a_model_makes_of_the_test_set_is_drawn(tmp_path: Path) -> None:
    pixels = b64encode(bytes(range(256)) * 3 + bytes(16)).decode()
    mistake = {"index": 5, "label": 1, "raw": 0, "keras": 0, "probability": 0.9, "pixels": pixels}
    outcomes = {
        "classes": [0, 1],
        "confusion": {"raw": [[5, 1], [0, 4]], "keras": [[5, 1], [0, 4]]},
        "mistakes": [mistake],
        "kernel": {"raw": [0.5] * 784, "keras": [0.5] * 784},
    }
    trained = accuracy("perceptron", "glorot-uniform", 0.9, outcomes=outcomes)
    report(tmp_path / "m", [("parity", parity("perceptron")), ("accuracy", trained)])
    for name in ("outcomes-perceptron.svg", "weights-perceptron.svg"):
        assert f"]({name})" in page(tmp_path / "m", "perceptron")
        assert (tmp_path / "m" / name).stat().st_size > 5000


def test_written_twice_it_is_the_same_to_the_byte(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole("perceptron") + whole("mlp"))
    files = [tmp_path / "mnist" / name for name in ("report.md", "figure.svg")]
    write_report(tmp_path / "mnist")
    first = [file.read_bytes() for file in files]
    write_report(tmp_path / "mnist")
    assert [file.read_bytes() for file in files] == first


@pytest.mark.parametrize("hostile", ["../../mine", "a/b", "x\ny", "a|b <i>", ".."])
def test_no_name_in_a_record_leads_out_of_the_folder(tmp_path: Path, hostile: str) -> None:
    report(tmp_path / "mnist", whole(hostile))
    write_index(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in files} == {tmp_path, tmp_path / "mnist"}
    assert (tmp_path / "mnist" / page_name(hostile)).is_file()
    first = (tmp_path / "mnist" / "report.md").read_text().split("\n## ")[0]
    assert all(len(cells) == 8 for cells in rows(first))
    assert f"]({page_name(hostile)})" in first
    front = (tmp_path / "README.md").read_text()
    assert f"](mnist/{page_name(hostile)})" in front
    assert "<i>" not in front + first
