"""A picture goes away before something else is printed, and leaves nothing behind."""

import io
import sys

from bench.host.live import live

UP_A_LINE, ERASED = "\x1b[1A", "\x1b[2K"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_no_lines_take_away_what_was_drawn(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with live() as draw:
        draw(["one", "two", "three"])
        before = len(terminal.getvalue())
        draw([])
        wiped = terminal.getvalue()[before:]
        assert wiped.count(UP_A_LINE) == 2
        assert wiped.count(ERASED) == 3
        before = len(terminal.getvalue())
        draw(["four"])
        drawn = terminal.getvalue()[before:]
    assert "four" in drawn
    assert UP_A_LINE not in drawn  # what was printed in between stays


def test_elsewhere_nothing_is_drawn_where_lines_are_printed_anyway(capsys):
    with live(log=False) as draw:
        draw(["one"])
        draw([])
    assert capsys.readouterr() == ("", "")
