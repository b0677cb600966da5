"""Lines of the user's programs: which frames are his, and what stands there."""

import ast
import functools
import linecache
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

_HERE = str(Path(__file__).parent)
_LIBRARY = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
_DRIVERS = tuple(str(Path(__file__).parent / name) for name in ("stand.py", "epochs.py"))
_KERAS_LAYERS = ("/keras/src/layers/", "/keras/src/models/")


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
    if not file or file.startswith(("<", _HERE)) or "site-packages" in file:
        return False
    return not file.startswith(_LIBRARY)


def users_stack() -> tuple[tuple[Place, ...], str | None]:
    """Return the user's lines that led here, the innermost first, and the Keras layer if any."""
    frame: FrameType | None = sys._getframe(1)
    places, layer = [], None
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back  # the watcher's own
    while frame is not None:
        file = frame.f_code.co_filename
        if file in _DRIVERS:  # who called the tool does not matter
            break
        if is_users(file):
            places.append(Place(file, frame.f_lineno, frame.f_code.co_name))
        elif layer is None and any(part in file for part in _KERAS_LAYERS):
            layer = _layer_name(frame)
        frame = frame.f_back
    return tuple(places), layer


def _layer_name(frame: FrameType) -> str | None:
    owner = frame.f_locals.get("self")
    return getattr(owner, "name", None) if frame.f_code.co_name in ("call", "__call__") else None


@contextmanager
def last_returns(kept: dict[str, Place]) -> Iterator[None]:
    """Keep the line on which each of the user's functions returned last, by its name."""

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        if event == "return" and arg is not None and is_users(frame.f_code.co_filename):
            name = frame.f_code.co_name
            kept[name] = Place(frame.f_code.co_filename, frame.f_lineno, name)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(before)


def of_traceback(frames: Iterable[Any]) -> tuple[Place, ...]:
    """Return the user's lines of a graph op's traceback, the innermost first."""
    mine = [Place(f.filename, f.lineno, f.name) for f in frames if is_users(f.filename)]
    return tuple(reversed(mine))


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
    names = {
        n.attr if isinstance(n, ast.Attribute) else n.id
        for n in ast.walk(statement)
        if isinstance(n, ast.Attribute | ast.Name)
    }
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
    """Return the line of the `for` or `while` around the innermost call, or that call's line."""
    for place in places:
        tree = _tree(place.file)
        around = (
            [
                n
                for n in ast.walk(tree)
                if isinstance(n, ast.For | ast.While)
                and n.lineno <= place.line <= (n.end_lineno or n.lineno)
            ]
            if tree
            else []
        )
        if around:
            return Place(place.file, max(n.lineno for n in around), place.function)
    return places[0] if places else None
