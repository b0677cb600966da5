"""The answer: its words, its exit code, its way through JSON."""

import json

import pytest

from bench.diagnose.finding import Line
from bench.slow.finding import (
    FAST,
    SLOW,
    UNDECIDED,
    Interval,
    SlowFinding,
    SpeedDiagnosis,
    Way,
)
from bench.slow.words import page, screen

LINE = Line("/somewhere/pair.py", 45, "descend = tf.function(self._descend)")
FINDING = SlowFinding("step", "function-made-anew", "a function is made anew", LINE, "make it once",
                      "-    a\n+    b", 27_000.0, 300.0, Interval(90.0, 86.0, 92.0, 16),
                      (Line("/somewhere/pair.py", 50, "x = y", "called at"),))  # fmt: skip


def _answer(verdict, times, findings=()):
    way = Way("step", 27_000.0, 450.0, Interval(*times, 16), verdict)
    return SpeedDiagnosis(verdict, (way,), findings, facts={"seconds": 3.0}, cured="x = 1")


def test_a_cause_is_told_with_line_cost_and_cure():
    told = screen(_answer(SLOW, (60.0, 58.0, 62.0), (FINDING,)))
    for part in ("1 cause found", "pair.py:45", LINE.text, "called at", "make it once", "+    b",
                 "26.7 ms a step, 99% of it (99% to 99%)", "300 us without"):  # fmt: skip
        assert part in told


@pytest.mark.parametrize(
    ("verdict", "times", "said", "code"),
    [
        (FAST, (1.0, 0.96, 1.04), "the loop is as fast as the reference", 0),
        (FAST, (0.3, 0.28, 0.32), "the reference is the slow one", 0),
        (SLOW, (2.0, 1.9, 2.1), "nothing that was tried makes it faster", 1),
        (UNDECIDED, (1.1, 0.8, 1.5), "not decided", 3),
    ],
)
def test_every_verdict_has_its_words_and_its_code(verdict, times, said, code):
    answer = _answer(verdict, times)
    assert said in screen(answer)
    assert said in page(answer, ("pair.py",))
    assert answer.exit_code == code


def test_an_answer_goes_through_json():
    answer = _answer(SLOW, (60.0, 58.0, 62.0), (FINDING,))
    told = json.loads(json.dumps(answer.to_dict()))
    assert told["speed_schema"] == 1
    assert SpeedDiagnosis.from_dict(told) == answer


def test_a_page_shows_the_whole_cure():
    told = page(_answer(SLOW, (60.0, 58.0, 62.0), (FINDING,)), ("/somewhere/pair.py",))
    assert told.startswith("# Why pair.py is as fast as it is")
    assert "```diff\n-    a\n+    b\n```" in told
