"""The gaps of an exercise: marked in its one solution, found again in what is handed in.

In a solution::

    # GAP 1 forward          its number, and what of a step is worked out in it
    z = ...                  the answer
    # OPEN
    # z = ...                what stands there at first: it runs, and is wrong
    # END

In a skeleton, and so in what is handed in, the gap's task stands in it, and its ends are marked by
``# >>> gap 1: title`` and ``# <<< gap 1``.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import dedent

_BEGIN = re.compile(r"(\s*)# GAP (\d+) (\w+)$")
_FROM = re.compile(r"\s*# >>> \w+ (\d+)")
_TO = re.compile(r"\s*# <<< \w+ (\d+)")


@dataclass(frozen=True)
class Gap:
    """A gap of an exercise.

    Attributes:
        number: counted from 1, in the order in which a program runs through them.
        rung: of a diagnosis (``bench.diagnose.spot``): what is wrong there if the gap is; or
            ``structure`` where the variables are made.
        indent: of its marks.
        solution, opened: the lines of the answer, and those at first.
    """

    number: int
    rung: str
    indent: str
    solution: tuple[str, ...]
    opened: tuple[str, ...]

    @property
    def draws(self) -> bool:
        """Whether random numbers are drawn in it: no two right answers need the same."""
        return any(".random." in line for line in self.solution)


@dataclass(frozen=True)
class Region:
    """Where a gap lies in what was handed in: between two lines, counted from 1."""

    number: int
    begin: int
    end: int

    def __contains__(self, line: int) -> bool:
        return self.begin < line < self.end


def parts(source: str) -> Iterator[str | Gap]:
    """Yield the lines of a solution that stand outside its gaps, and the gaps."""
    lines = iter(source.splitlines())
    for line in lines:
        begun = _BEGIN.match(line)
        if begun is None:
            yield line
            continue
        indent, number, rung = begun.groups()
        solution = tuple(_until(lines, f"{indent}# OPEN"))
        opened = tuple(indent + text.removeprefix(f"{indent}# ")
                       for text in _until(lines, f"{indent}# END"))  # fmt: skip
        yield Gap(int(number), rung, indent, solution, opened)


def _until(lines: Iterator[str], mark: str) -> Iterator[str]:
    for line in lines:
        if line == mark:
            return
        yield line


def regions(text: str) -> list[Region]:
    """Return where the gaps lie whose two marks are still there, in the order of the file."""
    found, begun = [], {}
    for place, line in enumerate(text.splitlines(), 1):
        if start := _FROM.match(line):
            begun[int(start[1])] = place
        elif (end := _TO.match(line)) and int(end[1]) in begun:
            number = int(end[1])
            found.append(Region(number, begun.pop(number), place))
    return found


def same_code(some: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether two pieces of code say the same, whatever their comments and spaces."""
    return _said(some) == _said(others)


def _said(lines: Sequence[str]) -> str:
    try:
        return ast.dump(ast.parse(dedent("\n".join(lines))))
    except SyntaxError:
        return "\n".join(line.strip() for line in lines)
