"""Whatever is in a file, its reader returns or says in one line what is wrong, in little memory.

A few inputs of each here; more by ``GVK_FUZZ=10000 python -m pytest`` with this file.
"""

import io
import json
import os
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.data.files import IDX_FILES, idx_name, read_idx, read_npz
from bench.errors import UserError
from bench.records import reading
from bench.training.checkpoints import FILE, Checkpoint
from bench.training.place import Epoch, Place

INPUTS = int(os.environ.get("GVK_FUZZ", "15"))
LIMIT, ROOM = 1 << 20, 16 << 20
"""Bytes that a file may unpack to here, and that a reader may take to find out."""

fuzz = settings(
    max_examples=INPUTS, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@st.composite
def damaged(draw, whole):
    """Draw what becomes of a file: bytes changed, taken out, put in, or all of them others."""
    raw = bytearray(whole)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(raw)))
        kind = draw(st.sampled_from(["flip", "cut", "insert", "take", "number"]))
        if kind == "flip" and at < len(raw):
            raw[at] ^= draw(st.integers(1, 255))
        elif kind == "cut":
            del raw[at:]
        elif kind == "insert":
            raw[at:at] = draw(st.binary(max_size=40))
        elif kind == "take":
            del raw[at : at + draw(st.integers(1, 40))]
        else:
            raw[at : at + 4] = draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"]))
    return bytes(raw)


@st.composite
def forged_npz(draw, names):
    """Draw a zip whose members have headers of their own, whatever data stands behind them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", draw(st.sampled_from([0, zipfile.ZIP_DEFLATED]))) as archive:
        for name in draw(st.lists(st.sampled_from(names), max_size=len(names), unique=True)):
            archive.writestr(f"{name}.npy", draw(members()))
    return buffer.getvalue()


@st.composite
def members(draw):
    """Draw an npy array whose header may promise more, less, or something else than there is."""
    descr = draw(st.sampled_from(["<f4", "|u1", "<i8", "|O", "<U9999999", "|V0", ">c16", "x"]))
    sizes = st.integers(-1, 1 << 40)
    shape = tuple(draw(st.lists(sizes, max_size=3)))
    header = repr({"descr": descr, "fortran_order": draw(st.booleans()), "shape": shape})
    text = draw(st.sampled_from([header, header * 300, "(" * 5000, "__import__('os')"])) + "\n"
    version = draw(st.sampled_from([b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00"]))
    length = len(text).to_bytes(2 if version[0] == 1 else 4, "little", signed=False)
    data = draw(st.one_of(st.binary(max_size=64), st.just(bytes(LIMIT + 1))))
    return b"\x93NUMPY" + version + length + text.encode() + data


def read_or_refuse(read):
    """Read; assert that what is refused is one line, and that little memory was taken."""
    said = ""
    tracemalloc.start()
    try:
        read()
    except UserError as error:
        said = str(error)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert "\n" not in said
    assert peak < ROOM


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr("bench.data.files.MAX_BYTES", LIMIT)


def npz():
    buffer = io.BytesIO()
    x, y = np.zeros((4, 28, 28), np.uint8), np.arange(4, dtype=np.uint8)
    np.savez_compressed(buffer, x_train=x, y_train=y, x_test=x, y_test=y)
    return buffer.getvalue()


@fuzz
@given(
    raw=st.one_of(damaged(npz()), forged_npz(["x_train", "y_train", "x_test", "y_test", "../x"]))
)
def test_npz(raw, tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(raw)
    read_or_refuse(lambda: read_npz(path))


def idx(key):
    shape = (4, 28, 28) if IDX_FILES[key][1] == 3 else (4,)
    head = (0x0800 + len(shape)).to_bytes(4, "big") + np.array(shape, ">u4").tobytes()
    return head + bytes(int(np.prod(shape)))


@fuzz
@given(key=st.sampled_from(list(IDX_FILES)), data=st.data())
def test_idx(key, data, tmp_path):
    for each in IDX_FILES:
        raw = data.draw(damaged(idx(each))) if each == key else idx(each)
        (tmp_path / idx_name(each)).write_bytes(raw)
    read_or_refuse(lambda: read_idx(tmp_path))


ABOUT = {"model": "mlp"}


@pytest.fixture(scope="module")
def whole_checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    place = Place((Epoch(1, 0.5, 0.25),), 2, ((0.4, 32), (0.3, 32)))
    Checkpoint(folder, ABOUT).write({"w": np.zeros(3, np.float32)}, place)
    return (folder / FILE).read_bytes()


@fuzz
@given(data=st.data())
def test_checkpoints(data, whole_checkpoint, tmp_path):
    forged = forged_npz(["training/about", "w", "optimizer/m"])
    (tmp_path / FILE).write_bytes(data.draw(st.one_of(damaged(whole_checkpoint), forged)))
    read_or_refuse(lambda: Checkpoint(tmp_path, ABOUT).read())


RECORD = json.dumps({"schema": reading.SCHEMA, "kind": "run", "run": "a", "verb": "bench"}).encode()
nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=9,
)


@fuzz
@given(
    raw=st.one_of(
        damaged(RECORD + b"\n" + RECORD + b"\n"),
        nested.map(lambda value: json.dumps(value).encode() + b"\n"),
        st.just(b"[" * 100_000 + b"\n"),
    )
)
def test_records(raw, tmp_path):
    (tmp_path / reading.FILE_NAME).write_bytes(raw)
    read_or_refuse(lambda: reading.read(tmp_path))
