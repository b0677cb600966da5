"""Saved, loaded and trained on is the same as trained on: to the bit, on both sides.

What a report shows of it (``saving.py`` of either side) is what ``gvk train`` runs.
"""

from pathlib import Path

import numpy as np
import pytest

from bench import twins
from bench.data.datasets import load
from bench.data.epoch_order import epoch_order
from bench.specs import RAW_ENGINES, default_config
from keras_impl import saving as keras_saving
from rawtf import saving
from tests.quick import quick_are

CONFIG = default_config("mlp-dropout", optimizer="adam", batch_size=32)


@pytest.fixture(scope="module")
def samples():
    return twins.inputs_and_targets(CONFIG, load("digits").limit(128).train)


def trained(engine, samples, epochs):
    for epoch in epochs:
        order = epoch_order(CONFIG, len(samples[0]), epoch)
        engine.train_epoch(*samples, order, CONFIG.batch_size)
    return engine


@pytest.mark.parametrize("engine", quick_are(RAW_ENGINES, "session"))
def test_raw_goes_on_where_it_was_saved(engine, samples, tmp_path):
    config = CONFIG.but(engine=engine)
    weights = twins.initial_weights(config)
    whole = trained(twins.raw_engine(config, weights), samples, (0, 1))

    saving.save(tmp_path / "half.npz", trained(twins.raw_engine(config, weights), samples, (0,)))
    second = twins.raw_engine(config, weights)
    second.set_state(*saving.load(tmp_path / "half.npz"))
    trained(second, samples, (1,))

    for name, value in whole.get_weights().items():
        np.testing.assert_array_equal(second.get_weights()[name], value, err_msg=name)
    for name, value in whole.get_optimizer_state().items():
        np.testing.assert_array_equal(second.get_optimizer_state()[name], value, err_msg=name)


@pytest.mark.full
def test_raw_without_its_slots_goes_on_elsewhere(samples, tmp_path):
    weights = twins.initial_weights(CONFIG)
    first = trained(twins.raw_engine(CONFIG, weights), samples, (0,))
    saving.save(tmp_path / "half.npz", first)
    second = twins.raw_engine(CONFIG, weights)
    second.set_state(saving.load(tmp_path / "half.npz")[0], {})
    trained(second, samples, (1,))
    trained(first, samples, (1,))
    assert any((second.get_weights()[n] != v).any() for n, v in first.get_weights().items())


def saved_and_loaded(half, tmp_path):
    keras_saving.save(tmp_path / "half.keras", half.model)
    half.model = keras_saving.load(tmp_path / "half.keras")
    return half


@pytest.mark.full
def test_keras_goes_on_where_it_was_saved_but_for_its_dropout(samples, tmp_path):
    weights = twins.initial_weights(CONFIG)
    whole = trained(twins.keras_engine(CONFIG, weights), samples, (0, 1))
    half = trained(twins.keras_engine(CONFIG, weights), samples, (0,))
    before = half.get_weights()
    after = saved_and_loaded(half, tmp_path).get_weights()
    states = {name: value for name, value in before.items() if name.endswith("seed_state")}
    assert {name for name in before if (before[name] != after[name]).any()} == states.keys()

    half.set_weights(states)  # what the file has not
    trained(half, samples, (1,))
    for name, value in whole.get_weights().items():
        np.testing.assert_array_equal(half.get_weights()[name], value, err_msg=name)


def test_nothing_is_overwritten(samples, tmp_path):
    path = tmp_path / "there.npz"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        saving.save(path, twins.raw_engine(CONFIG, twins.initial_weights(CONFIG)))
    assert path.read_text() == "mine"


SMALL = ("--dataset", "digits", "--limit", 64, "--batch-size", 32, "--exact")


def train(gvk, impl, *arguments):
    code, out, err = gvk("train", "mlp-dropout", "--impl", impl, *SMALL, *arguments)
    assert code == 0, err
    return out


@pytest.mark.parametrize("optimizer", quick_are(["sgd", "adam"], "sgd"))
def test_gvk_train_saves_by_the_code_that_is_shown(gvk, monkeypatch, optimizer):
    """Both sides' npz come from ``rawtf.saving``, an archive from ``keras_impl.saving``."""
    run = []
    for module in (saving, keras_saving):
        for name in ("save", "load"):
            whole = getattr(module, name)

            def watched(*given, whole=whole, name=f"{module.__name__}.{name}"):
                run.append(name)
                return whole(*given)

            monkeypatch.setattr(module, name, watched)
    files = (("raw", "raw.npz"), ("keras", "keras.npz"), ("keras", "mine.keras"))
    for impl, file in files:
        train(gvk, impl, "--epochs", 1, "--optimizer", optimizer, "--save", file)
    assert run == ["rawtf.saving.save", "rawtf.saving.save", "keras_impl.saving.save"]
    assert Path("raw.npz").read_bytes() == Path("keras.npz").read_bytes()
    run.clear()
    for _, file in files:
        train(gvk, "raw", "--epochs", 0, "--optimizer", optimizer, "--load", file)
    assert run == ["rawtf.saving.load", "rawtf.saving.load", "keras_impl.saving.load"]


def test_of_plain_sgd_the_file_holds_the_variables_alone(gvk):
    train(gvk, "raw", "--epochs", 0, "--save", "w.npz")
    weights = twins.initial_weights(CONFIG)
    with np.load("w.npz") as file:
        assert file.files == sorted(weights)
        for name, value in weights.items():
            np.testing.assert_array_equal(file[name], value, err_msg=name)


@pytest.mark.full
@pytest.mark.parametrize("file", ["half.npz", "half.keras"])
def test_gvk_train_goes_on_with_the_optimizer_state_on_both_sides(gvk, file):
    """From one file both sides end in the same file, and elsewhere than without the slots."""
    adam = ("--epochs", 1, "--optimizer", "adam")
    train(gvk, "keras", *adam, "--save", file)
    for impl in ("raw", "keras"):
        out = train(gvk, impl, *adam, "--load", file, "--save", f"{impl}.npz")
        assert f"{file}: goes on with the state of adam" in out
    assert Path("raw.npz").read_bytes() == Path("keras.npz").read_bytes()
    _, slots = saving.load(Path("raw.npz"))
    assert slots["iterations"] == 4  # two steps, then two more
    out = train(gvk, "raw", "--epochs", 1, "--load", file)
    assert "goes on" not in out  # plain SGD has no such state


def test_an_archive_is_of_keras_alone_and_whole(gvk, tmp_path):
    code, _, err = gvk("train", "mlp", "--impl", "raw", *SMALL, "--save", "raw.keras")
    assert (code, err.count("\n")) == (2, 1)
    assert "only --impl keras" in err
    (tmp_path / "torn.keras").write_text("no archive")
    code, _, err = gvk("train", "mlp", "--impl", "keras", *SMALL, "--load", "torn.keras")
    assert (code, err.count("\n")) == (2, 1)
    assert "torn.keras: is damaged" in err
