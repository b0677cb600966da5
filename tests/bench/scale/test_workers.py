"""Processes that train together hold the bits of replicas in one; and what is said without them."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.commands.strategy import NO_FIT, Strategy, together
from bench.errors import Interrupted
from bench.host.workers import Cluster, cluster

TRAINING = ("mlp-dropout", "--impl", "raw", "--exact", "--dataset", "digits", "--limit", "41",
            "--batch-size", "16", "--epochs", "1", "--optimizer", "adam")  # fmt: skip
FIT = """
import numpy as np, tensorflow as tf
strategy = tf.distribute.MultiWorkerMirroredStrategy()
import keras
with strategy.scope():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    model.compile("sgd", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), batch_size=4, verbose=0)
print("fit works")
"""


def addresses(n):
    sockets = [socket.socket() for _ in range(n)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    found = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return found


def config(worker, of):
    return json.dumps({"cluster": {"worker": of}, "task": {"type": "worker", "index": worker}})


def workers(n, command, folder):
    """Return what each of n processes with a cluster of theirs ended with and printed."""
    of, root = addresses(n), str(Path(__file__).parents[3])
    common = {**os.environ, "PYTHONPATH": root, "CUDA_VISIBLE_DEVICES": "-1"}
    started = [
        subprocess.Popen(
            [sys.executable, *command], cwd=folder, text=True,
            env={**common, "TF_CONFIG": config(k, of)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for k in range(n)
    ]  # fmt: skip
    return [ended(each) for each in started]


def ended(process):
    try:
        said, _ = process.communicate(timeout=100)
    except subprocess.TimeoutExpired:  # the others are gone, and it waits for them
        process.kill()
        said, _ = process.communicate()
    return said, process.returncode


@pytest.mark.full
def test_two_workers_end_in_the_bits_of_two_replicas(tmp_path):
    together = ("-m", "bench", "train", *TRAINING, "--strategy", "multiworker", "--save", "w.npz")
    for said, code in workers(2, together, tmp_path):
        assert code == 0, said
    wanted = of_two_replicas()
    with np.load(tmp_path / "w.npz") as saved:
        assert set(saved.files) == wanted.keys()
        for name, value in wanted.items():
            assert saved[name].tobytes() == value.tobytes(), name


def of_two_replicas():
    """Return what the same training ends in, both replicas on one device of this process."""
    from bench import twins
    from bench.data.epoch_order import epoch_order
    from bench.data.for_model import dataset_for
    from bench.proof.exact_mode import set_exact
    from bench.scale.by_hand import replicated_engine
    from bench.specs import default_config

    config = default_config("mlp-dropout", optimizer="adam", batch_size=16, epochs=1)
    set_exact(config)
    engine = replicated_engine(config, twins.initial_weights(config), ["CPU:0"] * 2)
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", 41).train)
    engine.train_epoch(x, y, epoch_order(config, len(x), 0), config.batch_size)
    return twins.state(engine)


@pytest.mark.full
def test_fit_of_keras_does_not_work_among_workers_yet(tmp_path):
    """If it does one day: take NO_FIT out of ``bench.commands.strategy``, and its line of docs."""
    both = workers(2, ("-c", FIT), tmp_path)
    assert all(code != 0 for _, code in both), "fit works under MultiWorkerMirroredStrategy now"
    assert any("PerReplica" in said for said, _ in both)


def test_who_a_process_is(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config(1, ["a:1", "b:1"]))
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
    "no such worker": config(2, ["a:1", "b:1"]),
    "no port": config(0, ["a", "b"]),
    "another task": config(0, ["a:1"]).replace('"type": "worker"', '"type": "ps"'),
}


@pytest.mark.parametrize("case", WRONG)
def test_without_a_cluster_it_is_said_how_one_is_told(gvk, monkeypatch, case):
    for name in ("TF_CONFIG", "SLURM_PROCID"):
        monkeypatch.delenv(name, raising=False)
    if WRONG[case] is not None:
        monkeypatch.setenv("TF_CONFIG", WRONG[case])
    code, out, err = gvk("train", *TRAINING, "--strategy", "multiworker")
    assert (code, err.count("\n")) == (2, 1), out + err
    assert "TF_CONFIG" in err
    assert "give each process" in err


def test_of_fit_among_workers_the_way_out_is_named(gvk):
    code, _, err = gvk("train", "mlp", "--impl", "keras", "--strategy", "multiworker")
    assert (code, err) == (2, f"gvk: --strategy multiworker: {NO_FIT}\n")
    assert "keras-team/keras#20585" in NO_FIT


def test_a_lost_worker_is_said_in_a_line():
    import tensorflow as tf

    lost = tf.errors.UnavailableError(None, None, "connection reset")
    with (
        pytest.raises(Interrupted, match=r"no longer answers \(UnavailableError\).*--resume"),
        together(Strategy(2, Cluster(0, 2))),
    ):
        raise lost
