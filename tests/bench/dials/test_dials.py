"""Which dials a process has, and what is set for them."""

import pytest

from bench.dials import dials as module
from bench.dials.dials import Setting, every_dial, not_at_hand
from tests.bench.dials.stand_ins import FACTS


@pytest.fixture
def allocators(monkeypatch):
    """Let a machine have jemalloc alone."""
    libraries = {"jemalloc": "libjemalloc.so.2"}
    monkeypatch.setattr(module, "find_library", libraries.get)
    monkeypatch.setattr(module.sys, "platform", "linux")


@pytest.mark.usefixtures("allocators")
def test_what_a_process_already_is_is_no_dial(monkeypatch):
    monkeypatch.delenv("LD_PRELOAD", raising=False)
    names = [dial.name for dial in every_dial(FACTS)]
    assert names == ["inter-op threads 1", "intra-op threads 1", "oneDNN on", "XLA", "jemalloc"]
    other = FACTS | {"onednn": True, "inter-op": 1, "schedulable": 8, "physical": 4}
    threads = [dial.name for dial in every_dial(other)][:6]
    assert threads == ["inter-op threads 4", "inter-op threads 8", "intra-op threads 1",
                       "intra-op threads 4", "intra-op threads 8", "oneDNN off"]  # fmt: skip


@pytest.mark.usefixtures("allocators")
def test_an_allocator_stands_before_what_is_preloaded_already(monkeypatch):
    monkeypatch.setenv("LD_PRELOAD", "libother.so")
    (jemalloc,) = [dial for dial in every_dial(FACTS) if dial.kind == "allocator"]
    assert jemalloc.shell == "export LD_PRELOAD=libjemalloc.so.2:libother.so"
    assert not_at_hand() == ["tcmalloc"]


def test_a_setting_is_its_dials_together():
    inter, _, onednn, xla = every_dial(FACTS)[:4]
    setting = Setting((inter, onednn, xla))
    assert setting.name == "inter-op threads 1 + oneDNN on + XLA"
    assert setting.environment == {"TF_NUM_INTEROP_THREADS": "1", "TF_ENABLE_ONEDNN_OPTS": "1"}
    assert setting.xla
    assert not Setting((inter,)).xla
    assert Setting.from_list(setting.to_list()) == setting
    assert Setting().environment == Setting(again=True).environment == {}
    assert Setting().name != Setting(again=True).name
