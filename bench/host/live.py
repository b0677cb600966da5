"""A picture of work while it goes on: a few lines of a terminal, and one now and then elsewhere.

It is drawn when it is told to and never by itself: no thread redraws it while something is timed.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

LINE_EVERY_SECONDS = 15.0

Draw = Callable[[Sequence[str]], None]
"""Draws some lines; the first says by itself what all of them show.

No lines at all take away what was drawn, so that something else can be printed in its place.
"""


@contextmanager
def live(*, log: bool = True) -> Iterator[Draw]:
    """Yield what draws, to standard error, so that what a command prints stays what it prints.

    On a terminal the lines stand where the earlier ones did, and go away at the end.

    Args:
        log: whether the first line is printed every quarter of a minute elsewhere.
    """
    if not sys.stderr.isatty():
        yield _now_and_then() if log else lambda lines: None
        return
    from rich.console import Console, Group
    from rich.live import Live
    from rich.text import Text

    # auto_refresh would be a thread that wakes up in the middle of what is timed; what is printed
    # meanwhile goes where it would go anyway
    console = Console(stderr=True)
    with Live(
        console=console, auto_refresh=False, transient=True, redirect_stdout=False
    ) as picture:
        yield lambda lines: picture.update(
            Group(*(Text(line, no_wrap=True, overflow="ellipsis") for line in lines)), refresh=True
        )


def _now_and_then() -> Draw:
    next_line = time.monotonic() + LINE_EVERY_SECONDS

    def draw(lines: Sequence[str]) -> None:
        nonlocal next_line
        if lines and time.monotonic() >= next_line:
            print(lines[0], file=sys.stderr, flush=True)
            next_line = time.monotonic() + LINE_EVERY_SECONDS

    return draw


def bar(share: float, width: int = 24) -> str:
    """Return a bar of so large a share, to an eighth of a character.

    >>> bar(0.5, 4), bar(0.15, 4), bar(0, 4)
    ('██', '▋', '')
    """
    eighths = round(8 * width * min(max(share, 0.0), 1.0))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def curve(values: Sequence[float], width: int = 40) -> str:
    """Return the last numbers of a series as a line of small bars, the least of them the lowest.

    >>> curve([3.0, 2.0, 1.0])
    '█▅▁'
    """
    last = list(values)[-width:]
    low, high = min(last), max(last)
    steps = "▁▂▃▄▅▆▇█"
    return "".join(steps[round(7 * (v - low) / (high - low))] if high > low else "▁" for v in last)
