"""An exercise's file is a program: its skeleton runs, and its solution learns."""

import re
import runpy

import pytest

from bench.exercises import references, tryout
from bench.exercises.registry import EXERCISES
from bench.exercises.tasks import written
from tests.quick import quick_are

FEW = 64


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Return a function that runs a file as a program on a few digits, and gives what it prints."""
    whole = references.digits
    monkeypatch.setattr(
        references, "digits", lambda exercise: tuple(a[:FEW] for a in whole(exercise))
    )
    monkeypatch.setattr(tryout, "EPOCHS", 1)

    def ran(text: str) -> str:
        capsys.readouterr()
        (tmp_path / "exercise.py").write_text(text)  # TensorFlow reads its source
        runpy.run_path(str(tmp_path / "exercise.py"), run_name="__main__")
        return capsys.readouterr().out

    return ran


@pytest.mark.parametrize("solved", [False, True])
@pytest.mark.parametrize("name", quick_are(EXERCISES, "perceptron", "mlp-in-keras"))
def test_a_file_runs_as_it_is_and_once_it_is_solved(name, solved, run):
    lines = run(written(name, solved=solved)).splitlines()
    assert len(lines) == len(EXERCISES[name].makers)
    assert all(re.fullmatch(r"epoch 1: loss \S+, test accuracy [01]\.\d{3}", n) for n in lines)


def test_a_solution_learns_and_a_skeleton_does_not(run, monkeypatch):
    monkeypatch.setattr(tryout, "EPOCHS", 5)
    for solved in (False, True):
        said = run(written("perceptron", solved=solved))
        accuracies = [float(a) for a in re.findall(r"accuracy (\S+)", said)]
        assert len(accuracies) == 5
        # 64 images of two digits that hardly overlap; zeros for weighted sums name one for all
        assert (accuracies[-1] > 0.9) == solved
