"""Every known pair, with its fault and without."""

from pathlib import Path

import pytest

from bench.diagnose.marks import known
from tests.bench.diagnose.named import not_named_first

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.py"))
MORE = sorted((HERE / "more").glob("*.py"))[::3]
OWN = [f for f in sorted((HERE / "own_cases").glob("*.py")) if known(f)][::6]
"""Some of each: a diagnosis takes seconds, and all of them are what ``gvk scorecard`` is for."""


@pytest.mark.full
@pytest.mark.parametrize("file", [*CASES, *MORE, *OWN], ids=lambda f: f.stem)
def test_a_known_pair(blind, file):
    faulty = known(file).kind == "result"
    found = blind(file)
    assert found.verdict == ("disagree" if faulty else "agree"), str(found)
    assert all(f.confirmed for f in found.findings), str(found)
    if faulty and file in CASES:
        assert not_named_first(file, found) == [], str(found)


@pytest.mark.full
@pytest.mark.parametrize("file", [*CASES, *OWN], ids=lambda f: f.stem)
def test_without_its_fault_a_pair_agrees(blind, file):
    found = blind(file, loop="fixed")
    assert found.verdict == "agree", str(found)
