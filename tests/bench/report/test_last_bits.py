"""``gvk verify`` on another processor: last bits may differ, and nothing else.

The records are committed ones: what was timed of one model, and two parts of the calibration, so
that every kind of summary is among them.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.law import fit as law_fit
from bench.records.differences import differences
from bench.records.reading import FILE_NAME, read
from bench.records.seals import sealed
from bench.render.svg import new_figure, svg
from bench.report import decisions
from bench.report.document import write_report
from bench.report.index import write_index
from bench.report.verify import verify, verify_index
from bench.rounding import DOWN, NOISE, UP, however_rounded, lean, leaning
from bench.stats.intervals import Ratio
from bench.timing.prices import Price
from tests.bench.measured import store_run

REPORTS = Path(__file__).parents[3] / "reports"
MODEL = "perceptron"
DERIVED = ("throughput", "ladder", "law")
MADE_OF = ("run", "end", "parity", "stand", "block", "coverage")
PARTS = ("simulation", "planted")
OF_A_TRIAL = ("ratio", "controls", "width")
ULP = 2.0**-52


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a report folder of one model and the calibration, as ``gvk report`` leaves it."""
    folder = tmp_path_factory.mktemp("reports") / "mixed"
    folder.mkdir()
    timed = [r for r in read(REPORTS / "mnist") if r.get("model", MODEL) == MODEL]
    tried = [r for r in read(REPORTS / "calibration") if r.get("part", PARTS[0]) in PARTS]
    _store(folder, [r for r in timed if r["kind"] in DERIVED + MADE_OF] + tried)
    write_report(folder)
    write_index(folder.parent)
    return folder


@pytest.fixture
def report(written, tmp_path):
    """Return a copy of that folder, to spoil."""
    return Path(shutil.copytree(written.parent, tmp_path / "reports")) / written.name


def _store(folder, records):
    (folder / FILE_NAME).write_text("".join(json.dumps(record) + "\n" for record in records))


def _shifted(value, rng, ulps):
    """Return a value with every float in it moved by some ULP, either way."""
    if isinstance(value, dict):
        return {key: _shifted(item, rng, ulps) for key, item in value.items()}
    if isinstance(value, list):
        return [_shifted(item, rng, ulps) for item in value]
    if isinstance(value, float):
        return value * (1 + rng.choice((-1, 1)) * ulps * ULP)
    return value


def _with_other_last_bits(record, rng, ulps=64):
    if record["kind"] in DERIVED:
        return sealed(_shifted(record, rng, ulps))
    if record["kind"] == "trial":
        moved = {key: _shifted(record[key], rng, ulps) for key in OF_A_TRIAL}
        return sealed(record | moved)
    return record


def _said(faults):
    return [str(fault) for fault in faults]


def test_every_derived_value_some_ulp_away_is_no_fault(report):
    rng = random.Random(0)
    before = read(report)
    moved = [_with_other_last_bits(record, rng) for record in before]
    changed = [a["kind"] for a, b in zip(before, moved, strict=True) if a != b]
    assert {*DERIVED, "trial"} <= set(changed)
    _store(report, moved)
    assert _said(verify(report).faults) == []
    assert _said(verify_index(report.parent)) == []


@pytest.mark.full
def test_a_processor_without_vector_instructions_finds_no_fault(report):
    """What NumPy and OpenBLAS would do on such a machine, on this one; TensorFlow has no part."""
    found = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    plain = {"NPY_DISABLE_CPU_FEATURES": " ".join(found), "OPENBLAS_CORETYPE": "Nehalem"}
    ask = [sys.executable, "-m", "bench", "verify", "--reports", str(report.parent)]
    done = subprocess.run(
        ask, env=os.environ | plain, cwd=REPORTS.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.full
def test_the_tenth_digit_of_a_summary_is_found_though_its_seal_is_right(report):
    records = read(report)
    line = _last(records, "law")
    records[line]["laws"]["batch"]["raw step"]["fixed"]["value"] *= 1 + 1e-10
    records[line] = sealed(records[line])
    _store(report, records)
    (fault,) = verify(report).faults
    assert fault.problem.startswith("laws.batch.raw step.fixed.value is")


def _last(records, kind):
    return max(n for n, record in enumerate(records) if record["kind"] == kind)


@pytest.mark.full
def test_one_ulp_of_a_record_breaks_its_seal(report):
    records = read(report)
    lines = [_last(records, kind) for kind in (*DERIVED, "trial", "block")]
    for line in lines:
        records[line] = _shifted(records[line], random.Random(0), 1)
    _store(report, records)
    broken = [f.place for f in verify(report).faults if f.problem.endswith("after it was written")]
    assert [int(place.split()[2]) for place in broken] == sorted(line + 1 for line in lines)


def _another_digit(line, rng):
    """Return a line in which one digit, wherever it stands, is one more or less."""
    at = rng.choice([found.start() for found in re.finditer(r"\d", line)])
    return line[:at] + str((int(line[at]) + rng.choice((1, 9))) % 10) + line[at + 1 :]


@pytest.mark.full
def test_any_digit_of_a_page_or_a_figure_is_found(report):
    rng, spoilt = random.Random(0), []
    for path in sorted([*report.glob("*.md"), *report.glob("*.svg")]):
        lines = path.read_text().split("\n")
        line = rng.choice([n for n, line in enumerate(lines) if re.search(r"\d", line)])
        lines[line] = _another_digit(lines[line], rng)
        path.write_text("\n".join(lines))
        spoilt.append(f"{path.name} line {line + 1}")
    assert len(spoilt) >= 5
    assert sorted(f.place for f in verify(report).faults) == spoilt


@pytest.mark.full
def test_the_last_decimal_of_a_coordinate_is_found(report):
    figures = sorted(report.glob("*.svg"))
    for path in figures:
        text = path.read_text()
        at = re.search(r"\nL \d+\.\d\d ", text).end() - 2
        path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])
    places = sorted(f.place.split()[0] for f in verify(report).faults)
    assert places == [path.name for path in figures]


@pytest.mark.full
def test_coordinates_have_two_decimals_at_most(report):
    for path in report.glob("*.svg"):
        drawn = re.findall(r"\n[MLQC] ([-\d. ]+)|\b[xy]=\"([-\d.]+)|translate\(([^)]+)\)",
                           path.read_text())  # fmt: skip
        assert drawn
        assert not [n for each in drawn for n in each if re.search(r"\.\d{3}", n)], path.name


def test_no_point_of_a_curve_is_left_out():
    """Which ones lie near enough to their neighbours' line would be a matter of last bits."""

    def straight():
        figure = new_figure(2.0)
        figure.subplots().plot(range(300))
        return figure

    assert max(len(d.split(b"L ")) for d in re.findall(rb'd="(M [^"]+)"', svg(straight))) == 300


@pytest.mark.parametrize(("there", "here", "faults"), [
    (2.05 * (1 - 3 * ULP), 2.05 * (1 + 3 * ULP), 0),  # printed 2.0 and 2.1, both rightly
    (2.049, 2.051, 1),
    (2.049, 2.0499, 0),
])  # fmt: skip
def test_a_printed_number_on_the_edge_of_a_rounding_may_stand_either_way(
    tmp_path, monkeypatch, there, here, faults
):
    """The index works out what is printed; the two processors are two answers to it."""
    store_run(tmp_path / "mlp")
    for ratio, of_processor in ((there, write_index), (here, verify_index)):
        price = Price("fit", "keras fit", "keras own_loop", Ratio(ratio, ratio, ratio, 8), "", "")
        monkeypatch.setattr(decisions, "in_one_loop", lambda _, price=price: (None, price))
        answer = of_processor(tmp_path)
    assert len(answer) == faults


@pytest.mark.parametrize(("value", "stored", "names"), [
    (1.0125, "1.012", []), (1.0125, "1.013", []), (1.0126, "1.012", ["why"]),
    (1.0125, "1.014", ["why"]),
])  # fmt: skip
def test_words_with_a_number_in_them_may_be_rounded_either_way(value, stored, names):
    def look():
        again = {"why": f"{lean(value):.3f}"}
        return {name: was for name, was, _ in differences({"why": stored}, again)}

    assert list(however_rounded(look(), look)) == names


def test_leaning_moves_a_number_by_its_noise_and_back():
    for direction in (UP, DOWN):
        with leaning(direction):
            assert lean(-8.0) == -8.0 + direction * 8 * NOISE
            assert lean(8.0, 0.5) == 8.0 + direction * 0.5
    assert lean(-8.0) == -8.0


@pytest.mark.parametrize(("stored", "again", "names"), [
    ({"us": 1e-9, "low": -400.0}, {"us": 2e-9, "low": -400.0}, []),  # noise of its interval
    ({"us": 1e-7, "low": -400.0}, {"us": 2e-7, "low": -400.0}, ["us"]),
    ({"residual": 3e-16}, {"residual": -2e-16}, []),  # of a line through two points
    ({"residual": 3e-10}, {"residual": -2e-10}, ["residual"]),
    ({"blocks": 8}, {"blocks": 9}, ["blocks"]),
    ({"low": None}, {"low": 1.0}, ["low"]),
    ({"verdict": "faster"}, {"verdict": "slower"}, ["verdict"]),
    ({"arms": [1.0, 2.0]}, {"arms": [1.0]}, ["arms[1]"]),
    ({"arms": 1.0}, {"arms": [1.0]}, ["arms[0]"]),
])  # fmt: skip
def test_what_differs(stored, again, names):
    assert [name for name, _, _ in differences(stored, again)] == names


def test_the_farthest_of_two_points_on_a_line_is_not_a_matter_of_last_bits():
    """A line through two points misses both by rounding alone: the first is named."""
    for off in (ULP, -ULP):
        line = np.array([1.0 + off, 3.0 - 4 * off])
        found = law_fit._goodness(["a", "b"], line, [[1.0] * 6, [3.0] * 6])
        assert found["worst"] == "a"
