"""The data: 28 x 28 grey images of ten classes, in three splits that nobody can write to.

`load` takes MNIST from the disk, never from the network, and falls back to scikit-learn's small
digits, so that everything runs without a download.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.data.files import Array, FileData, find_idx, keras_datasets, read, refuse
from bench.errors import UserError

N_PIXELS = 28 * 28
N_CLASSES = 10
IMAGE_SHAPES = ((28, 28), (28, 28, 1), (N_PIXELS,))

# The workshop keeps the first 5,000 of MNIST's 60,000 for validation: a twelfth.
N_VALIDATION = 5_000
VALIDATION_SHARE = 12


@dataclass(frozen=True, eq=False)
class Split:
    """Images and their labels.

    Attributes:
        x: (n, 784) float32 in [0, 1], C-contiguous, read-only.
        y: (n,) int64, read-only.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        x = np.ascontiguousarray(self.x, np.float32).view()  # a view: the caller's stays writeable
        y = np.ascontiguousarray(self.y, np.int64).view()
        if x.shape != (y.size, N_PIXELS) or y.ndim != 1:
            raise ValueError(f"x is {x.shape} and y is {y.shape}: want (n, {N_PIXELS}) and (n,)")
        x.flags.writeable = y.flags.writeable = False
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Three splits, and what it takes to say which data they are.

    Attributes:
        name: `mnist`, `fashion-mnist`, `digits`, or the file's or folder's own name.
        source: where it came from, in words that hold on any machine: reports print it.
        sha256: of the bytes it was read from.
        train, validation, test: the splits.
    """

    name: str
    source: str
    sha256: str
    train: Split
    validation: Split
    test: Split

    @property
    def n_classes(self) -> int:
        """One more than the largest label of any split."""
        return 1 + max(int(split.y.max()) for split in (self.train, self.validation, self.test))

    def limit(self, n: int) -> "Dataset":
        """Keeps the first n training samples (all, where there are fewer), and the other splits.

        Raises:
            UserError: n is below 1.
        """
        if n < 1:
            raise UserError(f"--limit {n}: must be at least 1 training sample")
        return replace(self, train=Split(self.train.x[:n], self.train.y[:n]))

    def extract_two_digits(self, digit0: int = 0, digit1: int = 1) -> "Dataset":
        """Keeps the samples of two digits, in order, with the labels 0 and 1.

        Source: extract_two_digits of util.py in Romain Mormont's TensorFlow workshop.

        Raises:
            UserError: the digits are the same, or a split has none of one of them.
        """
        if digit0 == digit1:
            raise UserError(f"digits {digit0} and {digit1}: choose two different digits")
        return replace(
            self,
            train=self._two_digits("train", digit0, digit1),
            validation=self._two_digits("validation", digit0, digit1),
            test=self._two_digits("test", digit0, digit1),
        )

    def _two_digits(self, part: str, digit0: int, digit1: int) -> Split:
        split: Split = getattr(self, part)
        is0, is1 = split.y == digit0, split.y == digit1
        for digit, mask in ((digit0, is0), (digit1, is1)):
            if not mask.any():
                what = f"the {part} split has no digit {digit}"
                raise refuse(self.source, what, "choose another digit, or take more samples")
        # By mask: relabelling in place, one digit after the other, would mix up the pair (1, 0).
        return Split(split.x[is0 | is1], is1[is0 | is1].astype(np.int64))


def load(name: str = "auto") -> Dataset:
    """Loads a data set from the disk.

    Args:
        name: a key of NAMES, or the path of an npz file or of a folder of IDX files.

    Raises:
        UserError: no such name, not on this machine, or not what it should be.
    """
    if name in NAMES:
        return NAMES[name]()
    if not (name.endswith(".npz") or os.sep in name or os.path.exists(name)):
        remedy = f"choose {', '.join(NAMES)}, PATH.npz or a folder of IDX files"
        raise refuse(repr(name), "no such data set", remedy)
    path = Path(os.path.expanduser(name))
    return _dataset(path.absolute().name.removesuffix(".npz"), _shown(name), path)


def located() -> dict[str, str | None]:
    """Where each named data set would be read from, or None; nothing is opened.

    A path from a variable is given as it is, there or not, since `load` would insist on it.
    """
    from importlib.util import find_spec

    places = {name: _locate(name) for name in SEARCHED}
    return {
        **{name: f"{at.via}: {at.path}" if at else None for name, at in places.items()},
        "digits": "embedded in scikit-learn" if find_spec("sklearn") else None,
    }


# Finding


@dataclass(frozen=True)
class Place:
    """A path, what led there (errors name it), and words for it that hold on any machine."""

    path: Path
    via: str
    source: str


@dataclass(frozen=True)
class Search:
    """Where a data set is looked for: a variable, the Keras cache, a package of the system."""

    variable: str
    cached: str
    packaged: str | None = None


SEARCHED = {
    "mnist": Search("GVK_MNIST", "mnist.npz"),
    "fashion-mnist": Search("GVK_FASHION_MNIST", "fashion-mnist", "/usr/share/datasets"),
}


def _locate(name: str) -> Place | None:
    """The first place that has it. A variable that is set is believed: no other place is tried."""
    search = SEARCHED[name]
    if given := os.environ.get(search.variable):
        source = f"{_shown(given)} ({search.variable})"
        return Place(Path(os.path.expanduser(given)), search.variable, source)
    cached = keras_datasets() / search.cached
    if _is_whole(cached):
        return Place(cached, "Keras cache", f"{search.cached} in the Keras cache")
    if search.packaged and _is_whole(packaged := Path(search.packaged, name)):
        return Place(packaged, "system package", f"Debian's dataset-{name}")
    return None


def _is_whole(path: Path) -> bool:
    """A file, or a folder with all four IDX files: a download may have stopped half-way."""
    return os.path.isfile(path) or len(find_idx(path)) == 4


def _shown(given: str) -> str:
    """The path as the user gave it, except that an absolute one is cut down to its last name."""
    return os.path.basename(os.path.normpath(given)) if os.path.isabs(given) else given


# Loading


def _load_auto() -> Dataset:
    return _load_digits() if _locate("mnist") is None else _load_found("mnist")


def _load_found(name: str) -> Dataset:
    place = _locate(name)
    if place is None:
        variable = f"{SEARCHED[name].variable} to an npz file or to a folder of IDX files"
        raise refuse(name, "not on this machine", f"run `gvk data fetch {name}`, or set {variable}")
    try:
        return _dataset(name, place.source, place.path)
    except UserError as error:
        raise UserError(f"{place.via}: {error}") from error


def _load_digits() -> Dataset:
    """scikit-learn's 1,797 digits of 8 x 8 pixels, each pixel tripled, in a border of two."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise UserError("digits: scikit-learn is missing: pip install scikit-learn") from error
    images, y = load_digits(return_X_y=True)
    x = np.kron(images.reshape(-1, 8, 8), np.ones((1, 3, 3)))  # (1797, 24, 24) in 0..16
    x = np.pad(x, ((0, 0), (2, 2), (2, 2))).reshape(-1, N_PIXELS) / 16  # (1797, 784) in [0, 1]
    x, y = x.astype(np.float32), y.astype(np.int64)
    return Dataset(
        name="digits",
        source="scikit-learn's digits, embedded",
        sha256=hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest(),
        train=Split(x[180:-360], y[180:-360]),
        validation=Split(x[:180], y[:180]),
        test=Split(x[-360:], y[-360:]),
    )


NAMES: dict[str, Callable[[], Dataset]] = {
    "auto": _load_auto,
    "mnist": lambda: _load_found("mnist"),
    "fashion-mnist": lambda: _load_found("fashion-mnist"),
    "digits": _load_digits,
}


def _dataset(name: str, source: str, path: Path) -> Dataset:
    """Reads a path and splits it; without x_val, validation is the head of the training set."""
    files = read(path)
    train, test = _split(path, files, "train"), _split(path, files, "test")
    if "x_val" in files.arrays:
        validation = _split(path, files, "val")
    else:
        n = min(N_VALIDATION, len(train) // VALIDATION_SHARE)
        if n == 0:
            what = f"{len(train)} training samples leave none for validation"
            raise refuse(path, what, f"give x_val and y_val, or at least {VALIDATION_SHARE}")
        validation = Split(train.x[:n], train.y[:n])
        train = Split(train.x[n:], train.y[n:])
    return Dataset(name, source, files.sha256, train, validation, test)


# Checking


def _split(path: Path, files: FileData, part: str) -> Split:
    x, y = files.arrays[f"x_{part}"], files.arrays[f"y_{part}"]
    images, labels = _images(path, f"x_{part}", x), _labels(path, f"y_{part}", y)
    if len(images) != len(labels):
        what = f"x_{part} has {len(images)} images and y_{part} has {len(labels)} labels"
        raise refuse(path, what, "give one label for each image")
    return Split(images, labels)


def _images(path: Path, key: str, x: Array) -> npt.NDArray[np.float32]:
    """Images as (n, 784) float32 in [0, 1]; bytes are divided by 255."""
    if x.shape[1:] not in IMAGE_SHAPES or x.ndim < 2:
        raise refuse(path, f"{key} has the shape {x.shape}", "give images of (n, 28, 28)")
    if len(x) == 0:
        raise refuse(path, f"{key} is empty", "give at least one image")
    if x.dtype == np.uint8:
        return np.divide(x.reshape(-1, N_PIXELS), 255, dtype=np.float32)
    if x.dtype.kind != "f":
        raise refuse(path, f"{key} is of type {x.dtype}", "give uint8, or floats in [0, 1]")
    low, high = x.min(), x.max()
    if not (low >= 0 and high <= 1):  # put so that NaN, which any comparison denies, is refused
        what = f"{key} lies in [{low:.6g}, {high:.6g}]"
        raise refuse(path, what, "give floats in [0, 1] without NaN, or uint8 in 0..255")
    return x.reshape(-1, N_PIXELS).astype(np.float32)


def _labels(path: Path, key: str, y: Array) -> npt.NDArray[np.int64]:
    """Labels as (n,) int64 in 0..9."""
    if y.ndim not in (1, 2) or y.shape[1:] not in ((), (1,)):
        raise refuse(path, f"{key} has the shape {y.shape}", "give (n,) digits, not one-hot rows")
    if y.dtype.kind not in "iu":
        raise refuse(path, f"{key} is of type {y.dtype}", "give integers in 0..9")
    if y.size == 0:
        raise refuse(path, f"{key} is empty", "give at least one label")
    if y.min() < 0 or y.max() >= N_CLASSES:
        raise refuse(path, f"{key} lies in {y.min()}..{y.max()}", "give integers in 0..9")
    return y.reshape(-1).astype(np.int64)
