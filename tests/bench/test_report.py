"""The reports: every number in them is one of the records, and none that was not proved."""

import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench import tables
from bench.advice import what_to_do
from bench.errors import UserError
from bench.model_page import page_name
from bench.report import write_report
from bench.report_index import write_index
from bench.results import latest, read
from bench.store import Store
from bench.tables import escape, significant, table, without_paths

ENVIRONMENT = {
    "python": "3.12.1",
    "tensorflow": "2.21.0",
    "cpu": "Some CPU | 2 cores",
    "memory_gib": 15.6,
    "xla": False,
    "gpu": "none: not measured",
}
DATASET = {
    "name": "mnist",
    "source": "/home/ann/data/mnist.npz",
    "sha256": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    "train": 55_000,
    "validation": 5_000,
    "test": 10_000,
}
RUN = {
    "command": "/opt/venv/bin/gvk bench --data /home/ann/data/mnist.npz --seed 0",
    "environment": ENVIRONMENT,
    "dataset": DATASET,
    "started": "2026-11-23T10:15:00+00:00",
}


def rung(name: str, tensor: str, **changes: Any) -> dict[str, Any]:
    equal: dict[str, Any] = {
        "holds": True,
        "max_abs": 0.0,
        "max_ulp": 0,
        "max_relative": 0.0,
        "first_step": None,
    }
    return {"rung": name, "tensor": tensor, **equal, **changes}


def config(model: str, **dials: Any) -> dict[str, Any]:
    base = {"model": model, "engine": "step", "keras_engine": "fit", "kernels": "fused"}
    return {**base, "initializer": "glorot-uniform", "learning_rate": 0.05, "seed": 0, **dials}


def parity(model: str, engine: str = "step", **changes: Any) -> dict[str, Any]:
    rungs = [rung("gradient", "dense_1/kernel"), rung("test metric", "accuracy")]
    record: dict[str, Any] = {
        "model": model,
        "config": config(model, engine=engine),
        "criterion": "0 ULP",
    }
    record |= {"holds": True, "steps": 1290, "epochs": 3, "exact": ["op determinism", "no XLA"]}
    return {**record, "rungs": rungs, "metrics": {}, **changes}


def parted(model: str, engine: str = "step") -> dict[str, Any]:
    gap: dict[str, Any] = {
        "holds": False,
        "max_abs": 3.1e-4,
        "max_ulp": 5_208,
        "max_relative": 1e-3,
    }
    broken = rung("gradient", "dense_1/kernel", first_step=7, **gap)
    later = rung("weights after step", "dense_1/kernel", first_step=8, **gap)
    rungs = [rung("loss", "loss"), later, broken]
    return parity(model, engine, holds=False, rungs=rungs)


def accuracy(model: str, initializer: str, share: float, **changes: Any) -> dict[str, Any]:
    auc = 0.99987 if model == "perceptron" else None
    side = {"accuracy": share, "roc_auc": auc, "loss": 0.1, "n_test": 10_000}
    curve = [{"epoch": e, "loss": 1 / e, "val_accuracy": share - 0.1 / e} for e in (1, 2, 3)]
    record = {"model": model, "config": config(model, initializer=initializer), "steps": 1290}
    record |= {"epochs": 3, "n_parameters": 52_000, "max_ulp": 0, "raw": side, "keras": side}
    return {**record, "curves": {"raw": curve, "keras": curve}, **changes}


def throughput(model: str, low: float = 1.80, high: float | None = 2.05) -> dict[str, Any]:
    def arm(name: str, seconds: list[float]) -> dict[str, Any]:
        impl, engine = name.split()
        return {
            "arm": name,
            "impl": impl,
            "engine": engine,
            "seconds": seconds,
            "proved": "0 ULP over 46 steps",
        }

    arms = [
        arm("raw step", [0.88, 0.90, 0.86]),
        arm("raw session", [0.95, 0.93, 0.94]),
        arm("keras fit", [1.70, 1.69, 1.72]),
    ]
    ratios = [
        {"arm": "raw step", "ratio": 1.92, "low": low, "high": high, "blocks": 3},
        {"arm": "raw session", "ratio": 1.81, "low": 1.7, "high": 1.9, "blocks": 3},
    ]
    record = {"model": model, "config": config(model), "order_seed": 11, "reference": "keras fit"}
    record |= {"steps_per_segment": 430, "samples_per_segment": 55_000, "n_train": 55_000}
    return {**record, "arms": arms, "ratios": ratios}


def whole(model: str = "mlp") -> list[tuple[str, dict[str, Any]]]:
    """All records of a model of which everything was measured."""
    return [
        ("parity", parity(model)),
        ("parity", parity(model, "session")),
        ("accuracy", accuracy(model, "glorot-uniform", 0.9710)),
        ("accuracy", accuracy(model, "truncated-normal", 0.9585)),
        ("throughput", throughput(model)),
    ]


def bench(
    folder: Path, records: list[tuple[str, dict[str, Any]]], end: bool = True, **run: Any
) -> str:
    """Store a run; return its id."""
    store = Store(folder)
    store.start(**{**RUN, **run})
    for kind, values in records:
        store.append(kind, **values)
    if end:
        store.finish()
    return store.run


def report(folder: Path, records: list[tuple[str, dict[str, Any]]], **run: Any) -> str:
    bench(folder, records, **run)
    return write_report(folder).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in a text."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def summary(text: str, model: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"- **{model}**"))


def test_the_summary_says_equal_how_accurate_and_how_fast(tmp_path: Path) -> None:
    line = summary(report(tmp_path / "mnist", whole()), "mlp")
    assert "**EQUAL** (0 ULP) over 1,290 steps and 3 epochs (engines: step, session)." in line
    assert "Test accuracy 97.10 % raw, 97.10 % Keras, after 3 epochs from glorot-uniform." in line
    assert "Raw `step` is 1.92 (1.80 to 2.05) times as fast as Keras `fit`." in line
    assert "faster when written by hand" in line


def test_sections_stand_in_order(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole())
    assert text.startswith("# By hand and in Keras: mnist\n")
    titles = re.findall(r"^## (.*)$", text, re.M)
    wanted = ["Equal?", "Accuracy", "Throughput", "Settings", "Data", "Environment"]
    assert titles == [*wanted, "How to reproduce"]
    assert text.index("](figure.svg)") < text.index("## Equal?")


def page(folder: Path, model: str = "mlp") -> str:
    return (folder / page_name(model)).read_text(encoding="utf-8")


def test_the_parity_table_has_a_row_for_each_engine_and_folds_the_tensors(tmp_path: Path) -> None:
    head = section(report(tmp_path / "mnist", whole()), "Equal?")
    folded = page(tmp_path / "mnist").split("<details>")[1]
    assert rows(head)[2:] == [
        ["mlp", "step", "0 ULP", "1,290", "0", "0", "equal"],
        ["mlp", "session", "0 ULP", "1,290", "0", "0", "equal"],
    ]
    assert rows(folded)[2] == ["gradient", "dense_1/kernel", "0", "0", "0", "equal"]
    assert "Exact mode set: op determinism; no XLA." in head


def test_engines_with_several_proofs_are_told_apart_by_what_varies(tmp_path: Path) -> None:
    loose = parity("mlp", config=config("mlp", kernels="primitive"), criterion="1e-4 relative")
    text = report(tmp_path / "mnist", [("parity", parity("mlp")), ("parity", loose)])
    assert [r[1:3] for r in rows(section(text, "Equal?"))[2:]] == [
        ["step, fused", "0 ULP"],
        ["step, primitive", "1e-4 relative"],
    ]
    assert "**EQUAL** (0 ULP and 1e-4 relative)" in summary(text, "mlp")


def test_the_accuracy_table_and_what_a_default_hides(tmp_path: Path) -> None:
    text = section(report(tmp_path / "mnist", whole()), "Accuracy")
    assert rows(text)[2:] == [
        ["mlp", "glorot-uniform", "3 of 200", "1,290", "97.10 %", "97.10 %", "0"],
        ["mlp", "truncated-normal", "3 of 200", "1,290", "95.85 %", "95.85 %", "0"],
    ]
    assert "mlp +1.25 percentage points" in text


def test_a_binary_model_shows_its_roc_auc(tmp_path: Path) -> None:
    text = section(report(tmp_path / "mnist", whole("perceptron") + whole("mlp")), "Accuracy")
    columns, _, binary, _, ten, _ = rows(text)
    assert columns[6:8] == ["Raw AUC", "Keras AUC"]
    assert binary[6:8] == ["0.99987", "0.99987"]
    assert ten[6:8] == ["n/a", "n/a"]


def test_weights_that_end_apart_are_told(tmp_path: Path) -> None:
    apart = accuracy("mlp", "glorot-uniform", 0.9, max_ulp=3)
    text = report(tmp_path / "mnist", [("parity", parity("mlp")), ("accuracy", apart)])
    assert "Their weights end 3 ULP apart." in summary(text, "mlp")


def test_the_throughput_table_is_the_records_in_units(tmp_path: Path) -> None:
    text = section(report(tmp_path / "mnist", whole()), "Throughput")
    assert rows(text)[2:] == [
        ["mlp", "raw step", "62,500", "2,050", "1.92 (1.80 to 2.05)", "faster", "3"],
        ["mlp", "raw session", "58,500", "2,190", "1.81 (1.70 to 1.90)", "faster", "3"],
        ["mlp", "keras fit", "32,300", "3,960", "1 (reference)", "", "3"],
        ["all", "GPU: not measured, no GPU found", *["n/a"] * 5],
    ]
    for words in ("ABBA", "palindromic", "XLA off on both sides", "order seed 11"):
        assert words in text
    assert "0 ULP over 46 steps" in text
    assert "No verdict" not in text


@pytest.mark.parametrize(("epoch", "said"), [(200_000, ", cut from 200,000)"), (110_000, ")")])
def test_an_epoch_that_was_cut_says_of_how_much(tmp_path: Path, epoch: int, said: str) -> None:
    timed = throughput("mlp") | {"samples_per_segment": 110_000, "epoch_samples": epoch}
    text = report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    assert f"(110,000 samples{said};" in section(text, "Throughput")
    assert f"Here an epoch is 430 steps (110,000 samples{said}." in page(tmp_path / "m")


@pytest.mark.parametrize("gpu", ["NVIDIA H200", "Nonesuch 1"])
def test_with_a_gpu_no_row_says_that_there_is_none(tmp_path: Path, gpu: str) -> None:
    text = report(tmp_path / "mnist", whole(), environment={"gpu": gpu})
    assert "no GPU found" not in text


@pytest.mark.parametrize(("low", "high"), [(0.95, 2.9), (1.0, 2.0), (0.0, None)])
def test_no_verdict_where_the_interval_has_one_in_it(
    tmp_path: Path, low: float, high: float | None
) -> None:
    records = [r for r in whole() if r[0] != "throughput"]
    text = report(tmp_path / "mnist", [*records, ("throughput", throughput("mlp", low, high))])
    assert "No verdict on speed" in summary(text, "mlp")
    assert "faster" not in summary(text, "mlp")
    assert "No verdict: mlp raw step (the interval" in section(text, "Throughput")


def test_slower_by_hand_is_said_too(tmp_path: Path) -> None:
    slow = throughput("mlp", 0.4, 0.6)
    slow["ratios"][0]["ratio"] = 0.5
    line = summary(report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", slow)]), "mlp")
    assert "0.50 (0.40 to 0.60)" in line
    assert "faster with Keras `fit`" in line


def test_what_is_not_equal_says_so_and_gets_no_ratio(tmp_path: Path) -> None:
    records = [("parity", parity("mlp", "session")), ("parity", parted("mlp")), *whole()[2:]]
    text = report(tmp_path / "mnist", records)
    line = summary(text, "mlp")
    assert "**NOT EQUAL**: engine step parts at gradient dense_1/kernel, step 7, by 3.1e-04" in line
    assert "No ratio is given" in line
    assert "1.92" not in text
    assert "62,500" not in text
    assert rows(section(text, "Throughput"))[2][:2] == ["mlp", "withheld: NOT EQUAL"]
    step = rows(section(text, "Equal?"))[3]
    assert step == ["mlp", "step", "0 ULP", "1,290", "3.1e-04", "5,208", "NOT EQUAL"]
    assert "NOT EQUAL from step 7" in page(tmp_path / "mnist")
    assert "No: engine step parts at gradient dense_1/kernel" in page(tmp_path / "mnist")
    write_index(tmp_path)
    for shown in ((tmp_path / "README.md").read_text(), page(tmp_path / "mnist")):
        assert "1.92" not in shown
        assert "62,500" not in shown


def test_a_difference_that_is_not_finite_is_not_hidden(tmp_path: Path) -> None:
    far = rung("loss", "loss", holds=False, max_abs=float("inf"), max_ulp=2**63 - 1, first_step=1)
    text = report(tmp_path / "mnist", [("parity", parity("mlp", holds=False, rungs=[far]))])
    row = rows(section(text, "Equal?"))[2]
    assert row[4:] == ["not finite", "unlike", "NOT EQUAL"]


def test_what_was_not_proved_gets_no_ratio(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole()[2:])
    assert "Equality not measured." in summary(text, "mlp")
    assert "1.92" not in text
    assert section(text, "Equal?").strip() == "Not measured."


def test_missing_sections_are_stated(tmp_path: Path) -> None:
    bare = [("parity", parity("mlp"))]
    text = report(tmp_path / "mnist", bare, environment=None, dataset=None, command=None)
    for title in ("Accuracy", "Throughput", "Data", "Environment"):
        assert "Not measured." in section(text, title) or "not measured" in section(text, title)
    assert "Test accuracy not measured." in summary(text, "mlp")
    assert "not measured" in summary(text, "mlp").split("Test accuracy not measured.")[1]


def test_data_and_environment_and_command_stand_in_full(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole())
    assert str(DATASET["sha256"]) in section(text, "Data")
    assert ["train", "55,000"] in rows(section(text, "Data"))
    assert ["validation", "5,000"] in rows(section(text, "Data"))
    assert ["memory gib", "15.6"] in rows(section(text, "Environment"))
    assert ["xla", "off"] in rows(section(text, "Environment"))
    assert "\ngvk bench --data .../mnist.npz --seed 0\n" in section(text, "How to reproduce")


def test_each_run_that_is_used_has_its_environment(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole("perceptron"))
    text = report(tmp_path / "mnist", whole("mlp"), environment={"python": "3.14.0"})
    environment = section(text, "Environment")
    assert "For perceptron:" in environment
    assert "For mlp:" in environment
    assert "For perceptron, mlp:" in section(text, "Data")


def test_no_path_of_the_machine_is_printed(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole())
    for part in ("/home", "/opt", str(tmp_path)):
        assert part not in text


def test_a_run_without_an_end_is_not_used_but_named(tmp_path: Path) -> None:
    good = report(tmp_path / "mnist", whole())
    better = [("parity", parity("mlp", steps=9_999)), ("parity", parity("other"))]
    cut_short = bench(tmp_path / "mnist", better, end=False)
    text = write_report(tmp_path / "mnist").read_text()
    assert text == good + f"\nRun {cut_short} was cut short: not used.\n"


def test_what_a_cut_short_run_had_finished_is_used_and_said(tmp_path: Path) -> None:
    records = [*whole("perceptron"), ("parity", parity("mlp"))]
    cut_short = bench(tmp_path / "mnist", records, end=False)
    text = write_report(tmp_path / "mnist").read_text()
    assert f"Run {cut_short} was cut short: used for what it had finished (perceptron)." in text
    assert "**mlp**" not in text


def test_without_a_complete_run_there_is_no_report(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole()[:4], end=False)
    with pytest.raises(UserError, match="no complete run"):
        write_report(tmp_path / "mnist")
    with pytest.raises(UserError, match="run `gvk bench` first"):
        write_report(tmp_path / "other")


def test_text_of_the_records_is_escaped(tmp_path: Path) -> None:
    hostile = "a|b\n# <script>alert(1)</script> [x](y) *z* `c`"
    records = [("parity", parity(hostile)), ("parity", parity(hostile, hostile))]
    text = report(tmp_path / "mnist", records, environment={hostile: hostile})
    assert "<script>" not in text
    assert "\n# <" not in text
    assert all(len(row) == 7 for row in rows(section(text, "Equal?")))
    assert all(len(row) == 2 for row in rows(section(text, "Environment")))


@pytest.mark.parametrize("hostile", ["../../mine", "a/b", "x\ny", "a|b <i>", ".."])
def test_no_name_in_a_record_leads_out_of_the_folder(tmp_path: Path, hostile: str) -> None:
    report(tmp_path / "mnist", whole(hostile))
    write_index(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in files} == {tmp_path, tmp_path / "mnist"}
    assert (tmp_path / "mnist" / page_name(hostile)).is_file()
    front = (tmp_path / "README.md").read_text()
    assert all(len(row) == 6 for row in rows(front))
    assert f"](mnist/{page_name(hostile)})" in front
    assert "<i>" not in front


def test_a_command_cannot_leave_its_block(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole(), command="gvk bench\n```\n# mine")
    assert section(text, "How to reproduce") == "\n```sh\ngvk bench ''' # mine\n```\n"


def test_written_twice_it_is_the_same_to_the_byte(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole("perceptron") + whole("mlp"))
    files = [tmp_path / "mnist" / name for name in ("report.md", "figure.svg")]
    write_report(tmp_path / "mnist")
    first = [file.read_bytes() for file in files]
    write_report(tmp_path / "mnist")
    assert [file.read_bytes() for file in files] == first


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole())
    (tmp_path / "mnist" / "notes.md").write_text("mine")
    before = (tmp_path / "mnist" / "records.jsonl").read_bytes()
    write_report(tmp_path / "mnist")
    assert (tmp_path / "mnist" / "records.jsonl").read_bytes() == before
    names = {file.name for file in (tmp_path / "mnist").iterdir()}
    figures = {"figure.svg", "curves-mlp.svg", "throughput-mlp.svg"}
    assert names == {"records.jsonl", "notes.md", "report.md", "model-mlp.md", *figures}


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


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole())
    (tmp_path / "mnist" / "report.md").mkdir()
    with pytest.raises(UserError, match=r"cannot write .*report\.md"):
        write_report(tmp_path / "mnist")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=r"cannot write .*README\.md"):
        write_index(tmp_path / "file")


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
    assert mlp[1:4] == ["0 ULP, 1,290 steps", "97.10 %", "1.92 (1.80 to 2.05)"]
    assert mlp[5] == "`step` by hand is 1.92 (1.80 to 2.05) times as fast."
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


def test_the_page_of_a_model_answers_at_its_top(tmp_path: Path) -> None:
    report(tmp_path / "mnist", whole())
    top = page(tmp_path / "mnist").split("\n## ")[0]
    assert re.search(r"\*\*Hidden:\*\* \d+ lines with \d+ calls in Keras", top)
    assert "**Equal?** Yes: 0 ULP at every tensor of each of 1,290 steps" in top
    assert "the weights never part by a bit" in top
    assert "`fit` trains 32,300 samples a second; by hand `step` is 1.92 (1.80 to 2.05)" in top
    titles = re.findall(r"^## (.*)$", page(tmp_path / "mnist"), re.M)
    assert titles[:2] == ["What Keras hides", "How one can tell that the two are equal"]


def test_a_chapter_stands_on_the_page_whatever_its_title(tmp_path: Path, monkeypatch: Any) -> None:
    made = {
        "drift": lambda _, records: ("Another title", "of a drift", {}),
        "added-later": lambda _, records: ("Added later", "of a kind that no page knows", {}),
    }
    monkeypatch.setattr("bench.chapters._OF_MODEL", made)
    more = [(kind, {"model": "mlp"}) for kind in made]
    report(tmp_path / "m", [*whole(), *more])
    titles = re.findall(r"^## (.*)$", page(tmp_path / "m"), re.M)
    proof, speed = "How one can tell that the two are equal", "How fast each way is"
    assert titles[1:3] == [proof, "Another title"]
    assert titles[-2:] == [speed, "Added later"]


@pytest.mark.parametrize(
    ("low", "ratio", "control", "said"),
    [
        (0.98, 1.01, 1.0, "Stay with `fit`: that anything by hand is faster could not be shown"),
        (1.02, 1.05, 1.0, "Stay with `fit`: the best by hand is 5.00 % faster, no more"),
        (1.5, 2.0, 1.0, "`step` by hand is 2.00 (1.50 to 2.20) times as fast"),
        (1.5, 2.0, 1.1, "Nothing follows: a control failed"),
        (1.5, 2.0, 0.9, "Nothing follows: a control failed"),
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
        ({}, "First `jit_compile=True`, which takes 1,860 µs off a step; `step` by hand is"),
        ({"steps": 6}, "First `jit_compile=True`, which takes 1,860 µs off a step in epochs of 6 "),
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
        "Keep Keras's layers, trained by `own_loop`: 1.92 (1.80 to 2.05) times as fast as `fit`. "
        "The best by hand is 1.00 times that, no more."
    )
    assert f"**What to do:** {said}" in page(tmp_path / "m")


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


def test_an_index_of_nothing(tmp_path: Path) -> None:
    assert "No reports yet" in write_index(tmp_path / "reports").read_text()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (62_345.6, "62,300"),
        (999.7, "1,000"),
        (0.01234, "0.0123"),
        (9.996, "10.00"),
        (0, "0"),
        (None, "n/a"),
        (float("nan"), "n/a"),
    ],
)
def test_significant_digits(value: float | None, shown: str) -> None:
    assert significant(value) == shown


def test_number_formats() -> None:
    assert tables.percent(0.971) == "97.10 %"
    assert tables.interval(1.917, 1.8, 2.051) == "1.92 (1.80 to 2.05)"
    assert tables.small(3.14e-4) == "3.1e-04"
    assert tables.ulps(12_345) == "12,345"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann/x.npz", ".../x.npz"),
        ("file:///home/ann/x.npz", ".../x.npz"),
        ("--data=~/x.npz", "--data=.../x.npz"),
        ("C:\\Users\\ann\\x.npz", ".../x.npz"),
        ("'/tmp/x'", "'.../x'"),
        ("https://example.org/mnist/x.npz", "https://example.org/mnist/x.npz"),
        ("dense_1/kernel", "dense_1/kernel"),
        ("1 / 2 and samples/s", "1 / 2 and samples/s"),
    ],
)
def test_paths_are_cut_down_to_the_name(text: str, shown: str) -> None:
    assert without_paths(text) == shown


def test_cells_are_escaped_and_numbers_left_as_they_are() -> None:
    text = table(("A", "B"), [["1.10", "x|y"], ["1e5", "<b>\nz"]], "rl")
    assert rows(text)[2:] == [["1.10", "x\\|y"], ["1e5", "&lt;b&gt; z"]]
    assert escape("dense_1/kernel _x_") == "dense_1/kernel \\_x\\_"
    assert table(("A",), []) == "Not measured."


def test_importing_is_light() -> None:
    heavy = "{'tensorflow', 'keras', 'pandas', 'matplotlib', 'scipy', 'numpy'}"
    code = f"import sys, bench.report; sys.exit(str({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"


def test_the_time_to_an_accuracy_is_its_epochs_times_the_time_of_one(tmp_path: Path) -> None:
    curve = [{"epoch": e, "loss": 1.0, "val_accuracy": a} for e, a in ((1, 0.5), (2, 0.951))]
    trained = accuracy("mlp", "glorot-uniform", 0.95, curves={"raw": curve, "keras": curve})
    trained |= {"steps": 860, "epochs": 2}
    trained["config"]["batch_size"] = 128
    records = [("parity", parity("mlp")), ("accuracy", trained), ("throughput", throughput("mlp"))]
    text = section(report(tmp_path / "mnist", records), "Throughput")
    # 2 epochs of 430 batches of 128; a segment of 55,000 samples takes 0.88 s on the average
    row = next(r for r in rows(text) if r[1:4] == ["95.00 %", "2 epochs", "raw step"])
    assert row[4] == tables.significant(2 * 430 * 128 / 55_000 * 0.88)
