"""Equal or not: the table of the proofs, and that no ratio stands without one."""

from pathlib import Path

import pytest

from bench.report.index import write_index
from tests.bench.report.stored import (
    config,
    page,
    parity,
    parted,
    report,
    rows,
    rung,
    section,
    summary,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


def test_the_parity_table_has_a_row_for_each_engine_and_a_page_a_line_for_what_is_equal(
    tmp_path: Path,
) -> None:
    head = section(report(tmp_path / "mnist", whole()), "Equal?")
    said = section(page(tmp_path / "mnist"), "How one can tell that the two are equal")
    assert rows(head)[2:] == [
        ["mlp", "step", "0 ULP", "1,290", "0", "0 ULP", "equal"],
        ["mlp", "session", "0 ULP", "1,290", "0", "0 ULP", "equal"],
    ]
    assert "\n- `step`; `session`: 0 ULP, 1,290 steps: gradient, test metric.\n" in said
    assert not rows(said)
    assert "Exact mode set: op determinism; no XLA." in head


def test_engines_with_several_proofs_are_told_apart_by_what_varies(tmp_path: Path) -> None:
    loose = parity("mlp", config=config("mlp", kernels="primitive"), criterion="1e-4 relative")
    text = report(tmp_path / "mnist", [("parity", parity("mlp")), ("parity", loose)])
    assert [r[1:3] for r in rows(section(text, "Equal?"))[2:]] == [
        ["step, fused", "0 ULP"],
        ["step, primitive", "1e-4 relative"],
    ]
    assert "**EQUAL** (0 ULP and 1e-4 relative)" in summary(text, "mlp")


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
    assert step == [
        "mlp",
        "step",
        "0 ULP",
        "1,290",
        "3.1e-04",
        "1.0e-03 of the largest",
        "NOT EQUAL",
    ]
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
