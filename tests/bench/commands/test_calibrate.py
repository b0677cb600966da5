"""``gvk calibrate``: the parts that are named, tried, stored and reported."""

import json
from pathlib import Path


def test_a_part_is_tried_stored_and_reported(gvk):
    options = ("--part", "simulation", "--runs", 2, "--json", "parts.json")
    code, _, err = gvk("calibrate", *options)
    assert code in (0, 1), err  # of two runs, both intervals hold the truth or they do not
    assert Path("reports/calibration/report.md").is_file()
    (part,) = json.loads(Path("parts.json").read_text())["parts"]
    assert part["part"] == "simulation"
    assert code == (0 if part["holds"] else 1)
    assert gvk("verify", "calibration")[0] == 0
