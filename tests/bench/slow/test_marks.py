"""How an answer to a known slow pair is marked, and that nothing but the marks knows the pair."""

from pathlib import Path

import pytest

import bench.slow
from bench.diagnose.finding import Line
from bench.diagnose.marks import Truth
from bench.slow import marks
from bench.slow.finding import FAST, SLOW, Interval, SlowFinding, SpeedDiagnosis
from bench.slow.marks import is_marked, mark_speed, marked_speed, speed_table, speed_totals

CASES = Path(__file__).parent / "cases"


def _answer(text, *more, verdict=SLOW):
    finding = SlowFinding("step", "grows", "it grows", Line("p.py", 3, text), "cure", "", 2.0, 1.0,
                          Interval(2.0, 1.9, 2.1, 16), more)  # fmt: skip
    return SpeedDiagnosis(verdict, findings=(finding,))


def _marked(truth, answer, of_fixed=None):
    return marked_speed("pair", truth, answer, of_fixed, 1.0)


@pytest.mark.parametrize(
    ("line", "found", "first", "shown"),
    [
        ("self.losses.append(loss)", "self.losses.append( loss )", True, True),
        ("self.losses.append(loss)", "self.shown = 1", False, True),
        ("x = 1", "self.shown = 1", False, False),
        (None, "def train_step(self, x, y):", True, True),
    ],
)
def test_a_line_is_right_if_it_is_the_one_that_is_known(line, found, first, shown):
    more = Line("p.py", 4, "self.losses.append(loss)", "kept at")
    score = _marked(Truth("speed", ("c",), (line,)), _answer(found, more))
    assert (score.named, score.line, score.shown) == (True, first, shown)


def test_only_a_slow_pair_needs_a_cause():
    none, slow = Truth("none", ("",), (None,)), Truth("speed", ("c",), ("x = 1",))
    assert _marked(none, SpeedDiagnosis(FAST)).right
    assert _marked(none, SpeedDiagnosis(SLOW)).right  # it may take longer: that is no cause
    assert not _marked(none, _answer("x = 1")).right
    assert not _marked(none, SpeedDiagnosis("failed")).right
    assert not _marked(slow, SpeedDiagnosis(SLOW)).right
    assert _marked(slow, _answer("x = 1")).right


def test_counts_and_table():
    slow = Truth("speed", ("c",), ("x = 1",))
    scores = [
        _marked(slow, _answer("x = 1"), (1.02, 0.98, 1.05)),
        _marked(slow, _answer("y = 1"), (1.5, 1.4, 1.6)),
        _marked(Truth("none", ("",), (None,)), _answer("x = 1")),
    ]
    counts = speed_totals(scores)
    assert (counts["slow"], counts["cause found"], counts["line"]) == (2, 2, 1)
    assert (counts["cured as fast as fixed"], counts["false alarms"]) == (1, 1)
    assert "1.02 (0.98 to 1.05)" in speed_table(scores)


def test_what_is_searched_holds_no_marks(monkeypatch, tmp_path):
    """Whoever searches is handed neither the answer, nor the name, nor the program without it."""
    seen = []

    def searched(request, timeout, memory_mb):
        seen.append((request.files[0], Path(request.files[0]).read_text()))
        return SpeedDiagnosis(FAST)

    monkeypatch.setattr(marks, "speed_apart", searched)
    mark_speed(CASES / "evaluated_each_step.py", 10, 1000)
    (name, text), = seen  # fmt: skip
    assert "evaluated" not in name
    for word in ("CAUSE", "LINE", "KIND", "def fixed", "speed"):
        assert word not in text


def test_only_the_marks_know_how_a_pair_is_marked():
    for path in Path(bench.slow.__file__).parent.glob("*.py"):
        if path.name not in ("marks.py", "against_fixed.py"):
            text = path.read_text()
            for word in ("CAUSE", '"LINE', "KIND =", "fixed(", "bench.diagnose.marks"):
                assert word not in text, (path, word)


def test_slow_and_equal_pairs_are_marked():
    others = Path(__file__).parents[1] / "diagnose" / "cases"
    marked = [f.stem for f in sorted(others.glob("*.py")) if is_marked(f)]
    assert len(marked) == 10
