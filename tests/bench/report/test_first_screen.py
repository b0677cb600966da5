"""The first screen: what to decide, a row a model, and what was measured on less than the whole."""

from pathlib import Path
from typing import Any

import pytest

from bench.records.reading import latest, read
from bench.report.decisions import decisions
from bench.report.settings import grouped
from tests.bench.report.stored import (
    accuracy,
    bench,
    parity,
    report,
    row,
    rows,
    section,
    throughput,
    unlinked,
    whole,
)

pytestmark = pytest.mark.usefixtures("undrawn")


def timed(model: str = "mlp", layers: float = 1.0, loop: float = 1.0) -> dict[str, Any]:
    """A throughput with an own loop: ``layers`` times its step by hand, fit twice that."""
    record = throughput(model)
    raw = record["arms"][0]["seconds"]
    arm = {"arm": "keras own_loop", "impl": "keras", "engine": "own_loop"}
    record["arms"].append({**arm, "seconds": [layers * seconds for seconds in raw]})
    fit = next(each for each in record["arms"] if each["arm"] == "keras fit")
    fit["seconds"] = [loop * layers * seconds for seconds in raw]
    record["ratios"].append({"arm": "keras own_loop", "ratio": loop, "low": loop, "high": loop})
    return record


def first(text: str) -> str:
    return unlinked(text.split("\n## ", maxsplit=1)[0])


def decision(text: str, kind: str) -> str:
    return next(line for line in first(text).splitlines() if line.startswith(f"- **{kind}"))


def test_a_row_has_a_step_in_three_ways_and_both_prices(tmp_path: Path) -> None:
    records = [("parity", parity("mlp")), ("accuracy", accuracy("mlp", "glorot-uniform", 0.971))]
    text = report(tmp_path / "m", [*records, ("throughput", timed(layers=1.02, loop=2.0))])
    assert row(text, "mlp") == {
        "Model": "[mlp](model-mlp.md)",
        "Equal": "0 ULP",
        "Accuracy": "97.10 % \N{DAGGER}",
        "By hand": "2,050",
        "Layers": "2,090",
        "`fit`": "4,170",
        "Layers \N{MULTIPLICATION SIGN}": "1.02 ± 0.0 %",
        "`fit` \N{MULTIPLICATION SIGN}": "2.00 ± 0.0 %",
    }
    assert "Equal: followed over 1,290 steps. Loop by hand: `step`." in first(text)


def test_no_cell_is_longer_than_a_line_leaves_room_for(tmp_path: Path) -> None:
    text = report(tmp_path / "m", [*whole("convnet-batchnorm"), *whole("mlp")])
    cells = row(text, "convnet\N{NON-BREAKING HYPHEN}batchnorm")
    shown = [cell.split("](")[0].strip("[") for cell in cells.values()]
    assert sum(map(len, shown)) < 75


def test_what_was_cut_short_is_marked_in_its_cell_and_said(tmp_path: Path) -> None:
    cut = timed(loop=2.0) | {"epoch_samples": 110_000}
    text = report(tmp_path / "m", [*whole()[:3], ("throughput", cut)])
    assert row(text, "mlp")["Accuracy"] == "97.10 % \N{DAGGER}"
    assert row(text, "mlp")["`fit` \N{MULTIPLICATION SIGN}"].endswith("% \N{DAGGER}")
    said = "trained for 3 of 200 (mlp) of the workshop's epochs; timed in epochs cut to 50 % of"
    assert f"Cut short (\N{DAGGER}): {said} theirs; GPU not measured, none found." in first(text)


def test_what_is_whole_is_not_called_cut(tmp_path: Path) -> None:
    records = [("parity", parity("mlp")), ("throughput", timed(loop=2.0))]
    trained = accuracy("mlp", "glorot-uniform", 0.97, epochs=200)
    text = report(
        tmp_path / "m", [*records, ("accuracy", trained)], environment={"gpu": "NVIDIA H200"}
    )
    assert "Cut short" not in first(text)
    assert "\N{DAGGER}" not in first(text)
    assert "**Measured** on NVIDIA H200, with versions not known" in first(text)


def test_a_failed_control_is_marked_and_decides(tmp_path: Path) -> None:
    doubtful = timed(loop=2.0)
    control = {"arm": "keras fit again", "ratio": 2.5, "low": 2.2, "high": 2.8, "blocks": 3}
    doubtful["controls"] = [control]
    text = report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", doubtful)])
    assert row(text, "mlp")["`fit` \N{MULTIPLICATION SIGN}"].endswith("% ?")
    assert "?: a control is off by too much for a verdict" in first(text)
    assert "Measure again: a control failed." in decision(text, "MLP-like (mlp)")


@pytest.mark.parametrize(
    ("layers", "loop", "said"),
    [
        (1.0, 2.0, "`fit` takes 2.0 times as long as an own loop around them. **Keep"),
        (1.0, 1.2, "`fit` takes 20 % longer than an own loop around them. **Keep the layers"),
        (1.0, 1.05, "**Stay with `fit`: no way is faster by 10 % for sure.**"),
        (1.3, 1.2, "Keras's layers take 30 % longer than the same by hand; `fit`"),
        (1.3, 1.2, "**Keras costs time: write it by hand.**"),
        (0.9, 2.0, "Keras's layers take no more time than the same by hand"),
        (1.0, 0.9, "`fit` takes no more time than an own loop around them. **Stay with `fit`"),
    ],
)
def test_the_decision_follows_from_both_prices(
    tmp_path: Path, layers: float, loop: float, said: str
) -> None:
    record = timed(layers=layers, loop=loop)
    text = report(tmp_path / "m", [("parity", parity("mlp")), ("throughput", record)])
    assert said in decision(text, "MLP-like (mlp)")


def test_a_kind_has_a_line_where_a_model_of_it_was_timed(tmp_path: Path) -> None:
    records = []
    for model, loop in (("perceptron", 2.0), ("mlp", 2.0), ("mlp-dropout", 1.0), ("mine", 2.0)):
        records += [("parity", parity(model)), ("throughput", timed(model, loop=loop))]
    text = report(tmp_path / "m", [*records, ("parity", parity("convnet"))])
    assert "Keep the layers; leave `fit` for an own loop." in decision(text, "Perceptron-like")
    assert "differs from model to model" in decision(text, "MLP-like (mlp, mlp-dropout)")
    assert "ConvNet-like" not in text
    assert "mine" not in decision(text, "Perceptron-like")


@pytest.mark.parametrize(
    ("low", "said"), [(-9.0, "try `x=1`, then an own loop"), (0.5, "leave `fit` for an own loop")]
)
def test_an_option_is_tried_first_where_its_gain_is_sure(
    tmp_path: Path, low: float, said: str
) -> None:
    won = {"rung": "x=1", "us": -10.0, "high": low}
    folder = tmp_path / "m"
    bench(folder, [("parity", parity("mlp")), ("throughput", timed(loop=2.0))])
    ladder = {"control": {"holds": True}, "sideways": [won]}
    text = decisions(latest(read(folder)), {"mlp": [ladder]})
    assert f"**Keep the layers; {said}.**" in text


def test_machines_that_differ_are_named_with_their_models(tmp_path: Path) -> None:
    bench(tmp_path / "m", whole("perceptron"))
    other = {"cpu": "Another", "cores": 4, "tensorflow": "2.21.0"}
    text = first(report(tmp_path / "m", whole("mlp"), environment=other))
    assert "Some CPU \\| 2 cores (perceptron), Another, 4 cores (mlp), no GPU" in text


def test_values_stand_once_with_what_they_hold_for() -> None:
    assert grouped({}) == ""
    assert grouped({"a": "1", "b": "1"}) == "1"
    assert grouped({"a": "1", "b": "1"}, whole=False) == "1 (a, b)"
    assert grouped({"a": "1", "b": "2", "c": "2", "d": "2"}) == "1 (a), 2 (the others)"
    assert grouped({"a": "1", "b": "2", "c": "2", "d": "2"}, whole=False) == "1 (a), 2 (b, c, d)"


def in_slices(waits: list[float], whole: bool = True) -> dict[str, Any]:
    """A throughput as ``method: slices`` stores it."""
    record = timed(loop=2.0) | {"method": "slices", "whole_epochs": whole}
    seconds = [0.01, 0.011, *[0.01 + wait for wait in waits or (0.0, 0.0)]]
    end = {"epochs": 4, "seconds": seconds, "waits": [0.0, 0.0, *(waits or (0.0, 0.0))]}
    fit = next(arm for arm in record["arms"] if arm["arm"] == "keras fit")
    fit |= {"steps": 430, "step_seconds": 0.004}
    fit |= {"epoch_end": end | {"without_wait": 0.01}} if whole else {}
    return record


def test_how_long_fit_waits_stands_apart_from_its_step(tmp_path: Path) -> None:
    records = [("parity", parity("mlp")), ("throughput", in_slices([2.0, 4.0]))]
    records += [("parity", parity("perceptron"))]
    records += [("throughput", in_slices([]) | {"model": "perceptron"})]
    text = report(tmp_path / "m", records)
    assert "may wait, which its µs leave out: 3.00 s in 2 of 4 epochs (mlp), never in" in text
    assert "\N{DAGGER}" not in row(text, "mlp")["`fit` \N{MULTIPLICATION SIGN}"]
    ends = section(text, "Throughput").split("at the end of an epoch</summary>")[1]
    assert rows(ends)[2] == ["mlp", "keras fit", "4", "10.0", "2", "3.00"]
    assert "in slices of 10 to 100 ms" in text
    assert "ABBA" not in text


def test_times_without_the_ends_of_epochs_say_so_in_their_cell(tmp_path: Path) -> None:
    records = [("parity", parity("mlp")), ("throughput", in_slices([], whole=False))]
    text = report(tmp_path / "m", records)
    assert row(text, "mlp")["`fit` \N{MULTIPLICATION SIGN}"].endswith("% \N{DAGGER}")
    assert "timed without what `fit` does between two epochs (mlp)" in text


def test_another_optimizer_than_the_workshops_is_said(tmp_path: Path) -> None:
    trained = accuracy("mlp", "glorot-uniform", 0.97)
    trained["config"]["optimizer"] = "momentum"
    text = report(tmp_path / "m", [("parity", parity("mlp")), ("accuracy", trained)])
    assert "trained by momentum (mlp), the workshop by sgd" in first(text)
