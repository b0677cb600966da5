"""What is shown of blocks: it says where the timing stands, and never disturbs it."""

import io
import re
import sys
import threading
import time

import pytest

from bench.host import live as pictures
from bench.records.writing import Store
from bench.timing.blocks import Block, Stop
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.watched import Watched

STOP = Stop(least=1, most=3, target_width=0.05, budget_seconds=100)
REDRAWN_WITHIN = 0.4
"""Seconds: rich's own thread redraws four times a second."""


class Terminal(io.StringIO):
    """A terminal that counts how often it is written to."""

    writes = 0

    def isatty(self):
        return True

    def write(self, text):
        self.writes += 1
        return super().write(text)


@pytest.fixture
def a_terminal(monkeypatch):
    """Return what makes standard error one; within a test, as pytest sets it before each."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    def make():
        monkeypatch.setattr(sys, "stderr", terminal)
        return terminal

    return make


class Looking:
    """Two arms; the first looks, while it is timed, whether anything else goes on."""

    arms = ("a", "b")

    def __init__(self, terminal):
        self.terminal, self.seen = terminal, []

    def open(self):
        return {"a": self.look, "b": lambda: time.sleep(0.001)}

    def look(self):
        writes, threads = self.terminal.writes, threading.active_count()
        if not self.seen[1:]:
            time.sleep(REDRAWN_WITHIN)
        self.seen.append((self.terminal.writes - writes, threads))


def measure(folder, stand):
    """Time three blocks; return how many threads there were before."""
    threads = threading.active_count()
    store = Store(folder)
    store.start(resume=False, verb="bench", plan={})
    how = Measurement("quick", STOP, 1.0, 5, 0.02)
    take_blocks(store, {"model": "m", "task": "t"}, stand, how, lambda blocks: 0.3 / len(blocks))
    return threads


def test_nothing_is_drawn_and_no_thread_wakes_while_an_arm_is_timed(a_terminal, tmp_path):
    terminal = a_terminal()
    stand = Looking(terminal)
    threads = measure(tmp_path, stand)
    assert set(stand.seen) == {(0, threads)}
    shown = terminal.getvalue()
    assert "time m t: 3 of at most 3 blocks" in shown
    assert "  interval 30.0% > 15.0%, enough at 5.0%" in shown
    assert re.search(r"s of 100 s left", shown)
    assert re.search(r"  a +[\d,]+ µs █", shown)


def test_a_picture_that_redraws_itself_would_be_seen(a_terminal, tmp_path, monkeypatch):
    from rich import live

    class Restless(live.Live):
        def __init__(self, **options):
            super().__init__(**options | {"auto_refresh": True})

    monkeypatch.setattr(live, "Live", Restless)
    stand = Looking(a_terminal())
    threads = measure(tmp_path, stand)
    assert any(writes or n > threads for writes, n in stand.seen)


def test_elsewhere_it_is_a_plain_line_now_and_then(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "LINE_EVERY_SECONDS", 0.0)
    stand = Looking(Terminal())
    measure(tmp_path, stand)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert all(re.match(r"time m t: \d of at most 3 blocks.* s left$", line) for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_what_is_left_counts_earlier_sittings():
    watched = Watched("m", ("a", "b"), STOP, lambda lines: None)
    watched.earlier([Block(0, "abba", [1.0, 3.0, 3.0, 1.0], 1, 0.0, None, wall_seconds=60.0)])
    assert watched.line() == "time m: 1 of at most 3 blocks, 40 s of 100 s left"
    assert watched.arm_lines() == [
        f"  a    1,000,000 µs {'█' * 8}",
        f"  b    3,000,000 µs {'█' * 24}",
    ]
