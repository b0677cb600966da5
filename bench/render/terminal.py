"""A table on a terminal, as wide as that is; in a pipe plain text, a row a line."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.table import Table

Cell = Sequence[str]
"""The lines of a cell; a pipe has them one after the other."""
Rows = Mapping[str, Sequence[Cell]]
"""A row's name, and its cells."""

ENDLESS = 10_000
"""Columns that are enough for any table."""


def print_table(columns: Sequence[str], rows: Rows, out: TextIO | None = None) -> None:
    """Print a table to standard output, or to ``out``.

    Where the terminal is too narrow for it, each row is printed as a list of its cells, so that
    no word is cut.

    Args:
        columns: the heads, ``/`` where one may be broken; the first is that of the rows' names.
        rows: the cells of each.
    """
    from rich.console import Console

    console = Console(file=out, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.file.write(_plain(columns, rows))
        return
    table = _table(columns, rows)
    natural = console.options.update(max_width=ENDLESS)  # else no wider than the terminal
    fits = console.measure(table, options=natural).maximum <= console.width
    console.print(table if fits else _stacked(columns, rows))


def _plain(columns: Sequence[str], rows: Rows) -> str:
    """Return the table in Markdown, whatever the width."""
    from tabulate import tabulate

    heads = [column.replace(" / ", " ") for column in columns]
    lines = [[name, *map(_in_a_line, cells)] for name, cells in rows.items()]
    return tabulate(lines, heads, "github", disable_numparse=True) + "\n"


def _in_a_line(cell: Cell) -> str:
    """Return the lines of a cell in one; a path goes on where it was broken."""
    return " ".join(cell).replace("/ ", "/")


def _table(columns: Sequence[str], rows: Rows) -> "Table":
    """Return the table as it is, in its natural width."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for column in columns:
        table.add_column(_head(column), no_wrap=True)
    for name, cells in rows.items():
        table.add_row(name, *("\n".join(cell) for cell in cells))
    return table


def _stacked(columns: Sequence[str], rows: Rows) -> "Table":
    """Return a row for each cell, its column's head before it; only paths are broken."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, cells in rows.items():
        for number, (column, cell) in enumerate(zip(columns[1:], cells, strict=True)):
            table.add_row("" if number else name, _head(column), "\n".join(cell))
        table.add_section()
    return table


def _head(column: str) -> str:
    return column.replace(" / ", "\n")
