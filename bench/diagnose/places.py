"""Lines of the user's programs: which files are his, and what stands on a line."""

import ast
import functools
import linecache
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = str(Path(__file__).parent)
_LIBRARY = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


@dataclass(frozen=True)
class Place:
    """A line of a user's source."""

    file: str
    line: int
    function: str = ""

    @property
    def text(self) -> str:
        """What stands on the line."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}: {self.text}"


@functools.cache
def is_users(file: str) -> bool:
    """Return whether a file is the user's own: no library, and not this package."""
    if not file or file.startswith(("<", HERE)) or "site-packages" in file:
        return False
    return not file.startswith(_LIBRARY)


@functools.cache
def _tree(file: str) -> ast.Module | None:
    try:
        return ast.parse(Path(file).read_text())
    except (OSError, SyntaxError, ValueError):
        return None


def holds(place: Place, value: float) -> bool:
    """Return whether a number stands in the statement at a place."""
    tree = _tree(place.file)
    statement = _statement(tree, place.line) if tree is not None else None
    return statement is not None and _literal(statement, value)


def numbers_at(place: Place) -> list[float]:
    """Return the numbers with a point that stand in the statement at a place."""
    tree = _tree(place.file)
    statement = _statement(tree, place.line) if tree is not None else None
    nodes = ast.walk(statement) if statement is not None else ()
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, float)]


def where_set(place: Place, value: float) -> Place:
    """Return the line on which a number that is used at a place was written down.

    That is the place's own statement where the number stands in it; else an assignment, a default
    or a function of that file which the statement names; else the place itself.
    """
    tree = _tree(place.file)
    if tree is None:
        return place
    statement = _statement(tree, place.line)
    if statement is None or _literal(statement, value):
        return place
    names = _names(statement)
    for node in ast.walk(tree):
        line = _defines(node, names, value)
        if line:
            return Place(place.file, line, place.function)
    return place


def _defines(node: ast.AST, names: set[str], value: float) -> int:
    """Return the line of a definition of one of these names that holds the number, or 0."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named = {getattr(t, "attr", getattr(t, "id", None)) for t in targets}
        if named & names and _literal(node.value, value):
            return node.lineno
    if isinstance(node, ast.FunctionDef) and node.name in names:
        returns = [n for n in ast.walk(node) if isinstance(n, ast.Return) and _literal(n, value)]
        return returns[0].lineno if returns else 0
    return 0


def _statement(tree: ast.Module, line: int) -> ast.stmt | None:
    around = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.stmt) and n.lineno <= line <= (n.end_lineno or n.lineno)
    ]
    return min(around, key=lambda n: (n.end_lineno or n.lineno) - n.lineno, default=None)


def _literal(node: ast.AST, value: float) -> bool:
    """Return whether a number stands in a piece of source; 0.99999 of it is rounding to float32."""
    numbers = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return any(
        isinstance(n, int | float) and not isinstance(n, bool) and abs(n - value) <= 1e-6 * abs(n)
        for n in numbers
    )


def loop_header(places: tuple[Place, ...]) -> Place | None:
    """Return what the `for` or `while` around the innermost call goes over, or that call's line.

    That is its own line, or, where it goes over a name alone, the assignment of that name.
    """
    for place in places:
        loops = [n for n in _around(place) if isinstance(n, ast.For | ast.While)]
        if loops:
            loop = max(loops, key=lambda n: n.lineno)
            over = loop.iter if isinstance(loop, ast.For) else None
            made = assigned(place, over.id) if isinstance(over, ast.Name) else None
            return made or Place(place.file, loop.lineno, place.function)
    return places[0] if places else None


def says(places: tuple[Place, ...], words: Iterable[str]) -> Place | None:
    """Return the statement that names one of some functions or options, on the way to a call.

    It is looked for in the functions that some places are in, and in those beside them that these
    name.
    """
    for place in places:
        here = [n for n in _around(place) if isinstance(n, ast.FunctionDef)][-1:]
        named = {name for function in here for name in _names(function)}
        beside = [f for f in _beside(place) if f.name in named and f not in here]
        for function in [*here, *beside]:
            for node in ast.walk(function):
                if not isinstance(node, ast.stmt) or hasattr(node, "body"):
                    continue
                if _names(node) & set(words):
                    return Place(place.file, node.lineno, function.name)
    return None


def _beside(place: Place) -> list[ast.FunctionDef]:
    """Return the methods of the class that a line is in, and the functions of its module."""
    tree = _tree(place.file)
    owners: list[Any] = [n for n in _around(place) if isinstance(n, ast.ClassDef)][-1:]
    owners += [tree] if tree else []
    return [f for owner in owners for f in owner.body if isinstance(f, ast.FunctionDef)]


def _names(tree: ast.AST) -> set[str]:
    """Return the names, attributes and options in a piece of source."""
    found = set()
    for node in ast.walk(tree):
        for what in ("id", "attr", "arg"):
            name = getattr(node, what, None)
            if isinstance(name, str):
                found.add(name)
    return found


def _around(place: Place) -> list[ast.stmt]:
    """Return the statements that a line lies in, the outermost first."""
    tree = _tree(place.file)
    inside = (
        n
        for n in (ast.walk(tree) if tree else ())
        if isinstance(n, ast.stmt) and n.lineno <= place.line <= (n.end_lineno or n.lineno)
    )
    return sorted(inside, key=lambda n: (n.lineno, -(n.end_lineno or n.lineno)))


def assigned(place: Place, name: str) -> Place | None:
    """Return the last assignment of a name before a line, in the function that the line is in."""
    functions = [n for n in _around(place) if isinstance(n, ast.FunctionDef)]
    lines = [
        n.lineno
        for n in (ast.walk(functions[-1]) if functions else ())
        if isinstance(n, ast.Assign)
        and n.lineno < place.line
        and any(isinstance(t, ast.Name) and t.id == name for t in n.targets)
    ]
    return Place(place.file, max(lines), place.function) if lines else None


def returned(place: Place) -> Place:
    """Return the line that sets the name which a ``return`` hands back, or else the line itself."""
    statement = _around(place)[-1:]
    value = statement[0].value if statement and isinstance(statement[0], ast.Return) else None
    return (assigned(place, value.id) if isinstance(value, ast.Name) else None) or place


def argument_of(place: Place, method: str, number: int) -> str | None:
    """Return the name that a call of a method on a line is given, or None of anything else."""
    for node in (n for s in _around(place)[-1:] for n in ast.walk(s)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = node.args[number] if len(node.args) > number else None
            if node.func.attr == method and isinstance(given, ast.Name):
                return given.id
    return None


def axes_set(place: Place, methods: Iterable[str]) -> Place | None:
    """Return where the axes were set that a call on a line is given by a name, or None."""
    for node in (n for s in _around(place)[-1:] for n in ast.walk(s)):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in set(methods):
            continue
        given = [k.value for k in node.keywords if k.arg == "axis"] + node.args[1:2]
        if given and isinstance(given[0], ast.Name):
            return assigned(place, given[0].id)
    return None
