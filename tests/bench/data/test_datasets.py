"""The data sets: what is in them, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.data.datasets import load
from tests.bench.data.images import arrays, refusal, save, save_idx

pytestmark = pytest.mark.usefixtures("home")
REAL_MNIST = os.environ.get("GVK_MNIST")  # read before the fixture takes it away


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
