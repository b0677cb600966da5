"""``gvk diagnose`` and ``gvk scorecard`` as a user meets them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_the_template_agrees_with_itself_and_names_its_fault_once_it_has_one(gvk, tmp_path):
    code, template, _ = gvk("diagnose", "--template")
    assert code == 0
    file = tmp_path / "pair.py"
    file.write_text(template.replace("0.01 * g", "0.02 * g"))
    code, out, _ = gvk("diagnose", "pair.py", "--json", "found.json", "--report", "found.md")
    assert code == 1
    assert "v.assign_sub(0.02 * g)" in out
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["schema"], found["diagnosis_schema"]) == (1, 1)
    assert found["findings"][0]["cause"] == "learning-rate"
    assert "# Diagnosis of pair.py" in (tmp_path / "found.md").read_text()


def test_bad_usage_is_one_line(gvk):
    for arguments, said in ((["diagnose"], "name one file"), (["scorecard", "."], "no pair in it")):
        code, _, err = gvk(*arguments)
        assert code == 2
        assert said in err
        assert err.count("\n") == 1


def test_a_scorecard_counts(gvk, tmp_path):
    folder = tmp_path / "pairs"
    folder.mkdir()
    shutil.copy(HERE / "cases" / "sum_not_mean.py", folder)
    code, out, _ = gvk("scorecard", folder, "--report", "card.md")
    assert code == 0
    assert "reported 1, faults 1, cause confirmed 1, faults with a line 1, line 1" in out
    assert "false alarms 0" in out
    assert "sum\\_not\\_mean" in (tmp_path / "card.md").read_text().replace(
        "sum_not", "sum\\_not"
    ).replace("not_mean", "not\\_mean")


def test_the_package_loads_no_tensorflow():
    code = "import bench.diagnose, bench.commands.diagnose, sys; assert 'keras' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
