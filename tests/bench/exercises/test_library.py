"""Every exercise: its files, its tasks in both languages, its skeleton and its solution."""

import ast
import re

import pytest

from bench.errors import UserError
from bench.exercises.gaps import regions, same_code
from bench.exercises.hints import BY_RUNG
from bench.exercises.registry import EXERCISES, exercise
from bench.exercises.submission import Submission
from bench.exercises.tasks import LANGUAGES, LIBRARY, gaps_of, task, written
from bench.specs import MODELS, OPTIMIZERS

NAMES = list(EXERCISES)


def test_every_folder_is_an_exercise():
    assert sorted(p.name for p in LIBRARY.iterdir() if p.name[0] != "_") == sorted(EXERCISES)
    with pytest.raises(UserError, match="unknown exercise 'percepton': choose one of perceptron,"):
        exercise("percepton")


@pytest.mark.parametrize("name", NAMES)
def test_task_and_solution_have_the_same_gaps_in_both_languages(name):
    gaps = gaps_of(name)
    assert sorted(gaps) == list(range(1, len(gaps) + 1))
    assert {g.rung for g in gaps.values()} <= set(BY_RUNG)
    for language in LANGUAGES:
        told = task(name, language)
        assert list(told.gaps) == sorted(gaps), language
        assert all(text for _, text in told.gaps.values())
    texts = [(LIBRARY / name / f"task.{language}.md").read_text() for language in LANGUAGES]
    code = [re.findall(r"`([^`]+)`", text.replace("bas, haut, forme", "low, high, shape"))
            for text in texts]  # fmt: skip
    assert sorted(set(code[0])) == sorted(set(code[1]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_skeleton_is_the_solution_but_for_its_gaps(name, language):
    skeleton, solved = written(name, language), written(name, language, solved=True)
    ast.parse(skeleton)
    assert max(map(len, skeleton.splitlines())) <= 100
    assert outside(skeleton) == outside(solved)
    assert Submission(name, skeleton).open == tuple(sorted(gaps_of(name)))
    assert Submission(name, solved).open == ()
    for gap in gaps_of(name).values():
        assert not same_code(gap.solution, gap.opened)
        assert not set(gap.solution) <= set(skeleton.splitlines())


def outside(text: str) -> list[str]:
    """Return the lines of a file that stand in no gap."""
    found = regions(text)
    return [line for n, line in enumerate(text.splitlines(), 1) if not any(n in r for r in found)]


@pytest.mark.parametrize("name", NAMES)
def test_its_twin_is_there(name):
    assert EXERCISES[name].model in MODELS
    assert EXERCISES[name].optimizer in OPTIMIZERS
    tree = ast.parse(written(name))
    functions = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    assert set(EXERCISES[name].makers) <= functions
    assert Submission(name, written(name, solved=True)).forbidden() is None
