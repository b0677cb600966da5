"""``gvk growth``: every point proved, weighed, then timed; a killed run goes on."""

from types import SimpleNamespace

import pytest

from bench.growth import points as growth_points
from bench.growth.memory import peaks, too_much
from bench.growth.points import BATCH, DATA, SEEDS, TOGETHER, WIDTH, Point, points_of
from bench.records import frame
from bench.records.reading import FILE_NAME, read
from bench.specs import default_config, model_spec

COMMAND = ("growth", "perceptron", "--dataset", "digits", "--limit", "300", "--blocks", "2")


@pytest.fixture
def short_axes(monkeypatch, hasty, one_process):
    """A place an axis, one engine by hand beside the one that trains single seeds."""
    from bench.growth import measure, memory

    for axis, values in {BATCH: (32,), DATA: (400,), SEEDS: (3,)}.items():
        monkeypatch.setitem(growth_points.VALUES, axis, values)
    monkeypatch.setattr(growth_points, "SAMPLES", 512)
    monkeypatch.setattr(measure, "TIMED", ("epoch",))
    monkeypatch.setattr(measure, "WITH_MEMORY", ("raw epoch",))
    monkeypatch.setattr(memory, "in_fresh_process", lambda work, *arguments: work(*arguments))


def test_the_command_measures_stores_reports_and_verifies(gvk, short_axes, tmp_path):
    code, out, err = gvk(*COMMAND, "--axis", "batch", "--axis", "seeds")
    assert code in (0, 3), err  # what two blocks decide is up to the machine
    assert "growth perceptron batch 32: keras fit takes, times raw epoch" in out
    folder = tmp_path / "reports" / "digits"
    records = read(folder)
    kinds = [record["kind"] for record in records]
    assert (kinds.count("stand"), kinds.count("block"), kinds.count("memory")) == (2, 4, 2)
    (growth,) = [record for record in records if record["kind"] == "growth"]
    assert {p["axis"]: set(p["ratios"]) for p in growth["points"]} == {
        "batch": {"raw epoch"},
        "seeds": {"raw epoch", TOGETHER},
    }
    assert all(min(point["memory_mib"].values()) > 50 for point in growth["points"])
    page = (folder / "growth-perceptron.md").read_text()
    assert "## Batch size" in page
    assert "growth-seeds-perceptron.svg" in page
    assert "(growth-perceptron.md)" in (folder / "model-perceptron.md").read_text()
    rows = frame(folder)
    together = rows[rows.arm == TOGETHER]
    assert set(together.samples) == {3 * 512}
    assert (together.ratio > 0).all()
    code, out, _ = gvk("verify", "digits")
    assert (code, "0 faults" in out) == (0, True), out


@pytest.mark.full
def test_a_killed_run_goes_on(gvk, short_axes, tmp_path):
    command = (*COMMAND, "--axis", "data")
    gvk(*command)
    path = tmp_path / "reports" / "digits" / FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    kinds = [record["kind"] for record in read(path.parent)]
    last = max(n for n, kind in enumerate(kinds) if kind == "block")
    path.write_bytes(b"".join(lines[:last]))  # as a kill would leave it
    code, _, err = gvk(*command, "--resume")
    assert code in (0, 3), err
    after = [record["kind"] for record in read(path.parent)]
    assert [kind for kind in after if kind != "resume"] == kinds


def test_a_point_that_is_not_equal_is_not_timed(gvk, short_axes, monkeypatch, tmp_path):
    from bench.growth import measure
    from bench.proof.lockstep import Parity

    def unequal(store, exact, config, dataset, limit, walks):
        return [Parity(config, "0 ULP", (), 1, 1, ())]

    monkeypatch.setattr(measure, "prove_point", unequal)
    monkeypatch.setattr(measure, "peaks", lambda config, arm, points: [1.0] * len(points))
    code, out, _ = gvk(*COMMAND, "--axis", "data")
    assert code == 1
    assert "not proved equal" in out
    kinds = [record["kind"] for record in read(tmp_path / "reports" / "digits")]
    assert "block" not in kinds


@pytest.mark.full
def test_memory_of_an_axis_only_rises():
    config = default_config("perceptron")
    found = peaks(config, "keras fit", [Point(DATA, 400), Point(DATA, 40_000)])
    assert 100 < found[0] < found[1] - 60  # 40,000 images are 120 MiB


def test_what_needs_over_half_of_the_free_memory_is_left_out(monkeypatch):
    config = default_config("mlp")
    free = SimpleNamespace(available=2**32)
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    assert too_much(config, 100_000) == ""
    assert "over half of the 4.0 GiB that are free" in too_much(config, 600_000)


def test_no_axis_has_points_where_there_is_nothing_to_turn():
    points, reasons = points_of(model_spec("perceptron"), (BATCH, WIDTH))
    assert {point.axis for point in points} == {BATCH}
    assert reasons == {WIDTH: growth_points.NOTHING_TO_WIDEN}
    points, reasons = points_of(model_spec("convnet"), (SEEDS,))
    assert (points, reasons) == ([], {SEEDS: growth_points.NOT_TOGETHER})


def test_a_point_turns_one_dial():
    config = default_config("mlp")
    quarter = Point(WIDTH, 0.25)
    assert quarter.name == "width 0.25"
    assert quarter.config(config).spec.hidden_layers == (16, 8, 4)
    assert Point(BATCH, 8192).config(config) == config.but(batch_size=8192)
    assert Point(DATA, 600_000).samples == 600_000
    assert (Point(SEEDS, 16).seeds, Point(DATA, 1000).seeds) == (16, 1)
