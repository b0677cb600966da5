"""The same pair timed as most people would: one program to its end, then the other.

By pytest-benchmark itself, in a pytest of its own, so that what the paired design is compared
with is the real thing.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.errors import UserError

_TEST = """
import pytest
from bench.host.quiet_import import quiet_tensorflow

quiet_tensorflow()
from bench.calibration.workload import perceptron_step, train


@pytest.mark.parametrize("arm", ["a", "b"])
def test_arm(benchmark, arm):
    step = perceptron_step()
    train(step, 100)
    benchmark.pedantic(train, args=(step, {steps}), rounds={rounds}, iterations=1)
"""


def sequential_ratio(steps: int, rounds: int) -> float:
    """Return the ratio of the mean times of two like programs, timed one after the other.

    Args:
        steps: of a segment, as in the paired run.
        rounds: segments of each program.

    Raises:
        UserError: pytest-benchmark did not come to its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        test, timings = Path(folder, "test_sequential.py"), Path(folder, "timings.json")
        test.write_text(_TEST.format(steps=steps, rounds=rounds))
        options = ["-q", "-p", "no:cacheprovider", f"--benchmark-json={timings}", str(test)]
        command = [sys.executable, "-m", "pytest", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode:
            last = (done.stdout + done.stderr).strip().splitlines()[-1:]
            raise UserError(f"pytest-benchmark failed ({' '.join(last)}): run gvk check")
        timed = json.loads(timings.read_text())["benchmarks"]
    means = {each["params"]["arm"]: each["stats"]["mean"] for each in timed}
    return float(means["a"] / means["b"])
