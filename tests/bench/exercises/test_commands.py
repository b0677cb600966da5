"""``gvk exercise`` and ``gvk grade`` as who learns meets them."""

import json

import pytest

from bench.exercises.registry import EXERCISES
from bench.exercises.tasks import gaps_of, written
from tests.bench.exercises.handing_in import filled


def test_exercises_are_listed_in_the_workshops_order(gvk, tmp_path):
    code, out, _ = gvk("exercise", "list", "--json", "list.json")
    assert code == 0
    assert [line.split()[1] for line in out.splitlines()] == list(EXERCISES)
    assert len(json.loads((tmp_path / "list.json").read_text())["exercises"]) == len(EXERCISES)
    assert "à la main" in gvk("exercise", "list", "--language", "fr")[1]


def test_a_skeleton_is_written_once(gvk, tmp_path):
    code, out, _ = gvk("exercise", "dropout", "-o", "mine.py")
    assert code == 0
    assert "gvk grade mine.py" in out
    assert (tmp_path / "mine.py").read_text() == written("dropout")
    code, _, err = gvk("exercise", "dropout", "-o", "mine.py")
    assert code == 2
    assert "mine.py is there already" in err
    assert gvk("exercise", "dropout", "--language", "fr")[1] == written("dropout", "fr")


def test_bad_input_is_one_line(gvk, tmp_path):
    (tmp_path / "other.py").write_text("x = 1\n")
    for arguments, said in (
        (["exercise", "percepton"], "choose one of perceptron"),
        (["grade", "gone.py"], "gone.py: No such file"),
        (["grade", "other.py"], "says of no exercise"),
    ):
        code, _, err = gvk(*arguments)
        assert code == 2
        assert said in err
        assert err.count("\n") == 1


@pytest.mark.usefixtures("in_this_process")
def test_a_grade_says_what_holds_and_keeps_the_answer_back(gvk, tmp_path):
    losses = gaps_of("perceptron")[3].solution[0].strip()
    handed = filled("perceptron", {3: f"{losses}\nloss = tf.reduce_sum(losses)"})
    (tmp_path / "mine.py").write_text(handed.text)
    code, out, _ = gvk("grade", "mine.py", "--json", "grade.json")
    assert code == 1
    assert "gap 3 of 4 does not hold yet" in out
    assert "gap 1, the weighted sum" in out
    assert "reduce_mean" not in out
    found = json.loads((tmp_path / "grade.json").read_text())
    assert (found["grade_schema"], found["cause"], found["gap"]) == (1, "sum-or-mean", 3)
    assert "answer" not in found
    assert not found["remedy"]
    code, out, _ = gvk("grade", "mine.py", "--solution", "--json", "told.json")
    assert code == 1
    assert "loss = tf.reduce_mean(losses)" in out
    assert json.loads((tmp_path / "told.json").read_text())["answer"]


@pytest.mark.full
def test_a_file_runs_in_a_process_of_its_own_and_within_its_limits(gvk, tmp_path):
    solved = written("perceptron", solved=True)
    (tmp_path / "mine.py").write_text(solved.replace("import numpy", "print('here')\nimport numpy"))
    code, out, _ = gvk("grade", "mine.py", "--output", "said.txt")
    assert (code, "solved" in out, "here" in out) == (0, True, False)
    assert "here" in (tmp_path / "said.txt").read_text()
    (tmp_path / "slow.py").write_text(
        solved.replace("import numpy", "while True: pass\nimport numpy")
    )
    code, _, err = gvk("grade", "slow.py", "--timeout", "3")
    assert code == 2
    assert "--timeout" in err
