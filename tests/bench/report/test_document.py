"""A report: what is in it, whose runs it is made of, and what is kept out of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.report.document import write_report
from bench.report.index import write_index
from tests.bench.report.stored import (
    DATASET,
    accuracy,
    bench,
    parity,
    report,
    row,
    rows,
    section,
    unlinked,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


def test_sections_stand_in_order(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole())
    assert text.startswith("# By hand and in Keras: mnist\n")
    titles = re.findall(r"^## (.*)$", text, re.M)
    wanted = ["Equal?", "Accuracy", "Throughput", "Settings", "Data", "Environment"]
    assert titles == [*wanted, "How to reproduce"]
    assert text.index("](figure.svg)") < text.index("## Equal?")
    for title in wanted[2:]:
        assert "<details>" in section(text, title)


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
    assert columns[6:8] == ["By hand, AUC", "Keras, AUC"]
    assert binary[6:8] == ["0.99987", "0.99987"]
    assert ten[6:8] == ["n/a", "n/a"]


def test_weights_that_end_apart_are_told(tmp_path: Path) -> None:
    apart = accuracy("mlp", "glorot-uniform", 0.9, max_ulp=3)
    text = report(tmp_path / "mnist", [("parity", parity("mlp")), ("accuracy", apart)])
    assert row(text, "mlp")["Equal"] == "3 ULP"
    assert rows(section(text, "Accuracy"))[2][-1] == "3"


def test_missing_sections_are_stated(tmp_path: Path) -> None:
    bare = [("parity", parity("mlp"))]
    text = report(tmp_path / "mnist", bare, environment=None, dataset=None, command=None)
    for title in ("Accuracy", "Throughput", "Data", "Environment"):
        assert "Not measured." in section(text, title) or "not measured" in section(text, title)
    assert "accuracy not measured (mlp); time not measured (mlp)" in unlinked(text)
    assert list(row(text, "mlp").values())[2:] == ["n/a"] * 6


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
    environment = rows(section(text, "Environment"))
    assert ["3.12.1", "perceptron"] in [[cells[0], cells[-1]] for cells in environment]
    assert ["3.14.0", "mlp"] in [[cells[0], cells[-1]] for cells in environment]
    assert len(rows(section(text, "Data"))) == 2 + len(DATASET)  # one table, of both


def test_the_run_of_an_accuracy_is_named_where_another_timed(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole(), command="gvk bench mlp")
    timed = [each for each in whole() if each[0] != "accuracy"]
    text = report(tmp_path / "mnist", timed, command="gvk bench mlp --no-accuracy")
    commands = section(text, "How to reproduce")
    assert "\ngvk bench mlp\n" in commands
    assert "\ngvk bench mlp --no-accuracy\n" in commands


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
    assert "[mlp](" not in text


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
    assert all(len(cells) == 7 for cells in rows(section(text, "Equal?")))
    assert all(len(cells) == 2 for cells in rows(section(text, "Environment")))


def test_a_command_cannot_leave_its_block(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole(), command="gvk bench\n```\n# mine")
    assert "\n\n```sh\ngvk bench ''' # mine\n```\n\n" in section(text, "How to reproduce")


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole())
    (tmp_path / "mnist" / "notes.md").write_text("mine")
    before = (tmp_path / "mnist" / "records.jsonl").read_bytes()
    write_report(tmp_path / "mnist")
    assert (tmp_path / "mnist" / "records.jsonl").read_bytes() == before
    names = {file.name for file in (tmp_path / "mnist").iterdir()}
    figures = {"figure.svg", "curves-mlp.svg", "throughput-mlp.svg"}
    pages = {"report.md", "model-mlp.md", "what-keras-hides.md"}
    assert names == {"records.jsonl", "notes.md", *pages, *figures}


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    bench(tmp_path / "mnist", whole())
    (tmp_path / "mnist" / "report.md").mkdir()
    with pytest.raises(UserError, match=r"cannot write .*report\.md"):
        write_report(tmp_path / "mnist")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=r"cannot write .*README\.md"):
        write_index(tmp_path / "file")


def test_importing_is_light() -> None:
    heavy = "{'tensorflow', 'keras', 'pandas', 'matplotlib', 'scipy', 'numpy'}"
    code = f"import sys, bench.report.document; sys.exit(str({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"
