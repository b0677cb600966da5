"""The real thing: TensorFlow's processes with their dials, side by side."""

import os
import subprocess
import sys

import pytest

from bench.dials import measure
from bench.dials.dials import INTER, Setting, every_dial
from bench.dials.measure import TunePlan, tune
from bench.dials.stand import Job, Workers
from bench.records.writing import Store
from bench.specs import default_config

pytestmark = pytest.mark.full
JOB = Job(default_config("perceptron"), "digits", 300)


def test_dials_are_tried_in_processes_of_their_own(monkeypatch, tmp_path):
    real = measure.every_dial
    monkeypatch.setattr(measure, "every_dial", lambda facts: real(facts)[:1])  # threads between ops
    store, said = Store(tmp_path / "r"), []
    store.start(verb="tune")
    plan = TunePlan(dataset="digits", limit=300, blocks=4, engines=("step", "epoch", "fit"))
    record = tune(store, JOB, plan, said.append)
    own = [each for each in record["effects"] if each["role"] == "dial"]
    assert [each["engine"] for each in own] == ["step", "epoch", "fit"]
    # which op runs on which thread changes nothing in what an op sums
    assert all(each["same_bits"] for each in own), own
    assert record["left_out"] == []


def test_what_parts_is_held_against_the_noise_floor(tmp_path):
    """XLA keeps to the floor; weights that are moved by more than rounding do not."""
    import numpy as np

    workers, path = Workers(JOB), str(tmp_path / "ended.npz")
    try:
        plain = workers.of(Setting())
        plain.call("train", arm="epoch")
        plain.call("save", arm="epoch", path=path)
        same = plain.call("compared", arm="epoch", path=path)
        assert (same["same_bits"], same["within_noise"]) == (True, True)
        facts = plain.call("facts")
        (xla,) = (dial for dial in every_dial(facts) if dial.xla)
        compiled = workers.of(Setting((xla,)))
        compiled.call("train", arm="epoch")
        compiled.call("save", arm="epoch", path=path)
        assert plain.call("compared", arm="epoch", path=path)["within_noise"]
        with np.load(path) as file:
            moved = {name: 1.01 * value for name, value in file.items()}
        np.savez(path, **moved)
        far = plain.call("compared", arm="epoch", path=path)
        assert (far["same_bits"], far["within_noise"]) == (False, False)
    finally:
        workers.close_all()


def test_the_process_that_starts_anew_hands_its_exit_code_on(tmp_path):
    """What is remembered has dials of the process: the command becomes another process."""
    code = (
        "import sys\n"
        "from bench.dials import auto\n"
        "from bench.dials.dials import every_dial\n"
        "facts = {'onednn': True, 'inter-op': 2, 'intra-op': 2, 'schedulable': 2, 'physical': 2}\n"
        "dial = every_dial(facts)[:1]\n"
        "auto._tuned = lambda *_: auto.Choice('step', auto.Setting(tuple(dial)).to_list(), 'so')\n"
        "from bench.cli import main\nmain(sys.argv[1:])"
    )
    arguments = ["train", "mlp", "--impl", "raw", "--engine", "auto", "--dataset", "digits",
                 "--limit", "150", "--epochs", "1", "--save"]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != INTER}
    environment["XDG_CACHE_HOME"] = str(tmp_path)
    environment["GVK_LOCK"] = str(tmp_path / "lock")
    for save, wanted in ((tmp_path / "a.npz", 0), (tmp_path / "no" / "a.npz", 2)):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments, str(save)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == wanted, done.stderr
    assert (tmp_path / "a.npz").exists()
