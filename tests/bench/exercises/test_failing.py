"""Files that fail, whatever way: one clear line or a grade, never a traceback of ``gvk`` itself."""

import pytest

from bench.exercises.grading import graded
from bench.exercises.submission import Submission, submission
from bench.exercises.tasks import gaps_of, written
from bench.exercises.words import screen
from tests.bench.exercises.handing_in import filled

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


@pytest.mark.parametrize("what", FAILING)
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


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace("def loop():", "def lop():"),
        lambda text: text.replace("return Perceptron()", "return None"),
        lambda text: text.replace("return Perceptron()", "return Perceptron"),
        lambda text: text.replace("    def train_step(", "    def train("),
        lambda text: text.replace("class Perceptron:", "class Perceptron(int):"),
        lambda text: text.replace("# >>> gap 1", "# gap 1"),
        lambda text: text + "\nraise ValueError('at the end')\n",
        lambda text: text.replace("LEARNING_RATE = 0.05", "LEARNING_RATE = 'fast'"),
        lambda text: text.replace("self.variables = [self.w, self.b]", "self.variables = [self.w]"),
        lambda text: text.replace("import numpy as np", ""),
    ],
)
def test_a_file_spoilt_outside_its_gaps_is_a_grade_or_one_line(spoilt, tmp_path):
    text = spoilt(written("perceptron", solved=True))
    found = graded(Submission("perceptron", text))
    assert found.verdict in ("wrong", "passes"), found
    assert found.verdict == "passes" or found.what
    assert "\n" not in found.what
    assert screen(found, solution=True)


def test_a_gap_that_the_skeleton_has_and_is_left_open_is_said_to_be_open(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(written("mlp-by-hand"))
    found = graded(submission(path))
    assert (found.verdict, found.gap) == ("open", 1)
    assert len(gaps_of("mlp-by-hand")) == found.gaps
