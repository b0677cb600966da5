"""Random images as users keep them, and what a data set that is refused says."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.data.datasets import load
from bench.data.files import idx_name
from bench.errors import UserError


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
