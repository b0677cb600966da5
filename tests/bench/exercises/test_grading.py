"""Grades: a skeleton, a solution, and wrong solutions; each gets the hint that fits."""

from dataclasses import replace

import numpy as np
import pytest

from bench.exercises import grade
from bench.exercises.grade import Grade
from bench.exercises.grading import graded
from bench.exercises.kinds import ALIKE
from bench.exercises.registry import EXERCISES
from bench.exercises.submission import Submission
from bench.exercises.tasks import gaps_of, written
from bench.exercises.words import answer, screen
from tests.bench.exercises.handing_in import filled
from tests.bench.exercises.judging import CONCEPTS, Wrong, fits
from tests.bench.exercises.noise import apart
from tests.bench.exercises.right import RIGHT
from tests.bench.exercises.wrong import QUICK, SUITE, every
from tests.quick import quick_are

CASES = {(name, w.what): w for name in EXERCISES for w in every(name)}


@pytest.mark.parametrize("name", EXERCISES)
def test_a_skeleton_fails_at_the_first_gap(name):
    """Before anything is run: there is nothing before that gap that could be wrong."""
    found = graded(Submission(name, written(name)))
    assert (found.verdict, found.gap, found.holds) == (grade.OPEN, 1, ())
    assert found.hint
    assert found.exit_code == 1


def test_fewer_than_ten_wrong_solutions_of_five_exercises_are_not_enough():
    counts = {name: len(every(name)) for name in EXERCISES}
    assert sum(count >= 10 for count in counts.values()) >= 5
    for name in EXERCISES:
        assert len({w.what for w in every(name)}) == len({w.code for w in every(name)})
        assert len({w.what for w in every(name)}) == counts[name]
        assert {w.gap for w in every(name)} <= set(gaps_of(name))


def test_a_hint_that_would_fit_any_mistake_fits_none():
    wrong = Wrong("the sign", 2, "", "sign")
    good = Grade("perceptron", grade.WRONG, 4, gap=2, hint="Look at the sign.")
    assert fits(wrong, good)
    assert not fits(wrong, replace(good, gap=1))
    assert not fits(wrong, replace(good, verdict=grade.OPEN))
    assert not fits(wrong, replace(good, hint="Look at the axis."))
    everything = "Sign, axis, bias, shape, sum or mean, activation?"
    assert not fits(wrong, replace(good, hint=everything))
    assert all(w.concept in CONCEPTS for w in CASES.values())


@pytest.mark.parametrize(
    ("name", "what"),
    quick_are(
        [("perceptron", "the loss from logits"), ("dropout", "the others are kept"),
         ("dropout", "NumPy draws"), ("mlp-in-keras", "activations as layers of their own"),
         ("adam-by-hand", "corrected means, as the paper has them")],
        ("perceptron", "the loss from logits"),
    ),
)  # fmt: skip
def test_a_right_solution_written_otherwise_passes(name, what):
    """A sample: ``tests.bench.exercises.all_right`` grades all."""
    found = graded(filled(name, RIGHT[name][what]))
    assert found.verdict == grade.PASSES, found


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


@pytest.mark.parametrize(
    ("name", "codes", "bounds"),
    [
        ("perceptron", RIGHT["perceptron"]["float64 in between"], (0, ALIKE / 50)),
        ("backprop-by-hand", RIGHT["backprop-by-hand"]["image by image"], (0, ALIKE / 50)),
        ("backprop-by-hand", {3: CASES["backprop-by-hand", "the slope at z"].code},
         (50 * ALIKE, np.inf)),
    ],
)  # fmt: skip
def test_alike_lies_between_rounding_and_mistakes(name, codes, bounds):
    """The noisiest and the nearest that ``tests.bench.exercises.noise`` found, and some margin."""
    least, most = bounds
    assert least <= apart(name, codes) <= most


def test_a_filled_gap_is_judged_while_later_ones_are_open():
    right = gaps_of("perceptron")[1].solution[0]
    found = graded(filled("perceptron", {1: right.strip()}, solved=False))
    assert (found.verdict, found.gap, found.holds) == (grade.OPEN, 2, (1,))
    wrong = graded(filled("perceptron", {1: "z = tf.matmul(x, self.w)"}, solved=False))
    assert (wrong.verdict, wrong.gap) == (grade.WRONG, 1), wrong
    assert "the bias" in wrong.hint


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
