"""Lines of the project's own source, found by name: what a report shows is what runs.

The source is parsed, not imported, so that no TensorFlow is needed; and never copied, so that it
cannot go stale: a line that is gone is an error that names it.
"""

import ast
import textwrap
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path


class LineGone(LookupError):
    """A symbol or a line that an excerpt names is not in the source any more."""


@dataclass(frozen=True)
class Excerpt:
    """A function or class, or some statements of it.

    Attributes:
        file: such as ``rawtf/mlp.py``.
        symbol: such as ``MLP.forward``; empty for the top of the file.
        lines: what each wanted statement contains; without any, the whole symbol is meant.
    """

    file: str
    symbol: str = ""
    lines: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The file and what of it, such as ``rawtf/mlp.py: MLP.forward``."""
        return f"{self.file}: {self.symbol}" if self.symbol else self.file


@dataclass(frozen=True)
class Size:
    """How much code there is: lines that are neither empty nor comment, and calls in them."""

    lines: int
    calls: int

    def __add__(self, other: "Size") -> "Size":
        return Size(self.lines + other.lines, self.calls + other.calls)


def source(excerpt: Excerpt) -> str:
    """Return the code of an excerpt, without docstrings, set to the left margin.

    >>> print(source(Excerpt("rawtf/perceptron.py", "Perceptron.forward", ("dense_1/kernel",))))
    w, b = self.variables["dense_1/kernel"], self.variables["dense_1/bias"]

    Raises:
        LineGone: the file has no such symbol or statement.
    """
    text, tree = _parsed(excerpt.file)
    node = _symbol(tree, excerpt)
    if not excerpt.lines:
        return _without_docstring(text, node)
    return "\n".join(_statement(text, node, wanted, excerpt) for wanted in excerpt.lines)


def size(code: str) -> Size:
    """Return how much code there is.

    >>> size("# why\\ny = f(g(x))\\n")
    Size(lines=1, calls=2)
    """
    lines = [line.strip() for line in code.splitlines()]
    calls = sum(isinstance(node, ast.Call) for node in ast.walk(ast.parse(code)))
    return Size(sum(bool(line) and not line.startswith("#") for line in lines), calls)


@cache
def _parsed(file: str) -> tuple[str, ast.Module]:
    package, _, rest = file.partition("/")
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise LineGone(f"{file}: there is no package {package}")
    path = Path(found.submodule_search_locations[0]) / rest
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LineGone(f"{file}: there is no such file") from None
    return text, ast.parse(text)


def _symbol(tree: ast.Module, excerpt: Excerpt) -> ast.AST:
    """Return the function, class or named value of an excerpt."""
    node: ast.AST = tree
    for name in filter(None, excerpt.symbol.split(".")):
        inside = getattr(node, "body", [])
        found = next((child for child in inside if name in _names(child)), None)
        if found is None:
            raise LineGone(f"{excerpt.place}: there is no {name}")
        node = found
    return node


def _names(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign):
        return [ast.unparse(node.target)]
    return [ast.unparse(t) for t in node.targets] if isinstance(node, ast.Assign) else []


def _statement(text: str, within: ast.AST, wanted: str, excerpt: Excerpt) -> str:
    """Return the innermost statement that contains a text."""
    statements = [node for node in ast.walk(within) if isinstance(node, ast.stmt)]
    found = [(_lines(text, node), node) for node in statements if not isinstance(node, ast.Module)]
    having = [code for code, _ in found if wanted in code]
    if not having:
        raise LineGone(f"{excerpt.place}: no line has {wanted!r} any more")
    return textwrap.dedent(min(having, key=len))


def _lines(text: str, node: ast.AST) -> str:
    """Return the whole lines that a node stands on, decorators included."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])  # type: ignore[attr-defined]
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])  # type: ignore[attr-defined]


def _without_docstring(text: str, node: ast.AST) -> str:
    """Return the code of a node without the docstrings in it."""
    if isinstance(node, ast.Module):
        return text
    lines = _lines(text, node).splitlines()
    offset = text.splitlines().index(lines[0])
    drop: set[int] = set()
    for each in ast.walk(node):
        body = getattr(each, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            drop |= set(range(first.lineno - 1 - offset, (first.end_lineno or 0) - offset))
    kept = [line for number, line in enumerate(lines) if number not in drop]
    return textwrap.dedent("\n".join(kept)).strip("\n")
