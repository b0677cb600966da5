"""Grades: a skeleton, a solution, and wrong solutions; each gets the hint that fits."""

import pytest

from bench.exercises import grade
from bench.exercises.grade import Grade
from bench.exercises.grading import graded
from bench.exercises.registry import EXERCISES
from bench.exercises.submission import Submission
from bench.exercises.tasks import gaps_of, written
from bench.exercises.words import answer, screen
from tests.bench.exercises.handing_in import filled
from tests.bench.exercises.wrong import QUICK, SUITE, WRONG, fits
from tests.quick import quick_are

CASES = {(name, w.what): w for name, several in WRONG.items() for w in several}


@pytest.mark.parametrize("name", EXERCISES)
def test_a_skeleton_fails_at_the_first_gap(name):
    """Before anything is run: there is nothing before that gap that could be wrong."""
    found = graded(Submission(name, written(name)))
    assert (found.verdict, found.gap, found.holds) == (grade.OPEN, 1, ())
    assert found.hint
    assert found.exit_code == 1


def test_fewer_than_ten_wrong_solutions_of_five_exercises_are_not_enough():
    assert len(WRONG) >= 5
    assert all(len(several) >= 10 for several in WRONG.values())
    assert all(len({w.code for w in several}) == len(several) for several in WRONG.values())


@pytest.mark.parametrize("name", quick_are(EXERCISES, "perceptron", "epoch-in-a-graph"))
def test_its_solution_passes(name):
    found = graded(Submission(name, written(name, solved=True)))
    assert found.verdict == grade.PASSES, found
    assert found.holds == tuple(gaps_of(name))
    assert found.exit_code == 0
    assert "solved" in screen(found)


@pytest.mark.parametrize(("name", "what"), quick_are(SUITE, *QUICK))
def test_a_wrong_solution_gets_the_hint_that_fits(name, what):
    wrong = CASES[name, what]
    found = graded(filled(name, {wrong.gap: wrong.code}))
    assert fits(wrong, found), found
    assert found.holds == tuple(range(1, wrong.gap))
    hidden = [line for line in answer(found) if line not in wrong.code]  # who wrote one may see it
    assert hidden
    assert all(line not in screen(found) for line in hidden)
    assert all(line in screen(found, solution=True) for line in hidden)


def test_a_filled_gap_is_judged_while_later_ones_are_open():
    right = gaps_of("perceptron")[1].solution[0]
    found = graded(filled("perceptron", {1: right.strip()}, solved=False))
    assert (found.verdict, found.gap, found.holds) == (grade.OPEN, 2, (1,))
    wrong = graded(filled("perceptron", {1: "z = tf.matmul(x, self.w)"}, solved=False))
    assert (wrong.verdict, wrong.gap) == (grade.WRONG, 1), wrong
    assert "does not depend on" in wrong.hint


def test_code_that_fails_is_placed_and_explained():
    found = graded(filled("perceptron", {2: "p = tf.nn.sigmod(z)"}))
    assert (found.verdict, found.gap, found.text) == (grade.WRONG, 2, "p = tf.nn.sigmod(z)")
    assert "sigmod" in found.what
    assert "spelt" in found.hint


@pytest.mark.full
def test_code_that_fails_does_not_hide_what_is_wrong_before_it():
    bad = {1: "z = tf.matmul(x, self.w) - self.b", 2: "p = tf.nn.sigmod(z)"}
    found = graded(filled("perceptron", bad))
    assert (found.verdict, found.gap) == (grade.WRONG, 1), found


def test_what_is_in_use_that_may_not_be_is_told_first():
    found = graded(filled("perceptron", {1: "z = tf.keras.layers.Dense(1)(x)"}))
    assert found.verdict == grade.WRONG
    assert "`keras` does here what this exercise is about" in found.hint


@pytest.mark.full
@pytest.mark.parametrize(
    ("gap", "code", "what"),
    [
        (1, "self.compiled_epoch = lambda *given: self.epoch(*given)", "is no graph"),
        (3, "for i in range(-(-len(order) // 16)):\n"
            "    loss = self.train_step(x[16 * i : 16 * i + 16], y[16 * i : 16 * i + 16])",
         "no loop in the graph"),
    ],
)  # fmt: skip
def test_an_epoch_that_is_no_graph_is_told(gap, code, what):
    found = graded(filled("epoch-in-a-graph", {gap: code}))
    assert (found.verdict, found.gap) == (grade.WRONG, gap), found
    assert what in found.what


def test_a_grade_survives_its_way_out_of_a_process():
    found = Grade("perceptron", grade.WRONG, 4, (1,), ("loss",), gap=2, line=3, hint="so")
    assert Grade.from_dict(found.to_dict()) == found
