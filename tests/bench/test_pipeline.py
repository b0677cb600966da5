"""The order that nothing may break: proof, then accuracy, then time."""

from dataclasses import replace

import pytest

from bench.errors import NotVerified
from bench.pipeline import BenchPlan, run_model
from bench.records.reading import FILE_NAME, read
from bench.records.writing import Store
from bench.timing.presets import PRECISIONS
from tests.faults import plant_sum_for_mean
from tests.haste import OneProcess, hasten

PLAN = BenchPlan(dataset="digits", limit=130, parity_steps=2, epochs=1, blocks=2, engines=("step",))
TIMED = ["audit", "stand", "block", "block", "throughput"]


def _kinds(folder):
    return [record["kind"] for record in read(folder)]


def _run(folder, resume=False, say=lambda line: None, plan=PLAN):
    store = Store(folder)
    store.start(resume)
    return run_model(store, OneProcess(), "perceptron", plan, say)


@pytest.fixture(scope="module", autouse=True)
def short():
    """Segments too short to be trusted, and one of Keras's other engines."""
    with pytest.MonkeyPatch.context() as patch:
        hasten(patch)
        quick = replace(PRECISIONS["quick"], keras_engines=("fit", "own_loop"))
        patch.setitem(PRECISIONS, "quick", quick)
        yield


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A model measured once, and where its records are."""
    folder = tmp_path_factory.mktemp("measured")
    return _run(folder), folder


def test_an_unproved_pair_is_neither_trained_nor_timed(monkeypatch, tmp_path):
    plant_sum_for_mean(monkeypatch)
    said = []
    found = _run(tmp_path, say=said.append)
    assert not found.holds
    assert _kinds(tmp_path) == ["run", "parity", "parity"]
    assert len(said) == 2
    assert all("DIFF, loss loss: step 1" in line for line in said)


@pytest.mark.full
def test_a_model_is_proved_trained_audited_and_timed_in_that_order(measured):
    found, folder = measured
    assert _kinds(folder) == ["run", *["parity"] * 2, *["accuracy"] * 2, *TIMED * 3]
    assert set(found.parity) == {"step, fit", "step, own_loop"}
    assert found.verdict in ("faster", "slower", "equivalent", "inconclusive")
    assert found.throughput["training"]["epoch_samples"] == 130


@pytest.mark.parametrize(
    ("precision", "timing", "costs", "measured"),
    [
        ("full", True, None, True),
        ("full", False, None, False),
        ("quick", True, None, False),
        ("quick", False, True, True),
        ("full", True, False, False),
    ],
)
def test_costs_come_with_full_timing_or_when_they_are_asked_for(precision, timing, costs, measured):
    plan = replace(PLAN, precision=precision, timing=timing, costs=costs)
    assert plan.measures_costs == measured


def test_costs_alone_follow_the_proof(monkeypatch, tmp_path):
    both = [{"model": "perceptron", "impl": impl} for impl in ("raw", "keras")]
    monkeypatch.setattr("bench.pipeline.costs_of", lambda config: both)
    monkeypatch.setattr("bench.pipeline.costs_lines", lambda record: [record["impl"]])
    said = []
    plan = replace(PLAN, accuracy=False, timing=False, costs=True)
    _run(tmp_path, say=said.append, plan=plan)
    assert _kinds(tmp_path) == ["run", "parity", "costs", "costs"]
    assert said[1:] == ["raw", "keras"]


@pytest.mark.full
def test_the_first_raw_engine_and_fit_have_a_copy_beside_them(measured):
    training = measured[0].throughput["training"]
    names = [arm["arm"] for arm in training["arms"]]
    own = ["raw step", "keras fit", "keras own_loop"]
    assert names == [*own, "raw step again", "keras fit again"]
    assert [control["arm"] for control in training["controls"]] == names[3:]


@pytest.mark.full
def test_the_audit_names_what_is_measured_and_holds_all_else_equal(measured):
    audit = next(record for record in read(measured[1]) if record["kind"] == "audit")
    findings = {finding["fact"]: finding for finding in audit["findings"]}
    assert set(findings["variables"]["values"].values()) == {"785"}
    assert {"dtype", "xla", "op determinism", "threads", "last batch", "device"} <= findings.keys()
    for finding in findings.values():
        assert len(set(finding["values"].values())) == 1 or finding["measured"]


@pytest.mark.full
def test_what_an_earlier_sitting_finished_is_taken_as_it_is(measured, tmp_path):
    lines = (measured[1] / FILE_NAME).read_bytes().splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if b'"kind": "block"' in line) + 1
    path = tmp_path / FILE_NAME
    path.write_bytes(b"".join(lines[:cut]))  # killed after the first block
    _run(tmp_path, resume=True)
    assert path.read_bytes().splitlines(keepends=True)[:cut] == lines[:cut]
    assert _kinds(tmp_path)[cut:] == ["resume", "block", "throughput", *TIMED * 2]


@pytest.mark.full
def test_arms_that_are_not_alike_are_not_timed(measured, monkeypatch, tmp_path):
    lines = (measured[1] / FILE_NAME).read_bytes().splitlines(keepends=True)
    (tmp_path / FILE_NAME).write_bytes(b"".join(lines[:5]))  # proved and trained
    monkeypatch.setattr("bench.timing.audit._raw_facts", lambda engine: {"dtype": "float64"})
    monkeypatch.setattr("bench.timing.audit._keras_facts", lambda *engine: {"dtype": "float32"})
    with pytest.raises(NotVerified, match=r"not alike.*dtype \(raw step: float64, keras fit: f"):
        _run(tmp_path, resume=True)
    assert "block" not in _kinds(tmp_path)
