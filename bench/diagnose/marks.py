"""What a known pair says of itself, and the pair without that.

A known pair is a file whose ``KIND``, ``CAUSE`` and ``LINE``, with several faults ``CAUSES`` and
``LINES``, say what is wrong. They are read from the source: nothing of the file is run here.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEYS = ("CAUSE", "LINE", "KIND", "CAUSES", "LINES")
NEEDED = ("CAUSE", "LINE", "KIND")
FACTORIES = ("loop", "fixed", "alone")


@dataclass(frozen=True)
class Truth:
    """What is wrong with a pair.

    Attributes:
        kind: ``result``, or else both agree.
        causes: the faults in words, in the order in which a step meets them.
        lines: of each the line of source at fault; None for an omission.
    """

    kind: str
    causes: tuple[str, ...]
    lines: tuple[str | None, ...]


def known(file: Path) -> Truth | None:
    """Return what a file says of itself, as ``truth_of`` does of its source."""
    return truth_of(file.read_text())


def truth_of(source: str) -> Truth | None:
    """Return what a pair says of itself, or None where it says nothing.

    Raises:
        ValueError: it says it by other means than constants, names and lists.
    """
    tree = ast.parse(source)
    if not set(NEEDED) <= {name for node in tree.body for name, _ in _assignments(node)}:
        return None
    said: dict[str, Any] = {}
    for node in tree.body:
        for name, value in _assignments(node):
            if name in KEYS:
                said[name] = evaluated(value, said)
    causes, lines = said.get("CAUSES", [said["CAUSE"]]), said.get("LINES", [said["LINE"]])
    return Truth(said["KIND"], tuple(causes), tuple(lines))


def _assignments(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a statement sets, with what it is set to."""
    for target in node.targets if isinstance(node, ast.Assign) else ():
        assert isinstance(node, ast.Assign)
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        yield from ((t.id, value) for t, value in pairs if isinstance(t, ast.Name))


def evaluated(node: ast.expr, names: dict[str, Any]) -> Any:
    """Return the value of constants, names, lists, their parts and sums, and joined text.

    >>> evaluated(ast.parse("'a: ' + '; '.join(B)", mode="eval").body, {"B": ["x", "y"]})
    'a: x; y'

    Raises:
        ValueError: there is more to compute than that.
    """
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        return [evaluated(part, names) for part in node.elts]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return evaluated(node.left, names) + evaluated(node.right, names)
    if isinstance(node, ast.Subscript):
        return evaluated(node.value, names)[evaluated(node.slice, names)]
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "join":
        assert isinstance(node.func, ast.Attribute)
        return evaluated(node.func.value, names).join(evaluated(node.args[0], names))
    return ast.literal_eval(node)


def stripped(source: str, keep: str = "loop") -> str:
    """Return a pair without its answer: no marks, no docstrings, no comments, no other factory.

    >>> print(stripped("'''Doc.'''\\nKIND = 'none'\\n\\ndef loop():\\n    return 1  # why"))
    def loop():
        return 1
    """
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not _tells(node, keep)]
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]) and len(body) > 1:
            del body[0]
    return ast.unparse(tree)


def _tells(node: ast.stmt, keep: str) -> bool:
    if isinstance(node, ast.FunctionDef) and node.name in FACTORIES:
        return node.name != keep
    return _is_text(node) or any(name in KEYS for name, _ in _assignments(node))


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
