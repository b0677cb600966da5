"""Damaged, foreign and hostile files: each is refused with one line that names it."""

import gzip
import hashlib
import io
import os
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.data import files as data_files
from bench.data.files import IDX_FILES, idx_name, read, read_idx, read_npz
from bench.errors import UserError


def arrays(n: int = 3) -> dict[str, np.ndarray]:
    """Tiny images that a label and a split tell apart."""
    rng = np.random.default_rng(0)
    return {
        key: rng.integers(0, 10, (n, 28, 28) if key[0] == "x" else n, dtype=np.uint8)
        for key in IDX_FILES
    }


def npz_bytes(content: dict[str, Any], compressed: bool = True) -> bytes:
    stream = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(stream, **content)
    return stream.getvalue()


def zip_bytes(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def npy_bytes(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def idx_bytes(array: np.ndarray) -> bytes:
    header = np.array([0x0800 + array.ndim, *array.shape], ">u4")
    return header.tobytes() + array.tobytes()


def write_idx(folder: Path, separator: str = "-", suffix: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    for key, array in arrays().items():
        content = idx_bytes(array)
        path = folder / (idx_name(key, separator) + suffix)
        path.write_bytes(gzip.compress(content) if suffix else content)
    return folder


def assert_refused(path: Path, words: str, named: str | None = None) -> None:
    with pytest.raises(UserError) as caught:
        read(path)
    message = str(caught.value)
    assert "\n" not in message
    assert (named or str(path)) in message
    assert words in message
    assert message.count(": ") >= 2, "path, fault and remedy"


# npz


@pytest.mark.parametrize("compressed", [True, False])
def test_npz_is_read_as_written(tmp_path: Path, compressed: bool) -> None:
    raw = npz_bytes(arrays(), compressed)
    (tmp_path / "a.npz").write_bytes(raw)
    got = read(tmp_path / "a.npz")
    assert got.sha256 == hashlib.sha256(raw).hexdigest()
    assert list(got.arrays) == list(IDX_FILES)
    for key, array in arrays().items():
        np.testing.assert_array_equal(got.arrays[key], array)


def with_x_train(content: bytes) -> bytes:
    members = {f"{key}.npy": npy_bytes(array) for key, array in arrays().items()}
    return zip_bytes(members | {"x_train.npy": content})


def flipped(raw: bytes, position: int) -> bytes:
    return raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]


def without_crc_errors_hidden() -> bytes:
    """A stored member with one pixel changed: only the checksum tells."""
    raw = npz_bytes(arrays(), compressed=False)
    return flipped(raw, raw.index(arrays()["x_test"].tobytes()) + 100)


def huge_header() -> bytes:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


def encrypted() -> bytes:
    raw = bytearray(npz_bytes(arrays()))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory, with no password to give
    return bytes(raw)


OBJECTS = np.array([{"a": 1}], dtype=object)
PLAIN = arrays()
BAD_NPZ: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "is empty"),
    "HTML page": (lambda: b"\n<!DOCTYPE html><html>404</html>", "an HTML page, not an npz file"),
    "HTML page with a mark": (lambda: b"\xef\xbb\xbf<html>", "an HTML page, not an npz file"),
    "XML page": (lambda: b"<?xml version='1.0'?><Error/>", "an XML page, not an npz file"),
    "pickle": (lambda: pickle.dumps(PLAIN), "a Python pickle, not an npz file"),
    "npy": (lambda: npy_bytes(PLAIN["x_train"]), "a single .npy array, not an npz file"),
    "gzip": (lambda: gzip.compress(b"x"), "a gzip file, not an npz file"),
    "LFS pointer": (lambda: b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
    "noise": (lambda: b"\x00\x01\x02", "something else, not an npz file"),
    "cut in half": (lambda: npz_bytes(PLAIN)[:500], "damaged or cut short"),
    "last byte gone": (lambda: npz_bytes(PLAIN)[:-1], "damaged or cut short"),
    "one bit of a pixel": (without_crc_errors_hidden, "damaged or cut short (BadZipFile: Bad CRC"),
    "encrypted": (encrypted, "damaged or cut short"),
    "no members": (lambda: zip_bytes({}), "lacks x_train, y_train, x_test, y_test"),
    "no labels": (lambda: npz_bytes({"x_train": 1, "x_test": 1}), "lacks y_train, y_test"),
    "x_val alone": (lambda: npz_bytes(PLAIN | {"x_val": 1}), "lacks y_val"),
    "y_val alone": (lambda: npz_bytes(PLAIN | {"y_val": 1}), "lacks x_val"),
    "misspelt key": (lambda: npz_bytes(PLAIN | {"x_valid": 1}), "unknown key 'x_valid'"),
    "pickled objects": (lambda: npz_bytes(PLAIN | {"x_train": OBJECTS}), "pickled Python objects"),
    "member is no array": (lambda: with_x_train(b"hello, world"), "damaged or cut short"),
    "member is a zip": (lambda: with_x_train(zip_bytes({"a": b""})), "damaged or cut short"),
    "member is cut": (lambda: with_x_train(npy_bytes(PLAIN["x_train"])[:-1]), "damaged"),
    "member is longer": (lambda: with_x_train(npy_bytes(PLAIN["x_train"]) + b"0"), "longer than"),
    "header says petabytes": (lambda: with_x_train(huge_header()), "damaged or cut short"),
}


@pytest.mark.parametrize("name", BAD_NPZ)
def test_bad_npz_is_refused(tmp_path: Path, name: str) -> None:
    make, words = BAD_NPZ[name]
    path = tmp_path / "bad.npz"
    path.write_bytes(make())
    assert_refused(path, words)


def test_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "MAX_BYTES", 100_000)
    path = tmp_path / "bomb.npz"
    path.write_bytes(with_x_train(bytes(1_000_000)))
    assert path.stat().st_size < 100_000
    assert_refused(path, "x_train.npy unpacks to 1,000,000 bytes: at most 100,000 are read")


def test_large_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_files, "MAX_BYTES", 10)
    (tmp_path / "large.npz").write_bytes(bytes(11))
    assert_refused(tmp_path / "large.npz", "has 11 bytes: at most 10 are read")


def test_pickles_are_never_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    trap = np.array([Trap()], dtype=object)
    (tmp_path / "trap.npz").write_bytes(npz_bytes(PLAIN | {"y_test": trap}))
    assert_refused(tmp_path / "trap.npz", "y_test.npy holds pickled Python objects")
    assert not (tmp_path / "sprung").exists()


def assert_plain_or_refused(path: Path) -> None:
    """Either the file loads as PLAIN, or it is a UserError of one line: nothing else."""
    try:
        got = read_npz(path).arrays
    except UserError as error:
        message = str(error)
    else:
        assert got.keys() == PLAIN.keys()
        assert all(np.array_equal(got[key], PLAIN[key]) for key in PLAIN)
        return
    assert str(path) in message
    assert "\n" not in message


CLEAN = {compressed: npz_bytes(arrays(), compressed) for compressed in (True, False)}


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), n_flips=st.integers(1, 3), compressed=st.booleans())
def test_flipped_bits_change_nothing_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, seed: int, n_flips: int, compressed: bool
) -> None:
    raw, rng = bytearray(CLEAN[compressed]), random.Random(seed)
    for _ in range(n_flips):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    path = tmp_path_factory.getbasetemp() / "flipped.npz"
    path.write_bytes(raw)
    assert_plain_or_refused(path)


@pytest.mark.parametrize("compressed", [True, False])
def test_every_flip_in_the_zip_directory_changes_nothing_or_is_refused(
    tmp_path: Path, compressed: bool
) -> None:
    """The directory at the end has no checksum of its own, so each of its bytes is tried."""
    clean, path = CLEAN[compressed], tmp_path / "flipped.npz"
    for position in range(clean.index(b"PK\x01\x02"), len(clean)):
        path.write_bytes(flipped(clean, position))
        assert_plain_or_refused(path)


# Paths


def test_missing_file(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none.npz", "No such file or directory: check the path")


def test_path_is_no_file_at_all(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")  # reading it would wait for ever
    assert_refused(tmp_path / "pipe.npz", "is not a file")


def test_path_with_a_nul_byte(tmp_path: Path) -> None:
    assert_refused(tmp_path / "a\0b.npz", "null byte")


def test_message_stays_one_line_for_a_path_of_two(tmp_path: Path) -> None:
    assert_refused(tmp_path / "two\nlines.npz", "No such file", named="two lines.npz")


def test_path_that_is_too_long(tmp_path: Path) -> None:
    assert_refused(tmp_path / ("a" * 300 + ".npz"), "File name too long")


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.npz"
    path.write_bytes(CLEAN[True])

    def denied(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", denied)  # root, as whom CI may run, is never denied
    assert_refused(path, "Permission denied: check the path and its permissions")


# IDX


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("separator", ["-", "."])
def test_idx_is_read_in_every_spelling(tmp_path: Path, separator: str, suffix: str) -> None:
    got = read(write_idx(tmp_path, separator, suffix))
    files = [tmp_path / (idx_name(key, separator) + suffix) for key in IDX_FILES]
    assert got.sha256 == hashlib.sha256(b"".join(map(Path.read_bytes, files))).hexdigest()
    for key, array in arrays().items():
        np.testing.assert_array_equal(got.arrays[key], array)


def test_idx_names_are_those_of_mnist() -> None:
    assert [idx_name(key) for key in IDX_FILES] == [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ]
    assert idx_name("y_test", ".") == "t10k-labels.idx1-ubyte"


def test_idx_behind_a_misleading_gz_name(tmp_path: Path) -> None:
    write_idx(tmp_path)
    for path in list(tmp_path.iterdir()):
        path.rename(f"{path}.gz")
    assert read_idx(tmp_path).arrays["x_train"].shape == (3, 28, 28)


def test_folder_that_lacks_files(tmp_path: Path) -> None:
    assert_refused(tmp_path, "the folder lacks train-images-idx3-ubyte, train-labels-idx1-ubyte")
    write_idx(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert_refused(tmp_path, "the folder lacks t10k-labels-idx1-ubyte: put the four MNIST files")


GOOD = idx_bytes(PLAIN["x_train"])
PACKED = gzip.compress(GOOD)
BAD_IDX: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "HTML page": (b"<html>", "is an HTML page, not an IDX file"),
    "npy": (npy_bytes(PLAIN["x_train"]), "is a single .npy array, not an IDX file"),
    "zip": (zip_bytes({}) + b"", "is something else, not an IDX file"),
    "labels": (idx_bytes(PLAIN["y_train"]), "not an IDX file that starts with 0x00000803"),
    "int32 pixels": (GOOD[:2] + b"\x0c" + GOOD[3:], "starts with 0x00000803"),
    "little-endian": (GOOD[3::-1] + GOOD[4:], "starts with 0x00000803"),
    "magic only": (GOOD[:4], "cut short within its header"),
    "header cut": (GOOD[:15], "cut short within its header"),
    "header only": (GOOD[:16], "has 0 bytes of data, its header says 2,352"),
    "one byte short": (GOOD[:-1], "has 2,351 bytes of data, its header says 2,352"),
    "one byte long": (GOOD + b"0", "has 2,353 bytes of data, its header says 2,352"),
    "no samples": (GOOD[:4] + bytes(4) + GOOD[8:16], "holds no samples"),
    "sizes that overflow": (GOOD[:4] + b"\xff" * 12 + GOOD[16:], "its header says 79,228,16"),
    "sizes whose product is 2**64": (
        GOOD[:4] + b"\x00\x80\x00\x00" * 2 + b"\x00\x04\x00\x00",
        "has 0 bytes of data, its header says 18,446,744,073,709,551,616",
    ),
    "gz cut": (PACKED[:-9], "damaged or cut short (EOFError"),
    "gz checksum": (flipped(PACKED, len(PACKED) - 5), "damaged or cut short (BadGzipFile: CRC"),
    "gz data": (flipped(PACKED, 40), "damaged or cut short ("),
    "gz method": (flipped(PACKED, 2), "damaged or cut short (BadGzipFile: Unknown compression"),
    "gz then rubbish": (PACKED + b"rubbish", "damaged or cut short (BadGzipFile"),
    "gz of an HTML page": (gzip.compress(b"<html>"), "is an HTML page, not an IDX file"),
}


@pytest.mark.parametrize("name", BAD_IDX)
def test_bad_idx_is_refused(tmp_path: Path, name: str) -> None:
    content, words = BAD_IDX[name]
    bad = write_idx(tmp_path) / idx_name("x_train")
    bad.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read(tmp_path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(bad) in message
    assert words in message


def test_gz_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "MAX_BYTES", 100_000)
    bad = write_idx(tmp_path) / idx_name("x_train")
    bad.write_bytes(gzip.compress(bytes(1_000_000)))
    assert_refused(tmp_path, "unpacks to too much", named=str(bad))


# The Keras cache


def test_keras_datasets_follows_keras_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", "/some/where")
    assert data_files.keras_datasets() == Path("/some/where/datasets")
    monkeypatch.setenv("KERAS_HOME", "")
    monkeypatch.setenv("HOME", "/home/me")
    assert data_files.keras_datasets() == Path("/home/me/.keras/datasets")
