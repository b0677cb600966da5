"""``gvk`` as a user meets it: what it prints, its exit codes, and what it says to bad input."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from bench.specs import MODELS

SMALL = ("--dataset", "digits", "--limit", "150")


def test_models_lists_the_registry(gvk):
    code, out, _ = gvk("models", "--json", "models.json")
    assert code == 0
    assert "784-64-32-16-10" in out
    with open("models.json") as file:
        found = json.load(file)
    assert (found["schema"], found["verb"], len(found["models"])) == (1, "models", len(MODELS))


@pytest.mark.parametrize("model", ["perceptron", "mlp-dropout", "convnet-full"])
def test_exact_training_saves_the_same_file_on_both_sides(gvk, tmp_path, model):
    for impl in ("raw", "keras"):
        code, out, _ = gvk(
            "train",
            model,
            "--impl",
            impl,
            "--exact",
            "--epochs",
            2,
            *SMALL,
            "--seed",
            3,
            "--save",
            f"{impl}.npz",
        )
        assert code == 0, out
        assert "epoch 2/2: training loss" in out
        assert "test accuracy" in out
    assert (tmp_path / "raw.npz").read_bytes() == (tmp_path / "keras.npz").read_bytes()


def test_either_side_loads_what_the_other_saved_and_predicts_the_same(gvk):
    _, out, _ = gvk(
        "train",
        "mlp",
        "--impl",
        "keras",
        "--epochs",
        2,
        *SMALL,
        "--save",
        "w.npz",
        "--json",
        "keras.json",
    )
    for impl in ("raw", "keras"):
        code, out, _ = gvk(
            "train",
            "mlp",
            "--impl",
            impl,
            "--load",
            "w.npz",
            "--epochs",
            0,
            *SMALL,
            "--json",
            f"{impl}-loaded.json",
        )
        assert code == 0, out
    tests = [
        json.loads(Path(f"{name}.json").read_text())["test"]
        for name in ("keras", "raw-loaded", "keras-loaded")
    ]
    assert tests[0] == tests[1] == tests[2]


def test_without_exact_each_side_draws_its_own_weights(gvk):
    for impl in ("raw", "keras"):
        gvk("train", "mlp", "--impl", impl, "--epochs", 0, *SMALL, "--save", f"{impl}.npz")
    raw, keras = np.load("raw.npz"), np.load("keras.npz")
    assert not np.array_equal(raw["dense_1/kernel"], keras["dense_1/kernel"])


@pytest.mark.parametrize("engine", ["step", "session", "fit"])
def test_tensorboard_gets_graph_and_scalars(gvk, tmp_path, engine):
    impl = "keras" if engine == "fit" else "raw"
    code, out, _ = gvk(
        "train",
        "perceptron",
        "--impl",
        impl,
        "--engine",
        engine,
        "--epochs",
        2,
        *SMALL,
        "--tensorboard",
        "board",
    )
    assert code == 0, out
    from tensorflow.python.summary.summary_iterator import summary_iterator

    (events,) = (tmp_path / "board").glob("events*")
    seen = list(summary_iterator(str(events)))
    assert any(event.graph_def for event in seen)
    tags = {value.tag for event in seen for value in event.summary.value}
    assert {"training loss", "validation accuracy", "validation ROC AUC"} <= tags


def test_parity_prints_a_line_a_tensor(gvk):
    code, out, _ = gvk("parity", "mlp", "--steps", 3, *SMALL, "--json", "p.json")
    assert code == 0
    assert "OK   gradient             dense_1/kernel" in out
    assert "parity     mlp raw step sgd: OK, 0 ULP over 3 steps" in out
    result = json.loads(Path("p.json").read_text())["results"][0]
    assert result["holds"]
    assert {"rung", "tensor", "max_abs", "max_ulp", "first_step"} <= result["rungs"][0].keys()


def test_parity_of_unequal_twins_exits_with_1(gvk, monkeypatch):
    from tests.faults import plant_sum_for_mean

    plant_sum_for_mean(monkeypatch)
    code, out, _ = gvk("parity", "perceptron", "--steps", 2, *SMALL)
    assert code == 1
    assert "DIFF loss" in out
    assert "parted at step 1" in out


def test_check_says_what_is_here(gvk):
    code, out, _ = gvk("check")
    assert code == 0
    for word in ("tensorflow", "keras", "gpu", "onednn", "XLA", "data set digits", "threads"):
        assert word in out


def test_check_fails_where_the_workshop_does_not_run(gvk, monkeypatch):
    monkeypatch.setattr("bench.commands.check._smoke", lambda: False)
    monkeypatch.setattr("bench.commands.check._WORKSHOP", {False: "works, says the text"})
    assert gvk("check")[0] == 1


BAD = {
    "unknown model": (("parity", "cnn"), "unknown model 'cnn'"),
    "unknown option": (("parity", "mlp", "--speed"), "--speed"),
    "unknown engine": (("parity", "mlp", "--engine", "warp"), "warp"),
    "engine of the other side": (("train", "mlp", "--impl", "raw", "--engine", "fit"), "fit"),
    "no implementation": (("train", "mlp"), "--impl"),
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


def test_an_interrupt_exits_with_130(gvk, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("bench.commands.models.run", interrupted)
    code, _, err = gvk("models")
    assert code == 130
    assert "interrupted" in err
