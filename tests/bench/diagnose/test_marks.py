"""What a known pair says of itself, what is left of it without, and how an answer is marked."""

import pytest

from bench.diagnose.answer import Diagnosis
from bench.diagnose.finding import Finding, Line
from bench.diagnose.marks import known, stripped
from bench.diagnose.scorecard import marked, totals

TWO = """
KIND = "result"
CAUSES = ["a sum", "a flag left out", "a " "number"]
LINES = ["x = tf.reduce_sum(e)", None, "return 0.5"]
CAUSE, LINE = "three faults: " + "; ".join(CAUSES), LINES[0]


def loop():
    return 1


def alone():
    return [2]


def fixed():
    return 3
"""


def _line(text, role=""):
    return Line("pair.py", 3, text, role)


def _finding(loop, *more, confirmed="yes"):
    return Finding("loss", 1, 1.0, "the loss", loop, None, {}, "loss-sum", "words",
                   confirmed=confirmed, loop_more=more)  # fmt: skip


@pytest.fixture
def truth(tmp_path):
    (tmp_path / "pair.py").write_text(TWO)
    return known(tmp_path / "pair.py")


def test_names_lists_and_joined_text_are_read(truth):
    assert truth.kind == "result"
    assert truth.causes == ("a sum", "a flag left out", "a number")
    assert truth.lines == ("x = tf.reduce_sum(e)", None, "return 0.5")


def test_what_is_computed_otherwise_is_refused_with_a_remedy(gvk, tmp_path):
    (tmp_path / "pair.py").write_text(TWO.replace('"a sum"', 'open("x").read()'))
    code, _, err = gvk("scorecard", tmp_path)
    assert code == 2
    assert "constants, names and lists" in err
    assert err.count("\n") == 1


def test_a_blind_pair_holds_no_marks_and_no_other_factory():
    left = stripped(TWO)
    assert left.startswith("def loop")
    assert "alone" not in left
    assert "fixed" not in left


def test_only_the_line_that_is_named_first_counts_as_the_line(truth):
    right = _finding(_line("x = tf.reduce_sum(e)"))
    late = _finding(_line("y = 1"), _line("return 0.5", "made at"))
    score = marked("pair", truth, Diagnosis("disagree", findings=(right, late)), 1.0)
    assert [f.first for f in score.faults] == [True, True, False]
    assert [f.shown for f in score.faults] == [True, True, True]
    counts = totals([score])
    assert (counts["faults with a line"], counts["line"]) == (2, 1)
    assert counts["line among those shown"] == 2
    assert counts["omissions placed"] == 1
    assert counts["cause confirmed"] == 2


def test_one_finding_does_not_pay_for_two_faults(truth):
    only = Diagnosis("disagree", findings=(_finding(_line("x = tf.reduce_sum(e)")),))
    score = marked("pair", truth, only, 1.0)
    assert [f.first for f in score.faults] == [True, False, False]
    assert score.told == 1


def test_a_line_that_a_screen_does_not_show_is_not_counted(truth):
    more = [_line(f"f({i})", "called from") for i in range(2)]
    found = _finding(_line("y = 1"), *more, _line("return 0.5", "called from"))
    score = marked("pair", truth, Diagnosis("disagree", findings=(found,)), 1.0)
    assert not score.faults[2].shown
