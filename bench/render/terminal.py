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
"""Columns of a pipe: whoever reads it wraps the lines himself."""


def print_table(columns: Sequence[str], rows: Rows, out: TextIO | None = None) -> None:
    """Print a table to standard output, or to ``out``.

    Where the terminal is too narrow for it, each row is printed as a list of its cells, so that
    no word is cut.

    Args:
        columns: the heads; the first is that of the names of the rows.
        rows: the cells of each.
    """
    from rich.console import Console

    console = Console(file=out, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(file=out, width=ENDLESS, no_color=True, highlight=False, markup=False)
        console.print(_flat(columns, rows))
        return
    table = _table(columns, rows)
    fits = console.measure(table).maximum <= console.width
    console.print(table if fits else _stacked(columns, rows))


def _flat(columns: Sequence[str], rows: Rows) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(*columns, box=box.MARKDOWN)
    for name, cells in rows.items():
        table.add_row(name, *(" ".join(cell) for cell in cells))
    return table


def _table(columns: Sequence[str], rows: Rows) -> "Table":
    """Return the table as it is, in its natural width."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.replace(" / ", "\n"), no_wrap=True)
    for name, cells in rows.items():
        table.add_row(name, *("\n".join(cell) for cell in cells))
    return table


def _stacked(columns: Sequence[str], rows: Rows) -> "Table":
    """Return a line for each cell, its column's head before it."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, cells in rows.items():
        for number, (column, cell) in enumerate(zip(columns[1:], cells, strict=True)):
            table.add_row("" if number else name, column, " ".join(cell))
        table.add_section()
    return table
