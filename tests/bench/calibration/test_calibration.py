"""The calibration: right where the truth is known, and able to say that a method is wrong."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.calibration import measure as calibration
from bench.calibration.measure import coverage, measure
from bench.calibration.simulated_noise import NOISES, SHIFTS
from bench.calibration.summary import part_summary
from bench.calibration.workload import Extra
from bench.records.reading import FILE_NAME, read
from bench.records.seals import sealed
from bench.records.writing import Store
from bench.report.document import write_report
from bench.report.verify import verify
from bench.timing.blocks import Stop
from tests.haste import hasten
from tests.quick import quick_are


@pytest.mark.parametrize("noise", quick_are(NOISES, "drift"))
def test_intervals_cover_the_truth_in_simulated_noise(noise):
    assert 0.90 <= coverage(noise, 200, seed=1) / 200 <= 0.99  # 0.95 and three standard errors


def test_a_method_whose_intervals_are_too_narrow_is_found(monkeypatch):
    true = calibration.batched_ratio_of

    def narrow(reference, seconds):
        found = true(reference, seconds)
        half = (found.high - found.low) / 8
        return replace(found, low=found.ratio - half, high=found.ratio + half)

    monkeypatch.setattr(calibration, "batched_ratio_of", narrow)
    records = [{"noise": "drift", "runs": 200, "covered": coverage("drift", 200, seed=1)}]
    assert not part_summary("simulation", records)["holds"]


def test_every_noise_is_one_on_the_average_machine_and_does_what_it_says():
    rng, arms = np.random.default_rng(0), np.tile([0, 1], 10_000)
    burst = NOISES["bursts"](rng, arms)
    assert 0.06 < np.mean(burst > 1.2) < 0.1
    drift = NOISES["drift"](rng, arms)
    assert drift[-100:].mean() / drift[:100].mean() > 1.4
    wander = np.log(NOISES["autocorrelation"](rng, arms))
    assert np.corrcoef(wander[1:], wander[:-1])[0, 1] > 0.7
    beside = np.log(NOISES["neighbour"](rng, arms))
    shift = beside[arms == 0].mean() - beside[arms == 1].mean()
    # 20,000 slices are some 250 visits of 20 slices: the share of the time is known to a tenth
    assert shift == pytest.approx(SHIFTS["neighbour"], rel=0.25)


def _trial(word="equivalent", ratio=1.0, **more):
    return {"verdict": word, "ratio": {"ratio": ratio}, **more}


@pytest.mark.parametrize(
    ("part", "records", "holds"),
    [
        ("quiet", [_trial()] * 38 + [_trial("faster"), _trial("slower")], True),
        ("loaded", [_trial()] * 37 + [_trial("faster")] * 3, False),
        ("planted", [_trial("slower", 0.952)] * 9 + [_trial("inconclusive", 0.96)], True),
        ("planted", [_trial("slower", 0.952)] * 8 + [_trial("equivalent", 0.99)] * 2, False),
        ("spread", [_trial(ratio=r, sequential=r**4) for r in (0.98, 1.0, 1.02)], True),
        ("spread", [_trial(ratio=r, sequential=r**2) for r in (0.98, 1.0, 1.02)], False),
        ("simulation", [{"noise": "x", "runs": 1000, "covered": 950}], True),
        ("simulation", [{"noise": "x", "runs": 1000, "covered": 975}], False),
    ],
)
def test_what_is_claimed_is_held_against_the_trials(part, records, holds):
    assert part_summary(part, records)["holds"] is holds


def test_the_report_says_what_was_found_and_how_and_nothing_of_models(tmp_path):
    store = Store(tmp_path)
    store.start(verb="calibrate", environment={"cores": 2})
    store.append("calibration", **part_summary("quiet", [_trial()] * 39 + [_trial("faster")]))
    store.finish()
    text = write_report(tmp_path).read_text()
    assert "1 false of 40 (39 equivalent, 1 faster)" in text
    assert "A verdict is false where" in text
    assert "Keras layers" not in text
    assert "## Data" not in text


def test_a_planted_share_of_the_calls_is_made_twice():
    calls = []
    runner = Extra(lambda: calls.append(1), 0.05)
    for _ in range(50):
        runner.take(7)
    assert abs(len(calls) - 350 * 1.05) < 1


def _short(**extra):
    return calibration.Part(2, extra, Stop(least=2, most=2, target_width=0))


def test_trials_are_stored_and_taken_up_again(monkeypatch, tmp_path, hasty):
    monkeypatch.setitem(calibration.PARTS, "planted", _short(a=0.0, b=9.0))
    store = Store(tmp_path)
    store.start(verb="calibrate")
    (first,) = measure(store, "planted", 1, seed=0)
    assert first["ratio"]["ratio"] < 1  # b takes ten times the steps
    assert len(first["blocks"]) == 2
    again = Store(tmp_path)
    again.start(resume=True, verb="calibrate")
    assert len(list(measure(again, "planted", 2, seed=0))) == 2
    assert [r["trial"] for r in read(tmp_path) if r["kind"] == "trial"] == [0, 1]


def test_no_trial_is_begun_after_the_time_is_spent_but_two_in_any_case(
    monkeypatch, tmp_path, hasty
):
    monkeypatch.setitem(calibration.PARTS, "quiet", _short(a=0.0, b=0.0))
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("bench.calibration.measure.monotonic", lambda: next(clock))
    monkeypatch.setattr(calibration, "_trial", lambda *_: {})
    store = Store(tmp_path)
    store.start(verb="calibrate")
    assert len(list(measure(store, "quiet", 9, seed=0, budget_seconds=15))) == 3
    assert len(list(measure(store, "quiet", 9, seed=0, budget_seconds=1))) == 2


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    """Records of two short trials, of a coverage, and of what both come to; and their report."""
    folder = tmp_path_factory.mktemp("calibrated")
    store = Store(folder)
    store.start(verb="calibrate")
    with pytest.MonkeyPatch.context() as patch:
        hasten(patch)
        patch.setitem(calibration.PARTS, "quiet", _short(**calibration.ALIKE))
        trials = list(measure(store, "quiet", None, seed=0))
    covered = [store.append("coverage", noise="drift", runs=100, covered=95, seed=0)]
    for part, records in (("quiet", trials), ("simulation", covered)):
        store.append("calibration", **part_summary(part, records))
    store.finish()
    write_report(folder)
    return folder


def test_a_calibration_is_worked_out_again(calibrated):
    found = verify(calibrated)
    assert (found.blocks, found.summaries, found.faults) == (4, 4, ())


def _swapped(record):
    record["blocks"][1]["order"].reverse()
    record["blocks"][1]["order"].insert(0, record["blocks"][1]["order"].pop(1))


@pytest.mark.parametrize(
    ("kind", "change", "place"),
    [
        ("trial", lambda r: r["ratio"].update(ratio=1.5), "(trial quiet 0): ratio.ratio is 1.5"),
        ("trial", _swapped, "(trial quiet 0): the order of block 1"),
        ("coverage", lambda r: r.update(covered=90), "(calibration simulation): found is"),
        ("calibration", lambda r: r.update(found="0 false of 99"), "(calibration quiet): found"),
    ],
)
def test_one_digit_of_a_calibration_changed_and_sealed_anew_is_found(
    kind, change, place, calibrated, tmp_path
):
    records = read(calibrated)
    record = next(r for r in records if r["kind"] == kind)
    change(record)
    record |= sealed(record)
    lines = "".join(json.dumps(r) + "\n" for r in records)
    (tmp_path / FILE_NAME).write_text(lines)
    write_report(tmp_path)
    assert any(place in str(fault) for fault in verify(tmp_path).faults)
