"""What tests of jobs share: a folder, a cache of their own, and processes that find the works."""

from pathlib import Path

import pytest

from bench.jobs.results import results
from tests.bench.jobs.works import HERE


@pytest.fixture(autouse=True)
def _own(monkeypatch, tmp_path):
    monkeypatch.setattr("bench.host.cache.cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))


@pytest.fixture
def give(tmp_path):
    """Return a function that gives a pool one of the works for some numbers: all results."""

    def give(pool, work, numbers):
        tasks = [{"number": number, "folder": str(tmp_path)} for number in numbers]
        return list(results(pool, HERE + work, tasks, work))

    return give
