"""``pytest --benchmark``: a literal option, which alone decides what is timed."""

import json
from pathlib import Path

import pytest

from bench.specs import MODELS
from tests.benchmarks.test_throughput import ARMS

BENCHMARKS = Path(__file__).parent / "benchmarks" / "test_throughput.py"
TESTS = """
import pytest

@pytest.mark.gvk_benchmark
def test_timed():
    print("timed")

def test_plain():
    print("plain")
"""


@pytest.mark.parametrize(("options", "word"), [([], "plain"), (["--benchmark"], "timed")])
def test_the_option_decides_which_tests_run(pytester, options, word):
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-s", *options)
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines([f"*{word}*"])


@pytest.mark.full
def test_benchmark_fills_extra_info_and_writes_the_report(pytester, monkeypatch):
    # pytest-benchmark times nothing in a worker of pytest-xdist; the session below is none
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    pytester.makepyfile(BENCHMARKS.read_text())
    result = pytester.runpytest_subprocess(
        *("--benchmark", "-k", "perceptron", "--gvk-dataset", "digits", "--gvk-limit", "130"),
        *("--gvk-epochs", "1", "--gvk-blocks", "2", "--benchmark-json", "timed.json"),
    )
    of_others = len(ARMS) * (len(MODELS) - 1)
    result.assert_outcomes(passed=len(ARMS), deselected=of_others)
    result.stdout.fnmatch_lines(["gvk report: reports?digits?report.md"])

    timed = {
        b["params"]["arm"]: b for b in json.loads(Path("timed.json").read_text())["benchmarks"]
    }
    info = timed["raw step"]["extra_info"]
    assert (info["parity_holds"], info["parity_max_ulp"]) == (1, 0)
    assert info["accuracy_raw"] == info["accuracy_keras"]
    assert info["ratio_low"] <= info["ratio_to_keras_fit"] <= info["ratio_high"]
    assert "control keras fit again" in info
    assert "ratio_to_keras_fit" not in timed["keras fit"]["extra_info"]

    lines = Path("reports/digits/records.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert records[-1]["kind"] == "end"
    assert all(r["max_ulp"] == 0 for r in records if r["kind"] == "accuracy")
    stored = next(r for r in records if r["kind"] == "throughput" and r["task"] == "training")
    for arm in stored["arms"]:
        if not arm["arm"].endswith("again"):
            assert timed[arm["arm"]]["stats"]["min"] == pytest.approx(min(arm["seconds"]))
    assert "perceptron" in Path("reports/digits/report.md").read_text()


@pytest.mark.full
def test_a_bad_option_ends_the_session_in_a_line(pytester):
    pytester.makepyfile(BENCHMARKS.read_text())
    result = pytester.runpytest_subprocess("--benchmark", "--gvk-dataset", "none.npz")
    assert result.ret == 2
    result.stdout.fnmatch_lines(["*gvk: *none.npz*"])
