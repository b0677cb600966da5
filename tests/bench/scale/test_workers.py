"""Processes that train together hold the bits of replicas in one; and what is said without them."""

import os
import signal
import socket
import subprocess
import sys
from itertools import takewhile
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from bench.commands.strategy import NO_FIT, Strategy, note, together
from bench.errors import Interrupted
from bench.host import device
from bench.host.workers import Cluster, cluster
from bench.scale import together as of_all
from bench.scale.local_workers import ROOT, ended, started, tf_config
from bench.specs import default_config
from rawtf import saving

TRAINING = ("mlp-dropout", "--exact", "--dataset", "digits", "--limit", "41", "--batch-size", "16",
            "--optimizer", "adam", "--strategy", "multiworker")  # fmt: skip
RAW, KERAS = ("--impl", "raw"), ("--impl", "keras", "--engine", "own_loop")
EPOCHS = 12
FIT = """
import numpy as np, tensorflow as tf
strategy = tf.distribute.MultiWorkerMirroredStrategy()
import keras
with strategy.scope():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile("sgd", "mse")
print("fits", flush=True)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), batch_size=4, verbose=0)
print("fit works")
"""
SECONDS = 60
"""What is promised: so long after a worker is gone the others have ended. TensorFlow's heartbeat
needs about 10 s, and a machine on which others work some more."""
PATIENCE = 600
"""So long a process may take that nothing disturbs."""


def train(side):
    return ("-m", "bench", "train", *TRAINING, *side, "--epochs", str(EPOCHS), "--checkpoint",
            "kept", "--resume", "--save", "end.npz")  # fmt: skip


# The first worker, which writes, is killed; the second falls silent, as where a machine loses its
# power: no system is left there that says that the process is gone.
@pytest.mark.full
@pytest.mark.parametrize(
    ("side", "counting", "victim", "how"),
    [(RAW, "batch", 0, signal.SIGKILL), (KERAS, "replica", 1, signal.SIGSTOP)],
)
def test_a_worker_is_lost_and_both_go_on_in_the_bits_of_an_undisturbed_training(
    tmp_path, side, counting, victim, how
):
    said, code = disturbed(tmp_path, side, victim, how)
    assert code == 130, said
    assert "another worker no longer answers" in said.splitlines()[-1]
    assert not (tmp_path / "end.npz").exists()
    for said, code in [ended(each, PATIENCE) for each in started(2, train(side), tmp_path)]:
        assert code == 0, said
        assert "kept: goes on at" in said
    wanted = of_two_replicas(counting)
    with np.load(tmp_path / "end.npz") as saved:
        assert set(saved.files) == wanted.keys()
        for name, value in wanted.items():
            assert saved[name].tobytes() == value.tobytes(), name


def disturbed(folder, side, victim, how):
    """Send one of two workers a signal in the middle; return what the other one ended with."""
    both = started(2, train(side), folder)
    try:
        list(takewhile(lambda line: not line.startswith("epoch 3/"), both[victim].stdout))
        both[victim].send_signal(how)
        return ended(both[1 - victim], SECONDS)
    finally:
        for each in both:
            each.kill()
            each.wait()


def of_two_replicas(counting):
    """Return what the same training ends in, both replicas on one device of this process."""
    from bench import twins
    from bench.data.epoch_order import orders
    from bench.data.for_model import dataset_for
    from bench.proof.exact_mode import set_exact
    from bench.scale.by_hand import replicated_engine

    config = default_config(
        "mlp-dropout", optimizer="adam", batch_size=16, epochs=EPOCHS, sampling="permutation"
    )
    set_exact(config)
    weights = twins.initial_weights(config)
    engine = replicated_engine(config, weights, ["CPU:0"] * 2, counting=counting)
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 41).train)
    for order in orders(config, len(x)):
        engine.train_epoch(x, y, order, config.batch_size)
    return twins.state(engine)


@pytest.mark.full
def test_workers_of_either_side_hold_the_bits_of_replicas():
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale.together", "convnet-batchnorm", "--optimizer", "adam"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "convnet-batchnorm adam raw: 2 workers against 2 replicas: 0 ULP",
        "convnet-batchnorm adam keras: 2 workers against 2 replicas: 0 ULP",
        "0 ended in other bits",
    ]  # fmt: skip


def test_a_worker_in_other_bits_is_told(monkeypatch):
    weights = {"dense_1/bias": np.float32([1.0])}
    engine = SimpleNamespace(
        weights_of=lambda k: weights, get_weights=lambda: weights, get_optimizer_state=dict
    )
    monkeypatch.setattr(of_all, "trained", lambda case, devices: engine)
    monkeypatch.setattr(device, "replica_devices", lambda n: [])

    def by_workers(models, optimizers, folder):
        for case in of_all.cases(models, optimizers):
            saving.save(folder / of_all.file_of(case, 0), engine)
        for case in of_all.cases(models, optimizers):  # the second worker, an ULP beside
            weights["dense_1/bias"] = np.nextafter(np.float32([1.0]), np.float32(2))
            saving.save(folder / of_all.file_of(case, 1), engine)
        weights["dense_1/bias"] = np.float32([1.0])

    monkeypatch.setattr(of_all, "by_workers", by_workers)
    said = CliRunner().invoke(of_all.main, ["perceptron", "--optimizer", "sgd"])
    assert said.exit_code == 1, said.output
    assert said.output.splitlines() == [
        "perceptron sgd raw: 2 workers against 2 replicas: 1 ULP",
        "perceptron sgd keras: 2 workers against 2 replicas: 1 ULP",
        "2 ended in other bits",
    ]


@pytest.mark.full
def test_fit_of_keras_does_not_work_among_workers_yet(tmp_path):
    """If it does one day: take NO_FIT out of ``bench.commands.strategy``, and its line of docs."""
    both = [ended(each, PATIENCE) for each in started(2, ("-c", FIT), tmp_path)]
    assert all("fits" in said.splitlines() for said, _ in both), both  # it is fit that fails
    assert all(code != 0 for _, code in both), "fit works under MultiWorkerMirroredStrategy now"
    assert any("PerReplica" in said for said, _ in both), both


def test_who_a_process_is(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", tf_config(1, ["a:1", "b:1"]))
    assert cluster() == Cluster(1, 2)
    assert not cluster().is_chief
    monkeypatch.delenv("TF_CONFIG")
    monkeypatch.setenv("SLURM_PROCID", "0")
    monkeypatch.setenv("SLURM_NTASKS", "3")
    assert cluster() == Cluster(0, 3)
    assert cluster().is_chief


WRONG = {
    "nothing": None,
    "no JSON": "{",
    "a list": "[1]",
    "no cluster": '{"task": {"type": "worker", "index": 0}}',
    "no such worker": tf_config(2, ["a:1", "b:1"]),
    "no port": tf_config(0, ["a", "b"]),
    "another task": tf_config(0, ["a:1"]).replace('"type": "worker"', '"type": "ps"'),
}


@pytest.mark.parametrize("case", WRONG)
def test_without_a_cluster_it_is_said_how_one_is_told(gvk, monkeypatch, case):
    for name in ("TF_CONFIG", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    if WRONG[case] is not None:
        monkeypatch.setenv("TF_CONFIG", WRONG[case])
    code, out, err = gvk("train", *TRAINING, *(KERAS if case == "nothing" else RAW))
    assert (code, err.count("\n")) == (2, 1), out + err
    assert "TF_CONFIG" in err
    assert "give each process" in err


@pytest.mark.full
def test_an_address_that_another_process_has_is_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        of = [f"127.0.0.1:{taken.getsockname()[1]}", "127.0.0.1:1"]
        about = {"PYTHONPATH": str(ROOT), "TF_CONFIG": tf_config(0, of)}
        done = subprocess.run(
            [sys.executable, *train(RAW)], cwd=tmp_path, env={**os.environ, **about},
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "cannot listen at its own address" in done.stderr


def test_of_fit_among_workers_the_way_out_is_named(gvk):
    code, _, err = gvk("train", "mlp", "--impl", "keras", "--strategy", "multiworker")
    assert (code, err) == (2, f"gvk: --strategy multiworker: {NO_FIT}\n")
    assert "keras-team/keras#20585" in NO_FIT


def test_what_a_file_has_of_batch_norm_in_keras_is_said_before_a_training():
    normed, plain = default_config("convnet-full"), default_config("mlp")
    assert "the first one's" in note(Strategy(2), "keras", normed)
    said = [note(Strategy(2), "raw", normed), note(Strategy(2), "keras", plain)]
    assert [*said, note(Strategy(), "keras", normed)] == ["", "", ""]


def test_a_lost_worker_is_said_in_a_line():
    import tensorflow as tf

    lost = tf.errors.UnavailableError(None, None, "connection reset")
    with (
        pytest.raises(Interrupted, match=r"no longer answers \(UnavailableError\).*--resume"),
        together(Strategy(2, Cluster(0, 2))),
    ):
        raise lost
