"""What was handed in: which exercise it is, which gaps are still open, and what it may not use."""

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.errors import UserError
from bench.exercises.gaps import Region, regions, same_code
from bench.exercises.registry import EXERCISES, Exercise
from bench.exercises.tasks import gaps_of

NAME = "EXERCISE"
LIBRARIES = ("tf", "keras", "tensorflow")


@dataclass(frozen=True)
class Whole:
    """A submission with some gaps filled by the solution, so that the others can be judged.

    Attributes:
        text: the file.
        places: of each of its lines, the line of what was handed in; None where it was not.
        regions: where its gaps lie.
    """

    text: str
    places: tuple[int | None, ...]
    regions: tuple[Region, ...]

    def gap(self, line: int) -> int | None:
        """Return the number of the gap that a line of the text lies in, if it is in one."""
        return next((r.number for r in self.regions if line in r), None)

    def place(self, line: int) -> int | None:
        """Return which line of what was handed in a line of the text is."""
        return self.places[line - 1] if 0 < line <= len(self.places) else None


@dataclass(frozen=True)
class Submission:
    """A file that was handed in."""

    name: str
    text: str

    @property
    def exercise(self) -> Exercise:
        """What it is of."""
        return EXERCISES[self.name]

    @cached_property
    def open(self) -> tuple[int, ...]:
        """The gaps in which nothing was changed yet, in their order."""
        gaps, lines = gaps_of(self.name), self.text.splitlines()
        return tuple(sorted(
            r.number for r in regions(self.text)
            if r.number in gaps and same_code(lines[r.begin : r.end - 1], gaps[r.number].opened)
        ))  # fmt: skip

    def forbidden(self) -> tuple[int, str] | None:
        """Return the line and the name of the first thing in use that does the exercise itself."""
        used = sorted(set(_names(ast.parse(self.text))))
        return next(((n, name) for n, name in used if name in self.exercise.forbidden), None)

    def begin(self, gap: int) -> int | None:
        """Return the line on which a gap begins, if its marks are still there."""
        return next((r.begin for r in regions(self.text) if r.number == gap), None)

    def whole(self, filled: Collection[int]) -> Whole:
        """Return it with some of its gaps filled by the solution."""
        gaps, lines = gaps_of(self.name), self.text.splitlines()
        made: list[tuple[str, int | None]] = []
        begin = 0
        for region in regions(self.text):
            if region.number in filled:
                made += [(lines[i], i + 1) for i in range(begin, region.begin)]
                made += [(line, None) for line in gaps[region.number].solution]
                begin = region.end - 1
        made += [(lines[i], i + 1) for i in range(begin, len(lines))]
        text = "\n".join(line for line, _ in made) + "\n"
        return Whole(text, tuple(place for _, place in made), tuple(regions(text)))

    def lines_of(self, gap: int) -> list[str]:
        """Return the lines that stand in a gap; none where its marks are gone."""
        found = [r for r in regions(self.text) if r.number == gap]
        return self.text.splitlines()[found[0].begin : found[0].end - 1] if found else []

    def with_gap(self, gap: int, lines: Sequence[str] | None) -> str:
        """Return it with some lines in a gap, its own if None, and the others solved."""
        text = self.whole([n for n in gaps_of(self.name) if n != gap]).text
        found = [r for r in regions(text) if r.number == gap]
        if lines is None or not found:
            return text
        whole = text.splitlines()
        whole[found[0].begin : found[0].end - 1] = lines
        return "\n".join(whole) + "\n"


def submission(file: Path) -> Submission:
    """Return what a file hands in.

    Raises:
        UserError: it cannot be read, is no Python, or says of no exercise that it is of it.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is no text"
        raise UserError(
            f"{file}: {why}: name a file that `gvk exercise NAME -o FILE` wrote"
        ) from error
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise UserError(f"{file}{line}: is no Python ({error.args[0]}): mend it first") from error
    name = _assigned(tree)
    if name not in EXERCISES:
        raise UserError(
            f"{file}: says of no exercise that it is of it: keep the line `{NAME} = ...` that "
            "`gvk exercise NAME -o FILE` wrote; `gvk exercise list` has the names"
        )
    return Submission(name, text)


def _assigned(tree: ast.Module) -> str:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == NAME:
            return str(getattr(node.value, "value", ""))
    return ""


def _names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every part of a name that is imported, or that is reached from ``tf`` or ``keras``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            first, *parts = ast.unparse(node).split(".")
            if first in LIBRARIES:
                yield from ((node.lineno, part) for part in (first, *parts))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            whole = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            yield from ((node.lineno, part) for name in whole for part in name.split("."))
