"""Reads the files that MNIST comes in, npz and IDX, and trusts no byte of them.

Nothing is ever unpickled, sizes are bounded before memory is taken, and whatever is wrong with a
file is a `UserError` of one line. What the arrays mean is checked in `bench.data.datasets`.
"""

import gzip
import hashlib
import io
import math
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.errors import UserError

Array = npt.NDArray[Any]

REQUIRED_KEYS = ("x_train", "y_train", "x_test", "y_test")
OPTIONAL_KEYS = ("x_val", "y_val")

# MNIST's training images in float64 take 0.4 GB; what is larger by far is a mistake or a zip bomb.
MAX_BYTES = 1 << 30

# key: first half of the file's name, number of dimensions. The order is the order of the hash.
IDX_FILES = {
    "x_train": ("train-images", 3),
    "y_train": ("train-labels", 1),
    "x_test": ("t10k-images", 3),
    "y_test": ("t10k-labels", 1),
}

# What lies under a data file's name after a download went wrong, by its first bytes, lower case.
LOOKS_LIKE = {
    b"<!doctype html": "an HTML page",
    b"<html": "an HTML page",
    b"<?xml": "an XML page",
    b"version https://git-lfs": "a Git LFS pointer",
    b"\x80": "a Python pickle",
    b"\x93numpy": "a single .npy array",
    b"\x1f\x8b": "a gzip file",
    b"pk\x03\x04": "a zip file",
}


class FileData(NamedTuple):
    """Arrays as they lie in the files, and the sha256 of the files' bytes."""

    arrays: dict[str, Array]
    sha256: str


def refuse(path: str | os.PathLike[str], what: str, remedy: str) -> UserError:
    """The error to raise for a bad file: `path: what: remedy`, in one line whatever is in them."""
    return UserError(" ".join(f"{os.fspath(path)}: {what}: {remedy}".splitlines()))


def keras_datasets() -> Path:
    """The folder in which Keras keeps its data sets; it need not exist."""
    home = os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")
    return Path(os.path.expanduser(home), "datasets")


def read(path: Path) -> FileData:
    """Reads a folder of IDX files, or else an npz file.

    Raises:
        UserError: the path is missing, unreadable, damaged, or something else.
    """
    # os.path: it answers False where pathlib raises, and the reader then says why.
    return read_idx(path) if os.path.isdir(path) else read_npz(path)


def read_npz(path: Path) -> FileData:
    """Reads x_train, y_train, x_test, y_test and, where given, x_val and y_val.

    Raises:
        UserError: no such file, not an npz, damaged, pickled, a missing or an unknown key.
    """
    return read_arrays(path, lambda keys: _check_keys(path, keys))


def read_arrays(path: Path, check: Callable[[Iterable[str]], None]) -> FileData:
    """Reads every array of an npz; no more is unpacked than MAX_BYTES of them all together.

    Args:
        path: of the file.
        check: is given the names before anything is unpacked; raises where they are wrong.

    Raises:
        UserError: no such file, not an npz, damaged, pickled, or too large.
    """
    raw = _read_bytes(path)
    if not raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):  # the second: a zip without members
        raise refuse(path, f"is {_kind(raw)}, not an npz file", "give the npz file itself")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            check(members)
            _check_size(path, members.values())
            arrays = {key: _read_member(path, archive, info) for key, info in members.items()}
    except UserError:
        raise
    except Exception as error:  # damaged bytes raise a dozen types in zipfile, zlib and numpy
        raise _damaged(path, error) from error
    return FileData(arrays, hashlib.sha256(raw).hexdigest())


def read_idx(folder: Path) -> FileData:
    """Reads the four files of MNIST's own format: x_train, y_train, x_test, y_test.

    Raises:
        UserError: a file is missing, unreadable, or not exactly what its header says.
    """
    paths = find_idx(folder)
    if lacking := [idx_name(key) for key in IDX_FILES if key not in paths]:
        remedy = "put the four MNIST files there, with or without .gz"
        raise refuse(folder, f"the folder lacks {', '.join(lacking)}", remedy)
    digest, arrays = hashlib.sha256(), {}
    for key, path in paths.items():
        raw = _read_bytes(path)
        digest.update(raw)
        arrays[key] = _parse_idx(path, _unzipped(path, raw), n_dims=IDX_FILES[key][1])
    return FileData(arrays, digest.hexdigest())


def idx_name(key: str, separator: str = "-") -> str:
    """The file's name: `train-images-idx3-ubyte`, or with a dot as an unpacked copy has it."""
    stem, n_dims = IDX_FILES[key]
    return f"{stem}{separator}idx{n_dims}-ubyte"


def find_idx(folder: Path) -> dict[str, Path]:
    """Those of the four IDX files that lie in the folder, in whichever spelling comes first."""
    spellings = [(separator, suffix) for separator in "-." for suffix in ("", ".gz")]
    path_of = {}
    for key in IDX_FILES:
        paths = (folder / (idx_name(key, separator) + suffix) for separator, suffix in spellings)
        if path := next((path for path in paths if os.path.isfile(path)), None):
            path_of[key] = path
    return path_of


def _read_bytes(path: Path) -> bytes:
    """All bytes of a regular file, at least one and at most MAX_BYTES."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device would block or never end
            raise refuse(path, "is not a file", "give an npz file or a folder of IDX files")
        if status.st_size > MAX_BYTES:
            raise refuse(path, f"has {status.st_size:,} bytes", f"at most {MAX_BYTES:,} are read")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(path, reason, "check the path and its permissions") from error
    if not raw:
        raise refuse(path, "is empty", "copy or fetch it again")
    return raw


def _kind(raw: bytes) -> str:
    """Words for what the bytes are, judged by their first ones."""
    head = raw[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    likely = (words for start, words in LOOKS_LIKE.items() if head.startswith(start))
    return next(likely, "something else")


def _damaged(path: Path, error: Exception) -> UserError:
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    return refuse(path, f"is damaged or cut short ({reason})", "copy or fetch it again")


def _check_keys(path: Path, keys: Iterable[str]) -> None:
    """Refuses what is missing, and also what is unknown: a misspelt x_val would go unnoticed."""
    remedy = f"save it with the keys {', '.join(REQUIRED_KEYS)} and, if at all, x_val with y_val"
    present = set(keys)
    needed = REQUIRED_KEYS + (OPTIONAL_KEYS if present.intersection(OPTIONAL_KEYS) else ())
    if missing := [key for key in needed if key not in present]:
        raise refuse(path, f"lacks {', '.join(missing)}", remedy)
    if unknown := sorted(present.difference(needed)):
        raise refuse(path, f"has the unknown key {unknown[0]!r}", remedy)


def _check_size(path: Path, members: Iterable[zipfile.ZipInfo]) -> None:
    """Refuses what says that it unpacks to too much; zipfile unpacks no more than is said."""
    sizes = {info.filename: info.file_size for info in members}
    if sum(sizes.values()) > MAX_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        what = f"{largest} unpacks to {sizes[largest]:,} bytes"
        if sizes[largest] <= MAX_BYTES:
            what = f"unpacks to {sum(sizes.values()):,} bytes"
        raise refuse(path, what, f"at most {MAX_BYTES:,} are read")


def _read_member(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Array:
    """One array of an npz. The whole member is read first: only then is its checksum compared."""
    stream = io.BytesIO(archive.read(info))
    size, dtype = _declared(stream)
    if dtype.hasobject:
        what = f"{info.filename} holds pickled Python objects, which are never read"
        raise refuse(path, what, "save plain arrays of numbers")
    left = info.file_size - stream.tell()
    if left > size:
        raise refuse(path, f"{info.filename} is longer than its header says", "save it again")
    if left < size:  # before numpy makes room for what a forged header promises
        raise ValueError(f"{info.filename} has {left:,} bytes, its header says {size:,}")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)


def _declared(stream: BinaryIO) -> tuple[int, np.dtype[Any]]:
    """The bytes of data and the dtype that the header of an npy array states."""
    version = np.lib.format.read_magic(stream)
    headers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in headers:
        raise ValueError(f"npy format {version} is not one of plain arrays")
    shape, _, dtype = headers[version](stream)
    return math.prod(shape) * dtype.itemsize, dtype


def _unzipped(path: Path, raw: bytes) -> bytes:
    """The bytes behind gzip. Judged by content: browsers unpack a .gz and keep its name."""
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, error) from error
    if len(data) > MAX_BYTES:
        raise refuse(path, "unpacks to too much", f"at most {MAX_BYTES:,} bytes are read")
    return data


def _parse_idx(path: Path, data: bytes, n_dims: int) -> npt.NDArray[np.uint8]:
    """An array of unsigned bytes: a magic number, n_dims sizes, all big-endian, then the bytes.

    Source: the description of the format by LeCun, Cortes and Burges (MNIST's home page).
    """
    n_header, magic = 4 * (1 + n_dims), 0x0800 + n_dims  # 0x08: unsigned bytes
    if data[:4] != magic.to_bytes(4, "big"):
        what = f"is {_kind(data)}, not an IDX file that starts with 0x{magic:08x}"
        raise refuse(path, what, "copy or fetch it again")
    if len(data) < n_header:
        raise refuse(path, "is cut short within its header", "copy or fetch it again")
    shape = [int(size) for size in np.frombuffer(data, ">u4", count=n_dims, offset=4)]
    n_values = math.prod(shape)  # Python's integers: three sizes of 32 bits overflow numpy's
    if n_values == 0 or len(data) != n_header + n_values:
        what = f"has {len(data) - n_header:,} bytes of data, its header says {n_values:,}"
        raise refuse(path, what if n_values else "holds no samples", "copy or fetch it again")
    return np.frombuffer(data, np.uint8, offset=n_header).reshape(shape)
