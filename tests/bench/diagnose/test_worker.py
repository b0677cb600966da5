"""User code in a process of its own: whatever it does, one line comes back."""

import pytest

from bench.diagnose.worker import Request, diagnose_apart
from bench.errors import UserError

GOOD = """
import numpy as np
def DATA():
    return np.zeros((4, 2), "f4"), np.zeros(4, "f4")
def loop(): ...
def reference(): ...
"""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import os; os.abort()", "SIGABRT"),
        ("raise SystemExit(3)", "fails as it is imported"),
        ("import nothing_of_that_name", "fails as it is imported"),
        ("loop = reference = print", "defines no `DATA`"),
        ("while True: pass", "within 5 seconds"),
        ("waste = bytearray(10**9)\nimport time\ntime.sleep(60)", "more than 500 MB"),
        (GOOD, "reference: the function returned nothing"),
        (GOOD.replace("zeros(4,", "zeros(3,"), "[3, 4] samples"),
    ],
)
def test_bad_programs_give_one_line(tmp_path, source, said):
    file = tmp_path / "pair.py"
    file.write_text(source)
    limits = {
        "timeout": 5 if "while" in source else 120,
        "memory_mb": 500 if "waste" in source else 9e9,
    }
    with pytest.raises(UserError) as error:
        diagnose_apart(Request((str(file),)), **limits)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"gone\.py: no such file"):
        diagnose_apart(Request((str(tmp_path / "gone.py"),)), 60, 9e9)
