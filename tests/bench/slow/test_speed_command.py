"""``gvk diagnose --speed`` and ``gvk scorecard --speed`` as a user meets them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.full  # a command of the docs, which are run in the quick tests
def test_a_slow_loop_is_told_with_its_line_and_its_cure(gvk, tmp_path):
    """It is some 50 times as slow as it need be: what a busy machine does is nothing beside it."""
    file = ROOT / "docs" / "examples" / "slow.py"
    code, out, _ = gvk("diagnose", "--speed", file, "--json", "found.json", "--report", "found.md")
    assert code == 1
    assert "step = tf.function(self.descend)" in out
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["schema"], found["speed_schema"]) == (1, 1)
    assert found["findings"][0]["cause"] == "function-made-anew"
    assert found["findings"][0]["gain"]["low"] > 1
    assert "hasattr(self," in found["cured"]
    assert "```diff" in (tmp_path / "found.md").read_text()


def test_bad_usage_is_one_line(gvk, tmp_path):
    (tmp_path / "pair.py").write_text("def loop():\n")
    for arguments, said in (
        (["diagnose", "--speed"], "name one file"),
        (["diagnose", "--speed", "gone.py"], "gone.py: no such file"),
        (["diagnose", "--speed", "pair.py"], "pair.py: fails as it is imported"),
        (["scorecard", ".", "--speed"], "no pair in it"),
    ):
        code, _, err = gvk(*arguments)
        assert code == 2
        assert said in err
        assert err.count("\n") == 1


def test_a_folder_without_a_slow_pair_is_refused(gvk, tmp_path):
    (tmp_path / "pair.py").write_text('KIND, CAUSE, LINE = "result", "a", None\n')
    code, _, err = gvk("scorecard", ".", "--speed")
    assert code == 2
    assert "KIND speed or none" in err


def test_the_package_loads_no_tensorflow():
    code = ("import bench.slow.words, bench.slow.worker, bench.slow.marks, sys; "
            "assert not {'keras', 'tensorflow'} & set(sys.modules)")  # fmt: skip
    subprocess.run([sys.executable, "-c", code], check=True)
