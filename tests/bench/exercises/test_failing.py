"""Files that fail, whatever way: one clear line or a grade, never a traceback of ``gvk`` itself."""

import pytest

from bench.exercises.grading import graded
from bench.exercises.submission import Submission, submission
from bench.exercises.tasks import gaps_of, written
from bench.exercises.words import screen
from tests.bench.exercises.handing_in import filled
from tests.quick import quick_are

BROKEN = {
    "no Python": ("z = tf.nn.bias_add(tf.matmul(x, self.w), self.b", "is no Python"),
    "not indented": ("if True:\nz = 1", "is no Python"),
    "half a string": ("z = 'x", "is no Python"),
}

FAILING = {
    "a name that is not there": ("z = tf.matmul(x, w) + b", "spelt alike"),
    "a function that is not there": ("z = tf.mathmul(x, self.w)", "spelt as in TensorFlow"),
    "returns early": ("return None", "never reached"),
    "prints only": ("print(tf.matmul(x, self.w) + self.b)", "`z`"),
    "a string": ("z = 'x W + b'", ""),
    "None": ("z = None", ""),
    "a shape error": ("z = tf.matmul(x, tf.transpose(self.w)) + self.b", "inner sizes"),
    "float64 meets float32": ("z = tf.matmul(x, tf.cast(self.w, tf.float64)) + self.b", "float32"),
    "raises": ("raise RuntimeError('enough')", ""),
    "leaves": ("raise SystemExit(0)", ""),
    "leaves by a call": ("import sys\nsys.exit(3)", ""),
    "divides by zero": ("z = 1 / 0", ""),
    "an assertion": ("assert x.shape == (1, 1), 'no'\nz = x", ""),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_python_is_one_line(what, gvk, tmp_path):
    code, said = BROKEN[what]
    (tmp_path / "mine.py").write_text(filled("perceptron", {1: code}).text)
    code, out, err = gvk("grade", "mine.py")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert "mine.py, line" in err


@pytest.mark.parametrize("what", quick_are(FAILING, "returns early", "leaves by a call"))
def test_code_that_fails_is_told_where_and_why(what):
    code, hint = FAILING[what]
    found = graded(filled("perceptron", {1: code}))
    assert (found.verdict, found.gap) == ("wrong", 1), found
    assert hint in found.hint
    assert found.what
    assert "Traceback" not in screen(found)
    assert "{{" not in found.what


@pytest.mark.full
def test_what_runs_op_by_op_and_is_no_graph_is_told_where_and_why():
    code = (
        "begin = 0\n"
        "while begin < len(order):\n"
        "    loss = self.train_step(x[begin : begin + batch_size], y[begin : begin + batch_size])\n"
        "    begin += batch_size"
    )
    found = graded(filled("epoch-in-a-graph", {3: code}))
    assert (found.verdict, found.gap, found.text) == ("wrong", 3, "while begin < len(order):")
    assert "NotImplementedError" in found.what
    assert "tf.range" in found.hint


SPOILT = {
    "the function that makes it is gone": ("def loop():", "def lop():"),
    "it makes nothing": ("return Perceptron()", "return None"),
    "it makes a class": ("return Perceptron()", "return Perceptron"),
    "no step": ("    def train_step(", "    def never("),
    "a mark is gone": ("# >>> gap 1", "# gap 1"),
    "raises at the end": ("if __name__", "raise ValueError('at the end')\nif __name__"),
    "a rate that is no number": ("LEARNING_RATE = 0.05", "LEARNING_RATE = 'fast'"),
    "a variable less": ("self.variables = [self.w, self.b]", "self.variables = [self.w]"),
    "an import is gone": ("import numpy as np", ""),
}


@pytest.mark.parametrize("what", quick_are(SPOILT, "it makes nothing", "a mark is gone"))
def test_a_file_spoilt_outside_its_gaps_is_a_grade_in_one_line(what):
    text = written("perceptron", solved=True)
    assert text.replace(*SPOILT[what]) != text
    found = graded(Submission("perceptron", text.replace(*SPOILT[what])))
    assert found.verdict == ("passes" if what == "a mark is gone" else "wrong"), found
    assert found.verdict == "passes" or found.what
    assert "\n" not in found.what
    assert screen(found, solution=True)


def test_a_gap_that_the_skeleton_has_and_is_left_open_is_said_to_be_open(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(written("mlp-by-hand"))
    found = graded(submission(path))
    assert (found.verdict, found.gap) == ("open", 1)
    assert len(gaps_of("mlp-by-hand")) == found.gaps
