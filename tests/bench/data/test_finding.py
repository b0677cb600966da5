"""Where a data set is looked for, in which order, and what is said where there is none."""

import os
from pathlib import Path

import numpy as np
import pytest

from bench.data import datasets as data
from bench.data.datasets import NAMES, load, located
from bench.data.files import IDX_FILES, idx_name
from tests.bench.data.images import refusal, save, save_idx

pytestmark = pytest.mark.usefixtures("home")


def test_absolute_paths_do_not_reach_reports(home: Path) -> None:
    path = save(home / "work" / "my.npz")
    assert load(str(path)).source == "my.npz"
    assert load("./my.npz").source == "./my.npz"
    assert load(str(save_idx(home / "idx")) + "/").source == "idx"


def test_home_is_expanded_and_stays_unnamed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    save(home / "my.npz")
    assert load("~/my.npz").source == "~/my.npz"


@pytest.mark.parametrize("name", ["MNIST", "", "cifar10", "two\nlines", "a\0b"])
def test_unknown_name_lists_the_names(name: str) -> None:
    message = refusal(name)
    assert all(known in message for known in NAMES)
    assert "PATH.npz" in message


@pytest.mark.parametrize("name", ["nope.npz", "./nope", "a\0b.npz", "a/b/c"])
def test_missing_path_is_named(name: str) -> None:
    assert refusal(name).startswith(os.path.normpath(name) + ": ")


def test_file_that_is_no_npz() -> None:
    Path("notes.txt").write_text("hello")
    assert refusal("notes.txt").startswith("notes.txt: is something else, not an npz file")


def test_nothing_on_the_machine(home: Path) -> None:
    assert load().name == load("auto").name == "digits"
    for name, variable in (("mnist", "GVK_MNIST"), ("fashion-mnist", "GVK_FASHION_MNIST")):
        message = refusal(name)
        assert f"gvk data fetch {name}" in message
        assert variable in message
    want = {"mnist": None, "fashion-mnist": None, "digits": "embedded in scikit-learn"}
    assert located() == want


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GVK_MNIST", "")
    assert load().name == "digits"
    assert located()["mnist"] is None


def test_mnist_in_the_keras_cache(home: Path) -> None:
    path = save(home / "keras" / "datasets" / "mnist.npz")
    for got in (load("mnist"), load("auto")):
        assert (got.name, got.source) == ("mnist", "mnist.npz in the Keras cache")
    assert located()["mnist"] == f"Keras cache: {path}"


def test_variable_goes_before_the_cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(home / "keras" / "datasets" / "mnist.npz")
    path = save(home / "other.npz", y_test=np.zeros(20, np.uint8))
    monkeypatch.setenv("GVK_MNIST", str(path))
    got = load()
    assert got.source == "other.npz (GVK_MNIST)"
    assert got.test.y.sum() == 0
    assert located()["mnist"] == f"GVK_MNIST: {path}"


@pytest.mark.parametrize("name", ["auto", "mnist"])
@pytest.mark.parametrize("fault", ["missing", "broken", "empty folder"])
def test_variable_that_points_nowhere_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    save(home / "keras" / "datasets" / "mnist.npz")  # what is set is believed all the same
    path = home / fault
    if fault == "broken":
        path.write_bytes(b"<html>")
    elif fault == "empty folder":
        path.mkdir()
    monkeypatch.setenv("GVK_MNIST", str(path))
    assert refusal(name).startswith(f"GVK_MNIST: {path}: ")
    assert located()["mnist"] == f"GVK_MNIST: {path}"


def test_broken_cache_is_not_passed_over(home: Path) -> None:
    path = home / "keras" / "datasets" / "mnist.npz"
    path.write_bytes(b"PK\x03\x04")
    assert refusal("auto").startswith(f"Keras cache: {path}: is damaged or cut short")
    assert path.read_bytes() == b"PK\x03\x04", "and never deleted"


def test_fashion_mnist_by_variable_cache_and_package(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_idx(home / "share" / "fashion-mnist")
    assert load("fashion-mnist").source == "Debian's dataset-fashion-mnist"
    cached = save_idx(home / "keras" / "datasets" / "fashion-mnist")
    assert load("fashion-mnist").source == "fashion-mnist in the Keras cache"
    assert located()["fashion-mnist"] == f"Keras cache: {cached}"
    monkeypatch.setenv("GVK_FASHION_MNIST", str(save_idx(home / "mine")))
    assert load("fashion-mnist").source == "mine (GVK_FASHION_MNIST)"


def test_half_a_download_counts_as_nothing(home: Path) -> None:
    folder = save_idx(home / "keras" / "datasets" / "fashion-mnist")
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    assert "run `gvk data fetch fashion-mnist`" in refusal("fashion-mnist")
    assert located()["fashion-mnist"] is None


def test_a_fetched_data_set_is_found(home: Path) -> None:
    """The two modules agree on the cache's layout."""
    from bench.data.fetch import PUBLISHED

    assert {name: search.cached for name, search in data.SEARCHED.items()} == {
        name: target for name, (target, _) in PUBLISHED.items()
    }
    names = {f"fashion-mnist/{idx_name(key)}.gz" for key in IDX_FILES}
    assert set(PUBLISHED["fashion-mnist"][1]) == names
