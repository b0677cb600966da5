"""``gvk bench``, and what lives on its records: ``report``, ``verify``, ``compare``."""

import json
from dataclasses import replace
from pathlib import Path

from bench.records.reading import read
from bench.timing.presets import PRECISIONS
from tests.faults import plant_sum_for_mean

MODEL = ("perceptron", "--dataset", "digits", "--limit", 130)
LITTLE = ("--engine", "step", "--no-accuracy", "--parity-steps", 2, "--blocks", 2)


def test_a_bench_is_stored_reported_verified_and_compared(gvk, hasty, one_process, monkeypatch):
    quick = replace(PRECISIONS["quick"], keras_engines=("fit",))
    monkeypatch.setitem(PRECISIONS, "quick", quick)
    code, out, err = gvk("bench", *MODEL, *LITTLE, "--verbose", "--json", "bench.json")
    assert code in (0, 1, 3), err  # so short a run may well be slower, or open
    assert "parity     perceptron raw step sgd: OK, 0 ULP over 2 steps" in out
    kinds = [record["kind"] for record in json.loads(Path("bench.json").read_text())["records"]]
    assert (kinds[0], kinds[-1]) == ("run", "end")
    assert {"parity", "audit", "stand", "block", "throughput"} < set(kinds)

    pages = [Path("reports/digits/report.md"), Path("reports/README.md")]
    before = [page.read_bytes() for page in pages]
    for page in pages:
        page.unlink()
    assert gvk("report", "digits")[0] == 0
    assert [page.read_bytes() for page in pages] == before
    code, out, _ = gvk("verify")
    assert (code, "0 faults" in out) == (0, True)
    code, out, _ = gvk("compare", "digits", "digits")  # a run against itself
    assert "compare    perceptron training raw step: " in out
    assert "changed by 1.00" in out


def test_without_verbose_there_is_one_table_and_the_path(gvk, hasty, one_process):
    dials = ("--optimizer", "adam", "--initializer", "glorot-uniform", "--sampling", "replacement")
    little = ("--engine", "step", "--epochs", 1, "--parity-steps", 2, "--no-timing")
    code, out, err = gvk("bench", *MODEL, *little, *dials)
    assert code == 0, err
    data, head, _, row, path = out.splitlines()
    assert data.startswith("data set digits")
    assert head.split("|")[1].strip() == "model"
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:2] == ["perceptron", "0 ULP, 86 steps"]
    assert "adam, 86 steps" in cells[2]
    assert (cells[-2], cells[-1]) == ("not timed", "reports/digits/model-perceptron.md")
    assert path.split() == ["report", "reports/digits/report.md"]

    records = read(Path("reports/digits"))
    made = [r["config"] for r in records if r["kind"] in ("parity", "accuracy")]
    assert {config["optimizer"] for config in made} == {"adam"}  # proved as it was trained
    trained = [r["config"] for r in records if r["kind"] == "accuracy"]
    assert [(c["initializer"], c["sampling"]) for c in trained] == [
        ("glorot-uniform", "replacement")
    ]


def test_twins_that_part_are_said_without_verbose_too(gvk, hasty, one_process, monkeypatch):
    plant_sum_for_mean(monkeypatch)
    code, out, _ = gvk("bench", *MODEL, *LITTLE, "--no-timing")
    assert code == 1
    assert "NOT EQUAL raw step: loss loss" in out


def test_an_initializer_that_a_model_has_not_is_refused(gvk):
    code, _, err = gvk("bench", "mlp", "convnet", "--initializer", "truncated-normal")
    assert code == 2
    assert "--initializer truncated-normal is not for convnet" in err
