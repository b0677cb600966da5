"""Every figure can be read: no words on words, on lines or off the canvas, whatever it shows."""

from base64 import b64encode
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from bench.anatomy import graph_figure
from bench.anatomy.roles import ROLES
from bench.growth import figure as growth
from bench.ladder import table as ladder
from bench.law import figure as law
from bench.records.reading import ModelRecords, latest, plain, read, report_folders
from bench.render import svg as style
from bench.report import (
    curves_figure,
    drift_figure,
    front_figure,
    outcomes_figure,
    peers_figure,
    throughput_figure,
)
from bench.report.document import documents
from bench.scaling import figure as scaling
from tests.bench.growth.hand_made import FIXED, by_batch
from tests.bench.ladder.hand_made import summed
from tests.bench.law.hand_made import LAWS, law_of
from tests.bench.render.layout import checked, unreadable
from tests.bench.report.stored import accuracy, bench, parity, throughput
from tests.bench.scaling.hand_made import scaling_of

REPORTS = Path(__file__).parents[3] / "reports"
HUGE, LONG = 1.2345e9, "m" * 40


@pytest.mark.full
@pytest.mark.parametrize("folder", report_folders(REPORTS), ids=lambda folder: folder.name)
def test_every_figure_of_the_reports_can_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[str, list[str]]] = []
    lay_out = style.laid_out

    def noted(make: Any, *arguments: Any) -> Figure:
        figure = lay_out(make, *arguments)
        drawn.append((f"{make.__module__} {len(drawn)}", unreadable(figure)))
        return figure

    monkeypatch.setattr(style, "laid_out", noted)
    figures = [name for name in documents(folder) if name.endswith(".svg")]
    assert len(drawn) == len(figures)
    assert {name: problems for name, problems in drawn if problems} == {}


def _stored(folder: Path, records: list[tuple[str, dict[str, Any]]]) -> dict[str, ModelRecords]:
    bench(folder, records)
    return latest(read(folder))


def _of_arms(model: str, seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Return a throughput record of any arms, each known only by its seconds."""
    arms = [
        {"arm": arm, "impl": arm.split()[0], "engine": arm.split(" ", 1)[1], "seconds": own}
        for arm, own in seconds.items()
    ]
    ratios = [{"arm": a, "ratio": HUGE, "low": 1e-3, "high": HUGE, "blocks": 3} for a in seconds]
    return throughput(model) | {"arms": arms, "ratios": ratios}


ARMS = (
    "raw step", "raw epoch", "keras fit", "keras fit, steps_per_execution=32",
    "keras fit, untuned", "keras own_loop", "keras own_epoch",
)  # fmt: skip
SECONDS = {
    "all alike": {arm: [1.0, 1.0, 1.0] for arm in ARMS},
    "a thousand times apart": {
        a: [s, 2 * s, s] for a, s in zip(ARMS, cycle((1e-6, 1e3)), strict=False)
    },
    "one arm": {"keras fit": [1.0, 1.1]},
    "twenty arms": {f"raw engine_{n}": [1.0 + n, 2.0 + n] for n in range(20)},
}


@pytest.mark.parametrize("seconds", SECONDS.values(), ids=SECONDS)
def test_any_number_of_arms_finds_its_place(tmp_path: Path, seconds: Any) -> None:
    models = _stored(
        tmp_path, [("parity", parity("mlp")), ("throughput", _of_arms("mlp", seconds))]
    )
    assert checked(throughput_figure.throughput, "mlp", models["mlp"]) == []
    assert checked(front_figure.front, models) == []


@pytest.mark.parametrize("times", [1e-4, 1.0, 1e6])
@pytest.mark.parametrize("peers", [1, 12])
def test_any_number_of_peers_finds_its_place(times: float, peers: int) -> None:
    names = {"keras fit": "keras", "raw epoch, xla": "raw"}
    names |= {f"peer {LONG}"[: 12 + n]: "peer" for n in range(peers)}
    arms = [
        {"arm": name, "impl": impl, "samples": 100, "seconds": [times**n, 2 * times**n, times**n]}
        for n, (name, impl) in enumerate(names.items())
    ]
    ratios = [{"arm": a, "ratio": HUGE, "low": 1e-3, "high": HUGE, "blocks": 3} for a in names]
    record = {"model": LONG, "arms": arms, "ratios": ratios[1:], "reference": "keras fit"}
    record["arms"] = [arm | {"seconds": [min(max(s, 1e-6), 1e6) for s in arm["seconds"]]}
                      for arm in arms]  # fmt: skip
    assert checked(peers_figure.draw, record) == []


@pytest.mark.parametrize("shares", [(0.5,) * 7, (0.0, 1.0), (0.9038, 0.9991), (0.97341, 0.97342)])
def test_accuracies_stand_beside_their_row(tmp_path: Path, shares: tuple[float, ...]) -> None:
    records: list[tuple[str, dict[str, Any]]] = []
    for number, share in enumerate(shares):
        trained = accuracy(f"model-{number}", "glorot-uniform", share)
        trained["keras"] = {**trained["keras"], "accuracy": 1 - share}
        records += [("parity", parity(f"model-{number}")), ("accuracy", trained)]
    assert checked(front_figure.front, _stored(tmp_path, records)) == []


@pytest.mark.parametrize(("epochs", "initializers"), [*product((1, 200), (1, 5))])
def test_curves_have_room_for_their_names(tmp_path: Path, epochs: int, initializers: int) -> None:
    curve = [
        {"epoch": e, "loss": HUGE / e, "val_accuracy": 1 - 1 / e} for e in range(1, epochs + 1)
    ]
    weights = [{"max_ulp": 2**63 - 1}] * epochs
    changes: dict[str, Any] = {"curves": {"raw": curve, "keras": curve[::-1]}, "weights": weights}
    made = [accuracy("mlp", f"{n} {LONG}", 0.9, **changes) for n in range(initializers)]
    models = _stored(tmp_path, [("parity", parity("mlp")), *(("accuracy", each) for each in made)])
    assert checked(curves_figure.curves, models["mlp"]) == []


@pytest.mark.parametrize("apart", [0.0, 1e-9, 1.0, 1e30, None])
def test_any_distance_can_be_drawn(apart: float | None) -> None:
    walk = [{"max_ulp": 1, "max_relative": apart}] * 3
    record = {"model": LONG, "series": {"fused": walk, "formulas": walk, "shaken": walk[:1]}}
    assert checked(drift_figure.draw, record) == []


@pytest.mark.parametrize("times", [1e-4, 1e6])
@pytest.mark.parametrize("wide", [0.0, 1e5])
def test_a_ladder_can_be_read_whatever_its_rungs_cost(times: float, wide: float) -> None:
    record = plain(summed(jitter=(-wide, wide, wide, -wide)))
    for number, each in enumerate((*record["rungs"], *record["sideways"])):
        each["us"] *= times * (-1) ** number
    record["sideways"][2]["us"] = 1e3 * times * HUGE
    record["sideways"][3] |= {"us": -HUGE, "low": None, "high": None}
    assert checked(ladder.make_figure, record) == []
    assert checked(ladder.make_figure, record | {"sideways": []}) == []


def test_a_long_bar_is_cut_and_the_short_ones_are_seen() -> None:
    from bench.render.svg import house_style, laid_out

    record = plain(summed())
    for option, us in zip(record["sideways"], (-655.0, 37.7, 8120.0, -339.0), strict=True):
        option |= {"us": us, "low": us, "high": us}
    with house_style():
        below = laid_out(ladder.make_figure, record).axes[1]
    assert below.get_xlim()[1] < 2 * 655
    assert "+8,120" in [text.get_text() for text in below.texts]
    assert [line.get_marker() for line in below.lines].count(">") == 1


@pytest.mark.parametrize("engines", [1, 4, 12])
def test_a_law_of_any_engines_can_be_read(engines: int) -> None:
    more = {f"keras engine_number_{n}": (100 * n, 1e3 * n) for n in range(1, engines)}
    record = plain(law_of(LAWS | more)) | {"model": LONG}
    assert checked(law.make_figure, record) == []
    by_batch = [point for point in record["points"] if point["sweep"] == "batch"]
    assert checked(law.make_figure, record | {"points": by_batch}) == []
    assert len(law.make_figure(record | {"points": by_batch}).axes) == 1
    assert checked(law.make_figure, record | {"points": []}) == []


@pytest.mark.parametrize("cost", [1e-3, 3.0, 1e4])
@pytest.mark.parametrize("engines", [1, 9])
def test_growth_of_any_engines_can_be_read(cost: float, engines: int) -> None:
    more = {f"keras engine_number_{n}": cost * n for n in range(1, engines)}
    record = plain(by_batch(fixed=FIXED | {"keras fit": cost} | more)) | {"model": LONG}
    for axis in ("batch", "seeds"):
        assert checked(growth.make_figure, record, axis) == []
    bare = [p | {"memory_mib": {}} for p in record["points"]]
    assert checked(growth.make_figure, record | {"points": bare}, "batch") == []
    assert checked(growth.make_figure, record | {"points": []}, "batch") == []


@pytest.mark.parametrize("counts", [(), (2,), (2, 3, 4, 16, 128)])
def test_a_scaling_of_any_numbers_can_be_read(counts: tuple[int, ...]) -> None:
    record = plain(scaling_of(replicas=counts, workers=counts)) | {"model": LONG}
    assert checked(scaling.make_figure, record) == []
    assert checked(scaling.make_figure, record | {"projections": []}) == []


@pytest.mark.parametrize("kinds", [1, 30])
def test_every_operation_that_a_box_names_stands_in_it(kinds: int) -> None:
    operations = {f"SoftmaxCrossEntropyWithLogitsV{n}": 10 ** (n % 5) for n in range(kinds)}
    graph = {"operations": dict.fromkeys(ROLES, operations), "edges": []}
    sides = {"raw": {"optimized": graph}, "keras": {"optimized": graph}}
    assert checked(graph_figure.draw, {"model": LONG, "sides": sides}) == []


@pytest.mark.parametrize(("classes", "mistakes"), [*product((2, 10), (0, 2, 5, 12))])
def test_outcomes_of_any_model_can_be_read(classes: int, mistakes: int) -> None:
    matrix = [[54_321] * classes] * classes
    mistake = {"label": 1, "raw": 0, "keras": 0, "probability": 1.0}
    mistake["pixels"] = b64encode(bytes(784)).decode()
    told = {"classes": list(range(classes)), "mistakes": [mistake] * mistakes}
    record = {"outcomes": {**told, "confusion": {"raw": matrix, "keras": matrix}}}
    assert checked(outcomes_figure.outcomes, record) == []


def test_what_cannot_be_read_is_found() -> None:
    from matplotlib.figure import Figure as Plain

    figure = Plain()
    axes = figure.subplots()
    axes.plot([0, 1], [0.5, 0.5], label="the line")
    axes.text(0.5, 0.5, "below it", va="center")
    axes.text(0.51, 0.5, "upon it", fontsize=4)
    axes.text(1.5, 0.2, "far away", clip_on=False)
    axes.text(0, 0.8, "on the edge", ha="center", transform=axes.transAxes)
    found = " ".join(unreadable(figure))
    problems = ("'upon it' is 4.0 points", "'far away' leaves", "stands on", "runs through 'below")
    for problem in (*problems, "an edge of the axes runs through 'on the edge'"):
        assert problem in found
