"""Progress of long work: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE_SECONDS = 2.0
_LINE_EVERY_SECONDS = 15.0

Advance = Callable[[], None]
Say = Callable[[str], None]
"""Prints a line of what was found: the command line's ``click.echo``, or a test's list."""


@contextmanager
def progress(description: str, total: int) -> Iterator[Advance]:
    """Yield a function to call after each of ``total`` units; shows itself after two seconds.

    Everything goes to standard error, so that what a command prints stays what it prints.
    """
    show = _Bar(description, total) if sys.stderr.isatty() else _Lines(description, total)
    try:
        yield show.advance
    finally:
        show.close()


@contextmanager
def said() -> Iterator[Say]:
    """Yield a function that shows what work is at: in one line of a terminal, nowhere else."""
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield status.update


class _Lines:
    """A line every quarter of a minute, for logs."""

    def __init__(self, description: str, total: int) -> None:
        self.description, self.total, self.done = description, total, 0
        self.next_line = time.monotonic() + _LINE_EVERY_SECONDS

    def advance(self) -> None:
        self.done += 1
        if time.monotonic() >= self.next_line:
            print(f"{self.description}: {self.done}/{self.total}", file=sys.stderr, flush=True)
            self.next_line = time.monotonic() + _LINE_EVERY_SECONDS

    def close(self) -> None:
        pass


class _Bar:
    """A bar that goes away when the work is done; a terminal shows the outer one alone."""

    shown = False

    def __init__(self, description: str, total: int) -> None:
        self.description, self.total, self.done = description, total, 0
        self.start = time.monotonic()
        self.bar: Progress | None = None

    def advance(self) -> None:
        self.done += 1
        late = time.monotonic() - self.start > _PATIENCE_SECONDS
        if self.bar is None and late and self.done < self.total and not _Bar.shown:
            self._open()
        if self.bar is not None:
            self.bar.update(self.task, completed=self.done, refresh=True)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        # no thread of its own: it would wake up in the middle of what is timed
        bar = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
        bar.start()
        self.task = bar.add_task(self.description, total=self.total)
        self.bar, _Bar.shown = bar, True

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()
            _Bar.shown = False
