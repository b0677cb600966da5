"""The line that is named first, over pairs whose faulty line is known."""

from pathlib import Path

import pytest

from bench.diagnose.marks import known
from bench.diagnose.scorecard import marked

HERE = Path(__file__).parent
QUICK = ("own_cases/scores_taken_for_probabilities", "own_cases/reported_loss_without_penalty")
"""A setting of an object, and a line without an op."""
MISSED = ("convnet_kernel_flipped",)
"""A convolution in parts of its own: which part is at fault is not known."""
FILES = sorted([*HERE.glob("cases/*.py"), *HERE.glob("own_cases/*.py")])
PLACED = [file for file in FILES if set(known(file).lines) != {None} and file.stem not in MISSED]


@pytest.mark.parametrize("name", QUICK)
def test_the_line_at_fault_is_named_first(blind, name):
    _check(blind, HERE / f"{name}.py")


@pytest.mark.full
@pytest.mark.parametrize("file", PLACED, ids=lambda file: file.stem)
def test_the_line_of_every_known_pair_is_named_first(blind, file):
    if known(file).kind == "result":
        _check(blind, file)


def _check(blind, file):
    found = blind(file)
    wrong = [f.line for f in marked(file.stem, known(file), found, 0.0).faults if not f.first]
    assert wrong == [], str(found)
