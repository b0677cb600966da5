"""Bad input to any verb is one line and exit code 2, and nothing of the user's is touched."""

import pickle

import numpy as np
import pytest

SMALL = ("--dataset", "digits", "--limit", "150")
BAD = {
    "unknown model": (("parity", "cnn"), "unknown model 'cnn'"),
    "unknown option": (("parity", "mlp", "--speed"), "--speed"),
    "unknown engine": (("parity", "mlp", "--engine", "warp"), "warp"),
    "engine of the other side": (("train", "mlp", "--impl", "raw", "--engine", "fit"), "fit"),
    "dial of the other side": (
        ("train", "mlp", "--impl", "keras", "--kernels", "primitive"),
        "--kernels does nothing with --impl keras",
    ),
    "option of fit for a raw loop": (
        ("train", "mlp", "--impl", "raw", "--steps-per-execution", 4),
        "--steps-per-execution does nothing with --impl raw",
    ),
    "no implementation": (("train", "mlp"), "--impl"),
    "unknown peer": (("bench", "mlp", *SMALL, "--peers", "numpy,cupy"), "--peers"),
    "peers with Adam": (
        ("bench", "mlp", *SMALL, "--peers", "numpy", "--optimizer", "adam"),
        "--peers have plain SGD",
    ),
    "limit of 0": (("parity", "mlp", "--dataset", "digits", "--limit", 0), "--limit"),
    "negative epochs": (("train", "mlp", "--impl", "raw", "--epochs", -1), "--epochs"),
    "steps and epochs": (("parity", "mlp", "--steps", 1, "--epochs", 1), "--steps"),
    "iterations of a permutation": (("parity", "mlp", "--iterations", 5), "--sampling"),
    "missing data set": (("parity", "mlp", "--dataset", "none.npz"), "none.npz"),
    "page for data": (("train", "mlp", "--impl", "raw", "--dataset", "page.npz"), "HTML"),
    "pickled data": (("bench", "mlp", "--dataset", "pickled.npz"), "pickled.npz"),
    "truncated data": (("bench", "mlp", "--dataset", "short.npz"), "short.npz"),
    "wrong shape": (("parity", "mlp", "--dataset", "shape.npz"), "shape.npz"),
    "missing weights": (("train", "mlp", "--impl", "raw", *SMALL, "--load", "no.npz"), "no.npz"),
    "page for weights": (
        ("train", "mlp", "--impl", "raw", *SMALL, "--load", "page.npz"),
        "page.npz",
    ),
    "weights of another model": (
        ("train", "mlp", "--impl", "raw", *SMALL, "--load", "shape.npz"),
        "not of this model",
    ),
    "save over a file": (("train", "mlp", "--impl", "raw", "--save", "page.npz"), "page.npz"),
    "json in no folder": (("models", "--json", "no/where.json"), "no/where.json"),
    "reports in a file": (("bench", "mlp", *SMALL, "--reports", "page.npz"), "page.npz"),
    "name outside the reports": (("bench", "mlp", *SMALL, "--name", "../x"), "--name"),
    "no records": (("report", "nothing"), "gvk bench"),
    "unknown data set to fetch": (("data", "fetch", "imagenet"), "imagenet"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_exit_2_before_any_training(gvk, tmp_path, case):
    x, y = np.zeros((20, 5, 5), np.uint8), np.zeros(20, np.uint8)
    np.savez("shape.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    (tmp_path / "page.npz").write_text("<!DOCTYPE html><html>not found</html>")
    (tmp_path / "pickled.npz").write_bytes(pickle.dumps({"x_train": 1}))
    (tmp_path / "short.npz").write_bytes((tmp_path / "shape.npz").read_bytes()[:200])
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    arguments, words = BAD[case]
    code, out, err = gvk(*arguments)
    assert code == 2, out + err
    assert words in err
    assert err.startswith("gvk: ")
    assert err.count("\n") == 1
    assert "epoch 1" not in out
    assert all(path.read_bytes() == content for path, content in before.items())
