import pytest


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """Intervals that are good enough to be looked at."""
    monkeypatch.setattr("bench.scaling.found.RESAMPLES", 100)
