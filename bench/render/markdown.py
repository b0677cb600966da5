"""The one owner of number formats, of escaping, and of how a table is written."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from bench.rounding import lean

MISSING = "n/a"
NOT_MEASURED = "Not measured."
_UNLIKE_ULP = 2**63 - 1  # what parity writes where shapes or NaNs leave nothing to count

_PATH = re.compile(r"""(?:file:/{2,}|(?<![\w.:/\\-])(?:~[\w.-]*)?/|\b[A-Za-z]:[\\/])[^\s'"=,;]+""")
_MARKUP = re.compile(r"[\\`*\[\]~$|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


# Numbers


def significant(value: float | None, digits: int = 3) -> str:
    """Return a number with so many significant digits.

    >>> significant(62345.6), significant(0.12345), significant(0)
    ('62,300', '0.123', '0')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    value = lean(value)
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):,.{max(decimals, 0)}f}"


def count(value: int | None) -> str:
    """Return a whole number, with a comma at each thousand."""
    return MISSING if value is None else f"{value:,}"


def counted(value: int, unit: str) -> str:
    """Return a whole number and its unit, with an s where there is not exactly one."""
    return f"{value:,} {unit}" if value == 1 else f"{value:,} {unit}s"


def percent(fraction: float | None) -> str:
    """Return a fraction as a percentage: ``0.971`` is ``97.10 %``."""
    return MISSING if fraction is None else f"{lean(100 * fraction):.2f} %"


def whole_percent(fraction: float) -> str:
    """Return a fraction as a percentage without decimals, for what is said in passing.

    >>> whole_percent(0.1043), whole_percent(0.003)
    ('10 %', 'under 1 %')
    """
    said = f"{lean(100 * fraction):.0f}"
    return f"{said} %" if said != "0" else "under 1 %"


def area(value: float | None) -> str:
    """Return an area under a curve, between 0 and 1."""
    return MISSING if value is None else f"{lean(value):.5f}"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """Return a value with its interval: ``1.92 (1.80 to 2.05)``."""
    if value is None:
        return MISSING
    if low is None or high is None:
        return f"{lean(value):.2f} (no interval)"
    return f"{lean(value):.2f} ({lean(low):.2f} to {lean(high):.2f})"


def ulps(value: int | None) -> str:
    """Return a distance in ULP."""
    return "unlike" if value is not None and value >= _UNLIKE_ULP else count(value)


def small(value: float | None) -> str:
    """Return a small difference: ``3.1e-04``; a record has null for what is not finite."""
    if value is None:
        return "not finite"
    return "0" if value == 0 else f"{lean(value):.1e}"


def scalar(value: Any) -> str:
    """Return any scalar of an environment or of a config."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


# Text and tables


def without_paths(text: str) -> str:
    """Return a text with every path of the machine cut down to its last part.

    >>> without_paths("gvk bench --data /home/ann/mnist.npz")
    'gvk bench --data .../mnist.npz'
    """
    return _PATH.sub(lambda path: ".../" + re.split(r"[\\/]", path[0].rstrip("\\/"))[-1], text)


def escape(text: str) -> str:
    """Return a text that Markdown shows as it stands, on one line, in a table too."""
    line = "".join(c if c.isprintable() else " " for c in without_paths(text))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\g<0>", line)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: str = "") -> str:
    """Return a GitHub Markdown table, every cell escaped; without rows, that it is not measured.

    Args:
        numbers: for each column ``l`` or ``r``, the side it is set to.
    """
    cells = [[escape(cell) for cell in row] for row in rows]
    return markdown_table([escape(column) for column in columns], cells, numbers)


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: str = "") -> str:
    """Return the same of cells that are Markdown already."""
    from pandas import DataFrame

    if not rows:
        return NOT_MEASURED
    sides = [{"l": "left", "r": "right"}[side] for side in numbers or "l" * len(columns)]
    frame = DataFrame(rows, columns=list(columns), dtype=object)
    return frame.to_markdown(index=False, disable_numparse=True, colalign=sides)


def folded(title: str, text: str) -> str:
    """Return a text that is shown when its title is clicked."""
    plain = escape(title).replace("\\", "")  # inside HTML a backslash is a backslash
    return f"<details>\n<summary>{plain}</summary>\n\n{text}\n\n</details>"
