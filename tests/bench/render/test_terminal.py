"""The table at the end of a bench: whole words at any width, plain text in a pipe."""

import io
import sys

import pytest

from bench.render.terminal import print_table

COLUMNS = ("model", "equal", "test accuracy / by hand, Keras", "fit / takes, times", "report")
ROWS = {
    model: [
        ["0 ULP,", "6,000 steps"],
        ["91.11 %, 91.11 %", "adam, 6,000 steps"],
        ["11.57", "(10.12 to 13.23)"],
        ["reports/digits/", f"model-{model}.md"],
    ]
    for model in ("perceptron", "mlp")
}
WORDS = {
    word for cells in ROWS.values() for cell in cells for line in cell for word in line.split()
}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def printed(out, monkeypatch, width=80):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    print_table(COLUMNS, ROWS, out)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_word_is_cut_and_no_line_too_long_on_a_terminal(monkeypatch, width):
    text = printed(Terminal(), monkeypatch, width)
    plain = text.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert set(plain.split()) >= WORDS
    assert max(map(len, plain.splitlines())) <= width
    assert "…" not in plain


@pytest.mark.parametrize(("width", "stacked"), [(60, True), (120, False)])
def test_a_narrow_terminal_has_a_line_a_cell(monkeypatch, width, stacked):
    lines = printed(Terminal(), monkeypatch, width).splitlines()
    assert any("mlp" in line and "equal" in line for line in lines) == stacked


def test_a_pipe_has_a_row_a_line_and_no_colours(monkeypatch):
    for variable in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(variable, raising=False)
    text = printed(io.StringIO(), monkeypatch)
    assert "\x1b" not in text
    (row,) = [line for line in text.splitlines() if "mlp" in line]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:-1] == [" ".join(cell) for cell in ROWS["mlp"][:-1]]
    assert (cells[0], cells[-1]) == ("mlp", "reports/digits/model-mlp.md")


def test_it_goes_to_standard_output_unless_it_is_told(capsys, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert not sys.stdout.isatty()
    print_table(COLUMNS, ROWS)
    assert "6,000 steps" in capsys.readouterr().out
