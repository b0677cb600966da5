"""One measurement at a time on a machine."""

import subprocess
import sys

import pytest

from bench.errors import UserError
from bench.host.lock import VARIABLE, sole_measurement

HOLDER = """
import sys
from bench.host.lock import sole_measurement
with sole_measurement():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_lock(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "lock"))


def test_a_second_process_is_refused_in_a_line_until_the_first_is_gone():
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(UserError, match="another measurement"), sole_measurement():
        pass
    holder.kill()  # a lock that outlived its holder would stop every later run
    holder.wait()
    with sole_measurement():
        pass


def test_a_lock_that_cannot_be_made_names_the_remedy(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "lock"))
    with pytest.raises(UserError, match=f"set {VARIABLE} to a file"), sole_measurement():
        pass


def test_the_command_line_refuses_with_code_2(gvk, tmp_path):
    with sole_measurement():
        code, _, err = gvk("bench", "perceptron", "--dataset", "digits", "--blocks", "2")
    assert code == 2
    assert "another measurement" in err
    assert err.count("\n") == 1
