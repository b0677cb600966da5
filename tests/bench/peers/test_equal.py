"""Each peer is the twins' program; one that is not is found, with its tensor and its step."""

import importlib.util

import numpy as np
import pytest

from bench.peers import reference
from bench.peers.check import check, compared
from bench.peers.names import PEERS
from bench.peers.peer import NotWritten
from bench.peers.stand import peer_member
from bench.peers.walked import Start, Walked
from bench.specs import default_config
from bench.timing.turns import WorkerFailed

LIMIT = 300
QUICK = {"perceptron": ("numpy", "sklearn"), "mlp": ("numpy", "sklearn"), "mlp-dropout": ("numpy",)}
"""What needs nothing but the project's own packages."""
OTHERS = ("jax", "torch", "keras-jax", "keras-torch")
WALKED = {}


def walked(model):
    """Return the twin's walk of a model, in batches of 32: walked once."""
    if model not in WALKED:
        config = default_config(model, batch_size=32)
        WALKED[model] = config, reference.walk(config, "digits", LIMIT)
    return WALKED[model]


def here(name, config):
    """Return a peer that was made in this process."""
    (way,) = PEERS[name].ways
    module, _, function = way.factory.partition(":")
    make = getattr(importlib.import_module(module), function)
    return make(config.to_dict(), "digits", LIMIT, **way.arguments)


def found(peer, walk, folder):
    """Return what a check of a peer in this process says."""
    walk.start.save(folder / "start.npz")
    peer.walk(str(folder / "start.npz"), str(folder / "walked.npz"))
    return compared(Walked.load(folder / "walked.npz"), walk)


@pytest.mark.parametrize(("model", "name"), [(m, n) for m, names in QUICK.items() for n in names])
def test_a_peer_takes_the_steps_of_the_twins(model, name, tmp_path):
    config, walk = walked(model)
    result = found(here(name, config), walk, tmp_path)
    assert result["holds"], result["why"]
    assert result["steps"] == reference.DENSE_STEPS
    assert len(walk.start.order) % config.batch_size  # a smaller batch is among them


def test_a_wrong_step_size_is_found_at_the_first_step(tmp_path):
    config, walk = walked("mlp")
    result = found(here("numpy", config.but(learning_rate=0.0501)), walk, tmp_path)
    assert not result["holds"]
    assert "at step 1" in result["why"]
    assert "dense_" in result["why"]


def test_masks_that_were_not_handed_over_are_found(tmp_path):
    config, walk = walked("mlp-dropout")
    peer = here("numpy", config)
    train = peer.train
    peer.train = lambda order, masks=None: train(order)
    assert not found(peer, walk, tmp_path)["holds"]


def test_a_call_for_all_steps_is_held_as_well(tmp_path):
    _, walk = walked("perceptron")
    own = Walked(walk.by_step, walk.by_step[-1])
    assert compared(own, walk)["holds"]
    assert not compared(Walked(walk.by_step, walk.by_step[-2]), walk)["holds"]


@pytest.mark.parametrize(("model", "name"), [("convnet", "numpy"), ("mlp-dropout", "sklearn")])
def test_what_a_library_has_not_is_said(model, name):
    with pytest.raises(NotWritten, match=r"has no|nobody"):
        here(name, default_config(model))


def test_a_walk_is_the_same_from_a_file(tmp_path):
    start = Start({"a/kernel": np.eye(2)}, np.arange(3), [[np.ones(2)], [np.zeros(2)]])
    start.save(tmp_path / "start.npz")
    again = Start.load(tmp_path / "start.npz")
    assert again.weights["a/kernel"].tolist() == start.weights["a/kernel"].tolist()
    assert [[m.tolist() for m in step] for step in again.masks] == [[[1, 1]], [[0, 0]]]
    assert Start.load(tmp_path / "start.npz").order.tolist() == [0, 1, 2]


def test_a_slice_goes_over_the_end_of_an_epoch():
    config, walk = walked("perceptron")
    peer = here("numpy", config)
    peer.set_weights(walk.start.weights)
    before = peer.weights()["dense_1/kernel"]
    assert peer.take(peer.task.steps + 3).steps == peer.task.steps + 3
    assert not np.array_equal(peer.weights()["dense_1/kernel"], before)


@pytest.mark.full
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("model", ["perceptron", "mlp-dropout"])
def test_a_library_of_the_extra_takes_them_too(model, name, tmp_path):
    """In a worker: PyTorch and TensorFlow crash in one process."""
    for package in PEERS[name].packages:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    config, walk = walked(model)
    for way in PEERS[name].ways:
        worker = peer_member(way, PEERS[name], config).start("digits", LIMIT)
        try:
            result = check(worker, walk, tmp_path)
        except WorkerFailed as failed:
            if "NotWritten" not in str(failed):
                raise
        else:
            assert result["holds"], result["why"]
        finally:
            worker.close()
