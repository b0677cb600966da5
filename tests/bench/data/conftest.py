"""A machine that has no data sets."""

from pathlib import Path

import pytest

from bench.data import datasets as data


@pytest.fixture
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
