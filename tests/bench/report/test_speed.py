"""The throughput section: the records in units, and a verdict only where there is one."""

from pathlib import Path

import pytest

from tests.bench.report.stored import (
    page,
    parity,
    report,
    rows,
    section,
    throughput,
    unlinked,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


def test_the_throughput_table_is_the_records_in_units(tmp_path: Path) -> None:
    text = section(report(tmp_path / "mnist", whole()), "Throughput")
    assert rows(section(page(tmp_path / "mnist"), "How fast each way is"))[2:] == [
        ["mlp", "raw step", "62,500", "2,050", "1.92 (1.80 to 2.05)", "faster", "3"],
        ["mlp", "raw session", "58,500", "2,190", "1.81 (1.70 to 1.90)", "faster", "3"],
        ["mlp", "keras fit", "32,300", "3,960", "1 (reference)", "", "3"],
    ]
    for words in ("ABBA", "by lot and then backwards", "XLA off on both sides"):
        assert words in unlinked(text)
    epoch = "430 steps (55,000 samples)"
    assert ["mlp", epoch, "11", "not known", "", "0 ULP over 46 steps"] in rows(text)
    assert "No verdict" not in text


def test_a_model_has_its_controls_in_a_row_and_inference_by_the_sample(tmp_path: Path) -> None:
    timed = throughput("mlp") | {"task": "inference", "reference": "keras fit"}
    timed["controls"] = [
        {"arm": f"{arm} again", "ratio": 1.0, "low": 0.9, "high": 1.1, "blocks": 3}
        for arm in ("raw step", "keras fit")
    ]
    text = report(tmp_path / "m", [*whole(), ("throughput", timed)])
    table = rows(section(text, "Throughput"))
    assert ["mlp", "raw step", "62,500", "16.0", "1.92 (1.80 to 2.05)", "faster"] in table
    both = "raw step 1.00 (0.90 to 1.10); keras fit 1.00 (0.90 to 1.10)"
    assert ["mlp", "inference", both] in table


@pytest.mark.parametrize(("epoch", "said"), [(200_000, ", cut from 200,000)"), (110_000, ")")])
def test_an_epoch_that_was_cut_says_of_how_much(tmp_path: Path, epoch: int, said: str) -> None:
    timed = throughput("mlp") | {"samples_per_segment": 110_000, "epoch_samples": epoch}
    text = report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    assert f"(110,000 samples{said} " in section(text, "Throughput")
    assert f"Here an epoch is 430 steps (110,000 samples{said}." in page(tmp_path / "m")


@pytest.mark.parametrize(("low", "high"), [(0.95, 2.9), (1.0, 2.0), (0.0, None)])
def test_no_verdict_where_the_interval_has_one_in_it(
    tmp_path: Path, low: float, high: float | None
) -> None:
    records = [r for r in whole() if r[0] != "throughput"]
    text = report(tmp_path / "mnist", [*records, ("throughput", throughput("mlp", low, high))])
    assert "**Stay with `fit`: no way is faster by 10 % for sure.**" in text.split("## Equal?")[0]
    assert "No verdict: mlp raw step (the interval" in section(text, "Throughput")


@pytest.mark.parametrize(
    ("own_loop", "said"),
    [
        ([1.10, 1.125, 1.075], "faster when written by hand."),
        ([0.80, 0.82, 0.78], "faster in Keras's layers."),
        ([0.88, 0.90, 0.86], "no faster when written by hand: what costs is `fit`."),
        ([0.80, 0.95, 0.90], "In short: the same model; Keras's layers cost "),
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
    report(tmp_path / "m", [*records, ("throughput", timed)])
    text = page(tmp_path / "m")
    assert "Keras's layers (`own_loop`) take" in text
    assert "times as long as the same by hand (`step`), in the same loop." in text
    assert "times as long as `own_loop` around the same layers." in text
    assert said in text
    assert "](what-keras-hides.md#whose-loops)" in text
    shared = (tmp_path / "m" / "what-keras-hides.md").read_text()
    loops = shared.split("\n## Whose loops\n")[1]
    assert "tf.GradientTape() as tape" in loops.split("The step of own_loop and own_epoch")[1]


@pytest.mark.parametrize(("ways", "told"), [(("predict",), False), (("predict", "x"), True)])
def test_one_sample_is_told_where_several_ways_of_keras_took_turns(
    tmp_path: Path, ways: tuple[str, ...], told: bool
) -> None:
    latency = throughput("mlp") | {"task": "latency", "reference": "keras predict"}
    raw, fit = latency["arms"][0], latency["arms"][-1]
    latency["arms"] = [raw, *({**fit, "arm": f"keras {way}"} for way in ways)]
    text = report(tmp_path / "m", [*whole(), ("throughput", latency)])
    assert ("mlp: One sample: Keras's fastest way" in text) is told


def test_fit_at_its_best_has_a_price_beside_that_of_fit(tmp_path: Path) -> None:
    timed = throughput("mlp")
    raw, fit = timed["arms"][0], timed["arms"][-1]
    loop = {**raw, "arm": "keras own_loop", "impl": "keras", "engine": "own_loop"}
    best = {**loop, "arm": "keras fit, steps_per_execution=32", "engine": "fit_32"}
    best["seconds"] = [seconds / 1.25 for seconds in fit["seconds"]]
    timed["arms"] += [loop, best]
    report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", timed)])
    text = page(tmp_path / "m")
    assert "`fit, steps_per_execution=32` takes 1.5" in text
    assert "times as long as `own_loop` around the same layers." in text
