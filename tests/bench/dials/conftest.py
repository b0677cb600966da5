import pytest

from bench.dials.dials import INTER, INTRA, ONEDNN, PRELOAD
from tests.bench.dials import stand_ins


@pytest.fixture
def stood_in(monkeypatch, tmp_path):
    """Let workers be stand-ins, in an environment without any dial, with a cache of its own."""
    for name in (INTER, INTRA, ONEDNN, PRELOAD, "GVK_AUTO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("bench.dials.stand.FACTORY", stand_ins.FACTORY)
    monkeypatch.setattr("bench.dials.dials.find_library", lambda name: None)
