import pytest

from bench.dials.dials import INTER, INTRA, ONEDNN, PRELOAD
from tests.bench.dials import stand_ins


@pytest.fixture
def stood_in(monkeypatch, tmp_path):
    """Let workers be stand-ins (``stand_in``)."""
    stand_in(monkeypatch, tmp_path)


def stand_in(patch, folder):
    """Let workers be stand-ins, in an environment without any dial, with a cache of its own."""
    for name in (INTER, INTRA, ONEDNN, PRELOAD, "GVK_AUTO"):
        patch.delenv(name, raising=False)
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    patch.setattr("bench.dials.stand.FACTORY", stand_ins.FACTORY)
    patch.setattr("bench.dials.dials.find_library", lambda name: None)
