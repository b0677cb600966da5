"""The page for what all models share: there once, led to from each, and every link leads on."""

import re
from pathlib import Path
from typing import Any

import pytest

from bench.explain.places import anchor
from bench.report.chapters import HIDDEN_PAGE
from bench.report.document import write_report
from tests.bench.report.stored import bench, config, page, report, throughput, whole

pytestmark = pytest.mark.usefixtures("undrawn")


def drift(model: str) -> tuple[str, dict[str, Any]]:
    walks = {"fused kernels": 0.0, "formulas, gradients by hand": 2e-7, "last bits shaken": 3e-5}
    series = {name: [{"max_ulp": 7, "max_relative": far}] for name, far in walks.items()}
    return "drift", {"model": model, "config": config(model), "steps": 100, "series": series}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> Path:
    monkeypatch.setattr("bench.render.svg.svg", lambda *_: b"<svg/>")
    models = ("perceptron", "mlp", "mlp-dropout")
    bench(tmp_path / "m", [each for model in models for each in (*whole(model), drift(model))])
    return write_report(tmp_path / "m").parent


def test_every_link_within_a_report_leads_to_a_heading(folder: Path) -> None:
    pages = {file.name: _without_code(file.read_text()) for file in folder.glob("*.md")}
    headings = {
        name: {anchor(title) for title in re.findall(r"^#+ (.*)$", text, re.M)}
        for name, text in pages.items()
    }
    links = [
        (name, target or name, heading)
        for name, text in pages.items()
        for target, heading in re.findall(r"\]\(([\w-]+\.md)?(?:#([^)]*))?\)", text)
        if target or heading
    ]
    assert not [each for each in links if each[2] and each[2] not in headings[each[1]]]
    leading_here = {name for name, target, _ in links if target == HIDDEN_PAGE != name}
    assert leading_here == pages.keys() - {HIDDEN_PAGE}


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def test_a_model_that_adds_to_another_names_it(folder: Path, tmp_path: Path) -> None:
    said = (
        "The same as [mlp](model-mlp.md) with dropout after each hidden layer: `784-64-32-16-10`."
    )
    assert said in page(folder, "mlp-dropout")
    bench(tmp_path / "alone", whole("mlp-dropout"))
    alone = page(write_report(tmp_path / "alone").parent, "mlp-dropout")
    assert "The same as mlp with dropout" in alone
    assert "model-mlp.md" not in alone


def test_a_page_says_how_far_the_code_drifts_that_did_not_run(folder: Path) -> None:
    text = page(folder, "mlp")
    assert "0 with the code that this page shows, 2.0e-07 with what is written out" in text
    assert "How far it drifts: [How far twins part](#how-far-twins-part)." in text
    shared = (folder / HIDDEN_PAGE).read_text()
    assert "[mlp](model-mlp.md#how-far-twins-part)" in shared


def test_where_no_drift_was_measured_that_is_said(tmp_path: Path) -> None:
    report(tmp_path / "m", whole())
    assert "not measured here: `gvk explain mlp --run`" in page(tmp_path / "m")
    assert (
        "not measured here: `gvk explain all --run`" in (tmp_path / "m" / HIDDEN_PAGE).read_text()
    )


def test_the_pages_show_the_code_that_the_timed_run_chose(tmp_path: Path) -> None:
    dials = {"kernels": "primitive", "gradients": "manual", "optimizer": "adam"}
    timed = throughput("mlp") | {"config": config("mlp", **dials)}
    others = [each for each in whole() if each[0] != "throughput"]
    report(tmp_path / "m", [*others, ("throughput", timed)])
    own, shared = page(tmp_path / "m"), (tmp_path / "m" / HIDDEN_PAGE).read_text()
    assert (
        "It is the code that ran: kernels `primitive`, gradients `manual`, optimizer `adam`" in own
    )
    assert "def softmax_primitive" in own
    assert "def backward_by_hand" in shared
    assert "# rawtf/optimizers.py: Adam.rule" in shared
    assert "did not run" not in own + shared
