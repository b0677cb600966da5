"""A bar is drawn when a unit is done, and no thread redraws it in between."""

import io
import sys
import threading

from bench.host import progress as bars


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_has_no_thread_of_its_own(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(bars, "_PATIENCE_SECONDS", -1.0)
    before = threading.active_count()
    with bars.progress("walk", 3) as advance:
        advance()
        assert threading.active_count() == before
        drawn = terminal.getvalue()
        assert "walk" in drawn
        advance()
        assert len(terminal.getvalue()) > len(drawn)
