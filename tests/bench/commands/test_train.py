"""``gvk train``: either side trains, saves and loads what the other saved."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench.commands.train import picture
from tests.quick import quick_are

SMALL = ("--dataset", "digits", "--limit", "150")


@pytest.mark.parametrize(
    "model", quick_are(["perceptron", "mlp-dropout", "convnet-full"], "perceptron")
)
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


def test_what_is_shown_between_epochs():
    epochs = [SimpleNamespace(loss=loss, val_accuracy=1 - loss) for loss in (0.5, 0.25)]
    assert picture(epochs, 5, 0, 4.0) == [
        "epoch 2 of 5, 6 s left",
        "  training loss       0.250000  █▁",
        "  validation accuracy 0.7500    ▁█",
    ]
