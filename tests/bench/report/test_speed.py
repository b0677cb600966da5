"""The throughput section: the records in units, and a verdict only where there is one."""

from pathlib import Path

import pytest

from tests.bench.report.stored import (
    page,
    parity,
    report,
    rows,
    section,
    summary,
    throughput,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


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
    assert "faster" not in summary(text, "mlp")
    assert "No verdict: mlp raw step (the interval" in section(text, "Throughput")


@pytest.mark.parametrize(
    ("own_loop", "said"),
    [
        ([1.10, 1.125, 1.075], "faster when written by hand."),
        ([0.80, 0.82, 0.78], "faster in Keras's layers."),
        ([0.88, 0.90, 0.86], "no faster when written by hand: what costs is `fit`."),
        ([0.80, 0.95, 0.90], "by hand in the same loop"),  # "... % faster at most"
    ],
)
def test_by_hand_is_told_from_keras_layers_in_the_same_loop(
    tmp_path: Path, own_loop: list[float], said: str
) -> None:
    timed = throughput("mlp")
    timed["arms"].append(
        {"arm": "keras own_loop", "impl": "keras", "engine": "own_loop", "seconds": own_loop}
    )
    records = [r for r in whole() if r[0] != "throughput"]
    text = report(tmp_path / "m", [*records, ("throughput", timed)])
    line = summary(text, "mlp")
    assert "Keras's layers take" in line
    assert "times as long as `step` in the same loop." in line
    assert "times as long as `own_loop` around the same layers." in line
    assert said in line
    page = (tmp_path / "m" / "model-mlp.md").read_text()
    assert said in page
    assert "tf.GradientTape() as tape" in page.split("The step of own_loop and own_epoch")[1]
