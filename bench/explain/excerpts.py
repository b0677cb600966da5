"""Lines of the project's own source, found by name: what a report shows is what runs.

The source is parsed, not imported, so that no TensorFlow is needed; and never copied, so that it
cannot go stale: a line that is gone is an error that names it.
"""

import ast
import textwrap
from collections.abc import Iterable
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


def source(excerpt: Excerpt) -> str:
    """Return the code of an excerpt, without docstrings, set to the left margin.

    >>> print(source(Excerpt("rawtf/perceptron.py", "Perceptron.forward", ("matmul",))))
    z = k.bias_add(k.matmul(x, self.w), self.b)  # x w + b, (batch, 1)

    Raises:
        LineGone: the file has no such symbol or statement.
    """
    text = _parsed(excerpt.file)[0].splitlines()
    pieces = [[text[n - 1] for n in _line_numbers(node)] for node in nodes(excerpt)]
    return "\n".join(textwrap.dedent("\n".join(lines)) for lines in pieces).strip("\n")


def line_numbers(excerpt: Excerpt) -> list[int]:
    """Return which lines of its file an excerpt shows.

    Raises:
        LineGone: the file has no such symbol or statement.
    """
    return [number for node in nodes(excerpt) for number in _line_numbers(node)]


def size(excerpts: Iterable[Excerpt]) -> Size:
    """Return how much code several excerpts are together, what they share counted once.

    >>> size([Excerpt("rawtf/activations.py", "sigmoid"), Excerpt("rawtf/step.py", "update")])
    Size(lines=3, calls=2)
    """
    lines: set[tuple[str, int]] = set()
    calls: set[tuple[str, int, int]] = set()
    for excerpt in excerpts:
        text = _parsed(excerpt.file)[0].splitlines()
        for node in nodes(excerpt):
            own = {n for n in _line_numbers(node) if _is_code(text[n - 1])}
            lines |= {(excerpt.file, n) for n in own}
            in_node = (each for each in ast.walk(node) if isinstance(each, ast.Call))
            calls |= {(excerpt.file, call.lineno, call.col_offset) for call in in_node}
    return Size(len(lines), len(calls))


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("#")


@cache
def _parsed(file: str) -> tuple[str, ast.Module]:
    package, _, rest = file.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LineGone(f"{file}: there is no package {package}")
    path = Path(spec.submodule_search_locations[0]) / rest
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
        named = next((child for child in inside if name in _names(child)), None)
        if named is None:
            raise LineGone(f"{excerpt.place}: there is no {name}")
        node = named
    return node


def _names(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign):
        return [ast.unparse(node.target)]
    return [ast.unparse(t) for t in node.targets] if isinstance(node, ast.Assign) else []


@cache
def nodes(excerpt: Excerpt) -> list[ast.AST]:
    """Return what an excerpt is made of: its symbol, or the statements that are wanted of it.

    Raises:
        LineGone: the file has no such symbol or statement.
    """
    text, tree = _parsed(excerpt.file)
    node = _symbol(tree, excerpt)
    return [_statement(text, node, line, excerpt) for line in excerpt.lines] or [node]


def _statement(text: str, within: ast.AST, wanted: str, excerpt: Excerpt) -> ast.AST:
    """Return the innermost statement that contains a text."""
    every = [node for node in ast.walk(within) if isinstance(node, ast.stmt)]
    lines = text.splitlines()
    having = [n for n in every if wanted in "\n".join(lines[n.lineno - 1 : n.end_lineno])]
    if not having:
        raise LineGone(f"{excerpt.place}: no line has {wanted!r} any more")
    return min(having, key=lambda node: (node.end_lineno or 0) - node.lineno)


def _line_numbers(node: ast.AST) -> list[int]:
    """Return the lines that a node stands on, decorators included, docstrings left out."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])  # type: ignore[attr-defined]
    docstrings = {
        number
        for each in ast.walk(node)
        if (docstring := _docstring(each))
        for number in range(docstring.lineno, (docstring.end_lineno or 0) + 1)
    }
    return [n for n in range(first, node.end_lineno + 1) if n not in docstrings]  # type: ignore[attr-defined]


def _docstring(node: ast.AST) -> ast.stmt | None:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first if is_text else None
