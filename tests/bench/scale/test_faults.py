"""The table of faults: every row has its test, and those of no other file are here."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TABLE = (ROOT / "docs" / "faults.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)


def test_every_row_names_a_test_that_is_there():
    rows = [line for line in TABLE.splitlines() if line.startswith("| ")][1:]
    assert all(re.search(r"`tests/[\w/]+\.py::\w+`", row) for row in rows)
    for file, name in NAMED:
        tree = ast.parse((ROOT / file).read_text())
        assert name in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, (file, name)


def test_no_duration_is_read_from_a_clock_that_may_jump():
    """The wall clock names runs; what is timed or waited for goes by a clock that only goes on."""
    readers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("bench", "rawtf", "keras_impl")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\btime\.time\(|datetime\.now\(|datetime\.utcnow\(", path.read_text())
    ]
    assert readers == ["bench/records/writing.py"]


@pytest.mark.full
def test_without_a_home_a_training_goes_on(tmp_path):
    command = (
        "-m", "bench", "train", "perceptron", "--impl", "keras", "--dataset", "digits",
        "--limit", "40", "--epochs", "1", "--iterations", "2",
    )  # fmt: skip
    variables = {n: v for n, v in os.environ.items() if n not in ("HOME", "KERAS_HOME")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={**variables, "HOME": "/nonexistent", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "test accuracy" in done.stdout
