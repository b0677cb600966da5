"""Verbs of many jobs: whoever does them, what is printed and written is the same."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DATA = ("--dataset", "digits", "--limit", 100)
SEEDS = ("accuracy", "perceptron", "--seeds", 2, "--epochs", 1, *DATA)
PAIRS = ("parity", "perceptron", "--optimizer", "adam", "--optimizer", "sgd", "--steps", 1, *DATA)
HEARS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
from bench.cli import main
main(sys.argv[1:])
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def address():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


@pytest.mark.full
@pytest.mark.parametrize(
    ("command", "option"), [(SEEDS, "--scheduler"), (PAIRS, "--jobs")], ids=["accuracy", "parity"]
)
def test_jobs_and_a_cluster_give_what_one_process_gives(gvk, address, command, option):
    how = {"--scheduler": address, "--jobs": 2}[option]
    code, out, _ = gvk(*command, "--json", "here.json")
    assert gvk(*command, option, how, "--json", "there.json")[:2] == (code, out)
    assert Path("there.json").read_bytes() == Path("here.json").read_bytes()


@pytest.mark.full
def test_a_scorecard_of_jobs_says_that_its_seconds_are_no_measure(gvk, tmp_path):
    (tmp_path / "pairs").mkdir()
    for name in ("sum_not_mean", "adam_by_hand"):
        shutil.copy(ROOT / f"tests/bench/diagnose/cases/{name}.py", tmp_path / "pairs")
    code, out, _ = gvk(
        "scorecard", "pairs", "--jobs", 2, "--json", "found.json", "--report", "r.md"
    )
    assert code == 0, out
    first, second, totals = out.splitlines()
    assert first.startswith("right  adam_by_hand: agree")
    assert second.startswith("right  sum_not_mean: disagree loss-sum")
    assert totals.endswith("other jobs beside")
    assert all(pair["beside"] for pair in json.loads(Path("found.json").read_text())["pairs"])
    assert "other jobs beside" in Path("r.md").read_text()


@pytest.mark.full
def test_ctrl_c_keeps_the_seeds_that_are_done_and_the_same_command_goes_on(tmp_path):
    command = [sys.executable, "-c", HEARS, *map(str, SEEDS), "--seeds", "6", "--jobs", "2"]
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    life = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    while not any(f.stat().st_size for f in tmp_path.glob("gvk/*.jsonl")):
        assert life.poll() is None, life.communicate()
        time.sleep(0.05)
    life.send_signal(signal.SIGINT)
    _, said = life.communicate(timeout=300)
    assert life.returncode == 130, said
    assert said.startswith("gvk: interrupted: ")
    assert said.rstrip().endswith("results are kept, the same command goes on")
    again = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "goes on: " in again.stderr
    assert "6 seeds" in again.stdout
    assert not list(tmp_path.glob("gvk/*.jsonl"))


def test_what_excludes_each_other_is_one_line(gvk):
    card = ("scorecard", ROOT / "docs/examples")
    for arguments, words in (
        ((*SEEDS, "--jobs", 2, "--vectorised"), "--jobs and --vectorised exclude each other"),
        ((*SEEDS, "--scheduler", "tcp://a:1", "--vectorised"), "--scheduler and --vectorised excl"),
        ((*PAIRS, "--jobs", 2, "--scheduler", "tcp://a:1"), "--jobs and --scheduler exclude each"),
        (("parity", "mlp", "--replicas", 2, "--jobs", 2), "do nothing with --replicas"),
        ((*card, "--speed", "--jobs", 2), "--speed times, and what is timed never runs beside"),
        ((*card, "--speed", "--scheduler", "tcp://a:1"), "leave out --jobs and --scheduler"),
    ):
        code, _, err = gvk(*arguments)
        assert (code, err.count("\n")) == (2, 1), arguments
        assert words in err
