"""The data sets: what is in them, where they are found, and what is refused."""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.data import datasets as data
from bench.data.datasets import NAMES, Dataset, Split, load, located
from bench.data.files import IDX_FILES, idx_name
from bench.errors import UserError

REAL_MNIST = os.environ.get("GVK_MNIST")  # read before the fixture takes it away


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without data, and with an empty current folder."""
    for variable in ("GVK_MNIST", "GVK_FASHION_MNIST"):
        monkeypatch.delenv(variable, raising=False)
    nothing = data.Search("GVK_FASHION_MNIST", "fashion-mnist", str(tmp_path / "share"))
    monkeypatch.setitem(data.SEARCHED, "fashion-mnist", nothing)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def arrays(n_train: int = 48, n_test: int = 20) -> dict[str, np.ndarray]:
    """Random images; the labels go round the digits."""
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (n_train, 28, 28), dtype=np.uint8),
        "y_train": np.arange(n_train, dtype=np.uint8) % 10,
        "x_test": rng.integers(0, 256, (n_test, 28, 28), dtype=np.uint8),
        "y_test": np.arange(n_test, dtype=np.uint8) % 10,
    }


def save(path: Path, **changes: Any) -> Path:
    np.savez(path, **{**arrays(), **changes})
    return path


def save_idx(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for key, array in arrays().items():
        header = np.array([0x0800 + array.ndim, *array.shape], ">u4").tobytes()
        path = folder / f"{idx_name(key)}.gz"
        path.write_bytes(gzip.compress(header + array.tobytes()))
    return folder


def refusal(name: str) -> str:
    with pytest.raises(UserError) as caught:
        load(name)
    message = str(caught.value)
    assert "\n" not in message
    return message


# Types


def test_split_is_read_only_and_leaves_the_callers_arrays_alone() -> None:
    x, y = np.zeros((2, 784), np.float32), np.zeros(2, np.int64)
    split = Split(x, y)
    assert len(split) == 2
    for array in (split.x, split.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert x.flags.writeable
    assert y.flags.writeable


def test_split_makes_arrays_contiguous_and_of_the_declared_types() -> None:
    split = Split(np.zeros((2, 1568))[:, ::2], np.zeros(2, np.uint8))  # type: ignore[arg-type]
    assert split.x.dtype == np.float32
    assert split.x.flags.c_contiguous
    assert split.y.dtype == np.int64


@pytest.mark.parametrize(("x", "y"), [((2, 783), (2,)), ((3, 784), (2,)), ((2, 784), (2, 1))])
def test_split_of_other_shapes_is_a_programming_error(
    x: tuple[int, ...], y: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="want"):
        Split(np.zeros(x, np.float32), np.zeros(y, np.int64))


# Digits


def test_digits_are_scikit_learns_in_order() -> None:
    from sklearn.datasets import load_digits

    digits, bunch = load("digits"), load_digits()
    assert (len(digits.validation), len(digits.train), len(digits.test)) == (180, 1257, 360)
    y = np.concatenate([digits.validation.y, digits.train.y, digits.test.y])
    np.testing.assert_array_equal(y, bunch.target)
    x = np.concatenate([digits.validation.x, digits.train.x, digits.test.x])
    inner = x.reshape(-1, 28, 28)[:, 2:26, 2:26]
    for row in range(3):
        for column in range(3):
            got = inner[:, row::3, column::3] * 16
            np.testing.assert_array_equal(got, bunch.images)
    assert x.sum() == inner.sum(), "the border is zero"


def test_digits_have_the_promised_form() -> None:
    digits = load("digits")
    assert (digits.name, digits.source) == ("digits", "scikit-learn's digits, embedded")
    assert digits.n_classes == 10
    assert len(bytes.fromhex(digits.sha256)) == 32
    assert digits.sha256 == load("digits").sha256
    for split in (digits.train, digits.validation, digits.test):
        assert split.x.dtype == np.float32
        assert split.y.dtype == np.int64
        assert split.x.flags.c_contiguous
        assert not split.x.flags.writeable
        assert split.x.min() == 0
        assert split.x.max() == 1


def test_digits_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert "pip install scikit-learn" in refusal("digits")


# Files


def test_npz_takes_a_twelfth_for_validation() -> None:
    got, want = load(str(save(Path("my.npz")))), arrays()
    assert (got.name, got.source) == ("my", "my.npz")
    assert (len(got.validation), len(got.train), len(got.test)) == (4, 44, 20)
    scaled = want["x_train"].reshape(-1, 784).astype(np.float32) / 255
    np.testing.assert_array_equal(got.validation.x, scaled[:4])
    np.testing.assert_array_equal(got.train.x, scaled[4:])
    np.testing.assert_array_equal(got.train.y, want["y_train"][4:])
    np.testing.assert_array_equal(got.test.y, want["y_test"])


def test_npz_with_a_validation_set_of_its_own() -> None:
    path = save(Path("my.npz"), x_val=arrays()["x_test"][:7], y_val=arrays()["y_test"][:7])
    got = load(str(path))
    assert (len(got.validation), len(got.train), len(got.test)) == (7, 48, 20)
    np.testing.assert_array_equal(got.validation.y, np.arange(7))


PIXELS = arrays()["x_train"]
DIGITS = arrays()["y_train"]
SAME: dict[str, dict[str, Any]] = {
    "flat": {"x_train": PIXELS.reshape(-1, 784)},
    "channel": {"x_train": PIXELS[..., None]},
    "float32": {"x_train": PIXELS.astype(np.float32) / 255},
    "big-endian floats": {"x_train": (PIXELS.astype(np.float32) / 255).astype(">f4")},
    "Fortran order": {"x_train": np.asfortranarray(PIXELS)},
    "int64 labels": {"y_train": DIGITS.astype(np.int64)},
    "uint64 labels": {"y_train": DIGITS.astype(np.uint64)},
    "column of labels": {"y_train": DIGITS[:, None]},
}


@pytest.mark.parametrize("form", SAME)
def test_forms_of_the_same_data_load_alike(form: str) -> None:
    plain, other = load(str(save(Path("a.npz")))), load(str(save(Path("b.npz"), **SAME[form])))
    np.testing.assert_array_equal(plain.train.x, other.train.x)
    np.testing.assert_array_equal(plain.train.y, other.train.y)
    assert other.train.x.dtype == np.float32
    assert other.train.x.flags.c_contiguous


FLOATS = PIXELS.astype(np.float64) / 255
ONE_HOT = np.eye(10, dtype=np.uint8)[DIGITS]


def with_value(value: float) -> np.ndarray:
    x = FLOATS.copy()
    x[3, 4, 5] = value
    return x


BAD_ARRAYS: dict[str, tuple[dict[str, Any], str]] = {
    "colour": ({"x_train": np.zeros((48, 28, 28, 3), np.uint8)}, "the shape (48, 28, 28, 3)"),
    "32 pixels": ({"x_test": np.zeros((20, 32, 32), np.uint8)}, "x_test has the shape (20, 32"),
    "transposed": ({"x_train": PIXELS.reshape(-1, 784).T}, "the shape (784, 48)"),
    "one image": ({"x_train": PIXELS[0]}, "the shape (28, 28)"),
    "one row": ({"x_train": FLOATS.reshape(-1, 784)[0]}, "the shape (784,)"),
    "a scalar": ({"x_train": np.float32(1)}, "the shape ()"),
    "no images": ({"x_test": PIXELS[:0]}, "x_test is empty"),
    "int64 pixels": ({"x_train": PIXELS.astype(np.int64)}, "x_train is of type int64"),
    "boolean pixels": ({"x_train": PIXELS > 0}, "of type bool"),
    "complex pixels": ({"x_train": FLOATS + 0j}, "of type complex128"),
    "text for pixels": ({"x_train": PIXELS.astype(str)}, "of type <U3"),
    "NaN": ({"x_train": with_value(np.nan)}, "x_train lies in [nan, nan]"),
    "infinity": ({"x_train": with_value(np.inf)}, "x_train lies in [0, inf]"),
    "negative": ({"x_train": with_value(-0.5)}, "x_train lies in [-0.5, 1]"),
    "floats to 255": ({"x_train": PIXELS.astype(np.float32)}, "x_train lies in [0, 255]"),
    "one-hot labels": ({"y_train": ONE_HOT}, "y_train has the shape (48, 10)"),
    "scalar label": ({"y_train": np.uint8(1)}, "y_train has the shape ()"),
    "float labels": ({"y_train": DIGITS.astype(np.float32)}, "y_train is of type float32"),
    "boolean labels": ({"y_train": DIGITS > 4}, "y_train is of type bool"),
    "text labels": ({"y_train": DIGITS.astype("<U1")}, "y_train is of type <U1"),
    "label 10": ({"y_train": DIGITS + 1}, "y_train lies in 1..10"),
    "label -1": ({"y_train": DIGITS.astype(np.int8) - 1}, "y_train lies in -1..8"),
    "huge label": ({"y_train": DIGITS + np.uint64(2**63)}, "y_train lies in 92233720"),
    "no labels": ({"y_test": DIGITS[:0]}, "y_test is empty"),
    "a label short": ({"y_train": DIGITS[1:]}, "x_train has 48 images and y_train has 47"),
    "test labels for training": ({"y_test": DIGITS}, "x_test has 20 images and y_test has 48"),
    "too few to split": (
        {"x_train": PIXELS[:11], "y_train": DIGITS[:11]},
        "11 training samples leave none for validation",
    ),
    "bad x_val": ({"x_val": PIXELS, "y_val": DIGITS[:3]}, "x_val has 48 images and y_val has 3"),
    "x_val alone": ({"x_val": PIXELS}, "lacks y_val"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_bad_arrays_are_refused(name: str) -> None:
    changes, words = BAD_ARRAYS[name]
    message = refusal(str(save(Path("bad.npz"), **changes)))
    assert message.startswith("bad.npz: ")
    assert words in message
    assert message.count(": ") >= 2, "path, fault and remedy"


def test_idx_folder_loads_like_the_npz() -> None:
    idx, npz = load(str(save_idx(Path("idx")))), load(str(save(Path("my.npz"))))
    assert (idx.name, idx.source) == ("idx", "idx")
    for part in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(idx, part).x, getattr(npz, part).x)
        np.testing.assert_array_equal(getattr(idx, part).y, getattr(npz, part).y)
    assert idx.sha256 != npz.sha256, "the hash is that of the files"


def test_idx_images_of_another_size_are_refused() -> None:
    header = np.array([0x0803, 48, 2, 2], ">u4").tobytes()
    (save_idx(Path("idx")) / "train-images-idx3-ubyte.gz").write_bytes(header + bytes(192))
    assert "x_train has the shape (48, 2, 2)" in refusal("idx")


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


# Finding


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


# Cutting down


def labelled(*labels: int) -> Split:
    """One sample for each label, its pixels telling its place."""
    x = np.full((len(labels), 784), np.arange(len(labels))[:, None] / 100, np.float32)
    return Split(x, np.array(labels, np.int64))


def small() -> Dataset:
    split = labelled(5, 0, 1, 9, 1, 0, 3)
    return Dataset("small", "made up", "0" * 64, split, split, split)


@pytest.mark.parametrize(("n", "kept"), [(1, 1), (6, 6), (7, 7), (8, 7), (10**12, 7)])
def test_limit_keeps_the_first_samples(n: int, kept: int) -> None:
    got = small().limit(n)
    assert len(got.train) == kept
    assert len(got.test) == len(got.validation) == 7
    np.testing.assert_array_equal(got.train.y, small().train.y[:kept])
    np.testing.assert_array_equal(got.train.x, small().train.x[:kept])
    assert not got.train.x.flags.writeable
    assert got.n_classes == 10


@pytest.mark.parametrize("n", [0, -1])
def test_limit_below_one_is_refused(n: int) -> None:
    with pytest.raises(UserError, match=f"^--limit {n}: must be at least 1"):
        small().limit(n)


@pytest.mark.parametrize(
    ("pair", "places", "labels"),
    [
        ((0, 1), [1, 2, 4, 5], [0, 1, 1, 0]),
        ((1, 0), [1, 2, 4, 5], [1, 0, 0, 1]),
        ((9, 3), [3, 6], [0, 1]),
        ((1, 5), [0, 2, 4], [1, 0, 0]),
    ],
)
def test_two_digits_are_kept_in_order(
    pair: tuple[int, int], places: list[int], labels: list[int]
) -> None:
    got = small().extract_two_digits(*pair)
    assert got.n_classes == 2
    for split in (got.train, got.validation, got.test):
        np.testing.assert_array_equal(split.y, labels)
        np.testing.assert_array_equal(split.x, small().train.x[places])
        assert split.x.flags.c_contiguous
        assert not split.x.flags.writeable


def test_two_digits_are_0_and_1_by_default() -> None:
    got = load("digits").extract_two_digits()
    whole = load("digits")
    assert len(got.train) == int((whole.train.y <= 1).sum())
    np.testing.assert_array_equal(got.test.y, whole.test.y[whole.test.y <= 1])


@pytest.mark.parametrize("pair", [(3, 3), (0, 2), (2, 0), (0, 10), (-1, 0)])
def test_two_digits_that_cannot_be_had(pair: tuple[int, int]) -> None:
    with pytest.raises(UserError) as caught:
        small().extract_two_digits(*pair)
    assert "choose" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_digits_name_the_split_that_lacks_one() -> None:
    with pytest.raises(UserError, match="the train split has no digit 1"):
        small().limit(2).extract_two_digits(0, 1)


# The whole


@pytest.mark.skipif(REAL_MNIST is None, reason="GVK_MNIST is not set: no MNIST on this machine")
def test_real_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GVK_MNIST", str(REAL_MNIST))
    mnist = load()
    assert mnist.name == "mnist"
    assert mnist.n_classes == 10
    assert [len(mnist.train), len(mnist.validation), len(mnist.test)] == [55_000, 5_000, 10_000]
    x = np.concatenate([mnist.validation.x, mnist.train.x])
    assert abs(x.mean(dtype=np.float64) - 0.1307) < 1e-4
    assert abs(x.std(dtype=np.float64) - 0.3081) < 1e-4
    np.testing.assert_array_equal(mnist.validation.y[:5], [5, 0, 4, 1, 9])


def test_importing_data_is_light() -> None:
    heavy = "{'tensorflow', 'keras', 'sklearn', 'pooch', 'requests', 'scipy'}"
    modules = "bench.data.datasets, bench.data.fetch"
    code = f"import {modules}, sys; print(sorted({heavy} & set(sys.modules)))"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
