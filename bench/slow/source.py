"""A user's file as a tree that can be edited, written beside the original and run."""

import ast
import copy
import importlib.util
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.errors import UserError

Change = Callable[[ast.Module], None]
"""Edits a tree in place; raises ``CannotEditError`` where there is nothing to edit."""

_NUMBERS = itertools.count(1)


class CannotEditError(Exception):
    """The source has no place for an edit."""


@dataclass(frozen=True)
class Source:
    """A program's text, at first the user's own, later with cures in it.

    Each statement of the tree has ``origin``, the line of the user's file that it comes from, and
    each node ``uid``, by which it is found again in a copy.

    Attributes:
        original: the user's file.
        path: where this text is written, and run from.
        tree: of this text.
    """

    original: Path
    path: Path
    tree: ast.Module

    def edited(self, change: Change) -> "Source":
        """Return the source with a change in it.

        Raises:
            CannotEditError: the change finds no place.
        """
        tree = copy.deepcopy(self.tree)
        change(tree)
        return _written(self.original, self.path.parent, ast.fix_missing_locations(tree))

    def line(self, number: int) -> int:
        """Return the line of the user's file that a line of this text comes from."""
        statement = statement_at(self.tree, number)
        return number if statement is None else int(getattr(statement, "origin", number))

    def text(self, origin: int) -> str:
        """Return what stands on a line of the user's file."""
        lines = self.original.read_text().splitlines()
        return lines[origin - 1].strip() if 0 < origin <= len(lines) else ""

    def load(self) -> ModuleType:
        """Run the text as a module; what it looks for beside itself it finds beside the original.

        Raises:
            UserError: it fails.
        """
        spec = importlib.util.spec_from_file_location(self.path.stem, self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        module.__file__ = str(self.original)
        sys.modules[self.path.stem] = module
        try:
            exec(compile(self.path.read_text(), str(self.path), "exec"), vars(module))
        except BaseException as error:
            raise UserError(f"{self.original.name}: fails as it is imported: {error}") from error
        return module


def source_of(original: Path, folder: Path) -> Source:
    """Return a user's file as a source, written once more into a folder.

    Raises:
        UserError: it is no Python.
    """
    try:
        tree = ast.parse(original.read_text())
    except (OSError, SyntaxError, ValueError) as error:
        raise UserError(f"{original.name}: cannot be read as Python: {error}") from error
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.origin = node.lineno  # type: ignore[attr-defined]
    return _written(original, folder, tree)


def _written(original: Path, folder: Path, tree: ast.Module) -> Source:
    """Write a tree, and read it again, as lines have other numbers then."""
    number = next(_NUMBERS)
    path = folder / f"{original.stem}_{number}.py"
    path.write_text(ast.unparse(tree) + "\n")
    fresh = ast.parse(path.read_text())
    old, new = list(_statements(tree)), list(_statements(fresh))
    if [type(n) for n in old] != [type(n) for n in new]:
        raise CannotEditError("the text cannot be written and read again")
    origin = 1
    for before, after in zip(old, new, strict=True):
        origin = getattr(before, "origin", origin)
        after.origin = origin  # type: ignore[attr-defined]
        for name in ("decorator_list",):
            pairs = zip(getattr(before, name, ()), getattr(after, name, ()), strict=True)
            for one, other in pairs:
                other.origin = getattr(one, "origin", origin)
    for uid, node in enumerate(ast.walk(fresh)):
        node.uid = uid  # type: ignore[attr-defined]
    return Source(original, path, fresh)


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def statement_at(tree: ast.AST, line: int) -> ast.stmt | None:
    """Return the innermost statement that a line of the text lies in."""
    around = [s for s in _statements(tree) if first_line(s) <= line <= (s.end_lineno or s.lineno)]
    return min(around, key=lambda s: (s.end_lineno or s.lineno) - s.lineno, default=None)


def first_line(statement: ast.stmt) -> int:
    """Return where a statement begins, its decorators with it."""
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def named(tree: ast.AST, uid: int) -> Any:
    """Return the node of that number.

    Raises:
        CannotEditError: there is none.
    """
    for node in ast.walk(tree):
        if getattr(node, "uid", None) == uid:
            return node
    raise CannotEditError("the place is gone")


def body_of(tree: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    """Return the list of statements that a statement stands in."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and any(s is statement for s in block):
                return block
    raise CannotEditError("the statement stands nowhere")


def put_before(tree: ast.AST, statement: ast.stmt, text: str) -> list[ast.stmt]:
    """Write statements before one; they are said to come from its line."""
    block, more = body_of(tree, statement), parsed(text, statement)
    at = next(i for i, s in enumerate(block) if s is statement)
    block[at:at] = more
    return more


def put_instead(tree: ast.AST, statement: ast.stmt, text: str) -> None:
    """Write statements in the place of one."""
    put_before(tree, statement, text)
    block = body_of(tree, statement)
    block[:] = [s for s in block if s is not statement]


def parsed(text: str, like: ast.AST) -> list[ast.stmt]:
    """Return statements that are said to come from the line of a node."""
    made = ast.parse(text).body
    for statement in (s for m in made for s in _statements(m)):
        statement.origin = getattr(like, "origin", 1)  # type: ignore[attr-defined]
    return made


def replaced(tree: ast.AST, node: ast.AST, other: ast.AST) -> None:
    """Put an expression in the place of another."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, name, other)
                return
            if isinstance(value, list) and any(v is node for v in value):
                value[:] = [other if v is node else v for v in value]
                return
    raise CannotEditError("the expression stands nowhere")


def expression(text: str) -> Any:
    """Return an expression's tree."""
    return ast.parse(text, mode="eval").body


def function_around(tree: ast.AST, node: ast.AST) -> ast.FunctionDef | None:
    """Return the innermost function that a node stands in, not itself."""
    inside = [
        f
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef) and f is not node and any(n is node for n in ast.walk(f))
    ]
    return min(inside, key=lambda f: (f.end_lineno or 0) - f.lineno, default=None)


def name_of(tree: ast.Module, module: str, usual: str) -> str:
    """Return under which name the file imports a module; where it does not, import it.

    Args:
        module: ``tensorflow`` or ``numpy``.
        usual: the name to give it.
    """
    for node in tree.body:
        for alias in node.names if isinstance(node, ast.Import) else ():
            if alias.name == module:
                return alias.asname or alias.name
    at_top(tree, f"import {module} as {usual}")
    return usual


def at_top(tree: ast.Module, text: str) -> None:
    """Write statements behind the imports at the top of the file."""
    last = max((i for i, s in enumerate(tree.body) if _is_import(s)), default=-1)
    tree.body[last + 1 : last + 1] = parsed(text, tree.body[max(last, 0)])


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)
