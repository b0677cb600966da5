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
    row,
    rows,
    rung,
    section,
    unlinked,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


def test_pairs_of_which_the_same_was_found_are_one_row(tmp_path: Path) -> None:
    apart = rung("gradient", "dense_1/kernel", max_abs=1.2e-7, max_ulp=8, max_relative=3e-7)
    loose = parity("mlp", "epoch", criterion="within 8 times the noise floor", rungs=[apart])
    text = report(tmp_path / "mnist", [*whole(), ("parity", loose)])
    head = section(unlinked(text), "Equal?")
    assert rows(head)[2:] == [
        ["mlp", "step-fit; session-fit", "0 ULP", "1,290", "0", "0 ULP", "equal"],
        [
            "mlp",
            "epoch-fit",
            loose["criterion"],
            "1,290",
            "1.2e-07",
            "3.0e-07 of the largest",
            "equal",
        ],
    ]
    assert "- op determinism\n- no XLA\n" in head
    said = "2 meet *0 ULP*; 1 meet *within 8 times the noise floor* (`epoch-fit` of mlp)."
    assert f"Of 3 pairs of engines, one by hand and one of Keras, {said}" in head
    assert "Yes: 0 ULP (`epoch-fit`: within 8 times the noise floor) at every tensor" in page(
        tmp_path / "mnist"
    )


def test_engines_with_several_proofs_are_told_apart_by_what_varies(tmp_path: Path) -> None:
    loose = parity("mlp", config=config("mlp", kernels="primitive"), criterion="1e-4 relative")
    text = report(tmp_path / "mnist", [("parity", parity("mlp")), ("parity", loose)])
    assert [r[1:3] for r in rows(section(text, "Equal?"))[2:]] == [
        ["step-fit, fused", "0 ULP"],
        ["step-fit, primitive", "1e-4 relative"],
    ]


def test_what_is_not_equal_says_so_and_gets_no_ratio(tmp_path: Path) -> None:
    records = [("parity", parity("mlp", "session")), ("parity", parted("mlp")), *whole()[2:]]
    text = report(tmp_path / "mnist", records)
    assert row(text, "mlp")["Equal"] == "NOT EQUAL"
    where = "engine step parts at gradient dense_1/kernel, step 7, by 3.1e-04"
    assert f"- **mlp: NOT EQUAL.** {where}" in unlinked(text)
    assert "1.92" not in text
    assert "62,500" not in text
    assert "- mlp: withheld: NOT EQUAL." in section(text, "Throughput")
    assert "1 DO NOT meet *0 ULP* (`step-fit` of mlp)" in unlinked(section(text, "Equal?"))
    step = rows(section(text, "Equal?"))[3]
    apart = ["3.1e-04", "1.0e-03 of the largest"]
    assert step == ["mlp", "step-fit", "0 ULP", "1,290", *apart, "NOT EQUAL"]
    assert "NOT EQUAL from step 7" in page(tmp_path / "mnist")
    assert "No: engine step parts at gradient dense_1/kernel" in page(tmp_path / "mnist")
    write_index(tmp_path)
    for shown in ((tmp_path / "README.md").read_text(), page(tmp_path / "mnist")):
        assert "1.92" not in shown
        assert "62,500" not in shown


def test_a_difference_that_is_not_finite_is_not_hidden(tmp_path: Path) -> None:
    far = rung("loss", "loss", holds=False, max_abs=float("inf"), max_ulp=2**63 - 1, first_step=1)
    text = report(tmp_path / "mnist", [("parity", parity("mlp", holds=False, rungs=[far]))])
    cells = rows(section(text, "Equal?"))[2]
    assert cells[4:] == ["not finite", "unlike", "NOT EQUAL"]


def test_what_was_not_proved_gets_no_ratio(tmp_path: Path) -> None:
    text = report(tmp_path / "mnist", whole()[2:])
    assert row(text, "mlp")["Equal"] == "not proved equal"
    assert "1.92" not in text
    assert section(text, "Equal?").strip() == "Not measured."
