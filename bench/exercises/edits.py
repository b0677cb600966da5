"""One small change to the code of a gap: what a slip of the pen comes to, undone.

Which change puts a gap right says what is wrong with it, whatever the code looks like.
"""

import ast
from collections.abc import Collection, Iterator
from copy import deepcopy
from itertools import combinations
from textwrap import dedent
from typing import NamedTuple

REDUCTIONS = ("reduce_mean", "reduce_sum", "reduce_max")
ACTIVATIONS = ("tf.nn.sigmoid", "tf.nn.softmax", "tf.nn.relu")
FUNCTIONS = ("tf.sqrt", "tf.math.log", "tf.square")
AXES = (0, 1, -1)
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
MODULES = ("tf", "np", "keras", "layers", "self")
TRANSPOSES = ("transpose_a", "transpose_b")


class Edit(NamedTuple):
    """A changed code: of what kind the change is, in ``show_words.BY_SHOW``, and on which line."""

    kind: str
    code: str
    line: int


def edits(lines: Collection[str], names: Collection[str]) -> Iterator[Edit]:
    """Yield every code that is one change away from a gap's.

    Args:
        lines: of the gap.
        names: that the solution reads there; one of them may be in the place of another.
    """
    tree = ast.parse(dedent("\n".join(lines)))
    seen = {ast.unparse(tree)}
    for code in _names_exchanged(tree, names):
        if code not in seen:
            seen.add(code)
            yield Edit("names-exchanged", code, 1)
    for change in (_in_calls, _other_calls, _in_operations, _wrapped, _other_names, _with_more):
        for place, node in enumerate(ast.walk(tree)):
            for kind, new in change(node, names):
                code = _put(tree, place, new)
                if code not in seen:
                    seen.add(code)
                    yield Edit(kind, code, getattr(node, "lineno", 0))


def _names_exchanged(tree: ast.Module, names: Collection[str]) -> Iterator[str]:
    """Yield the code with two of its names exchanged throughout."""
    used = [n for n in names if n in {w.id for w in ast.walk(tree) if isinstance(w, ast.Name)}]
    for one, other in combinations(used, 2):
        copied = deepcopy(tree)
        for node in ast.walk(copied):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                node.id = {one: other, other: one}.get(node.id, node.id)
        yield ast.unparse(copied)


def line_that_writes(lines: Collection[str], name: str) -> int:
    """Return which line of a gap last gives a name its value, counted from 1; else 0."""
    tree = ast.parse(dedent("\n".join(lines)))
    said = [n for n in ast.walk(tree) if isinstance(n, ast.Assign | ast.Expr)]
    name = name.partition("[")[0]
    return max((n.lineno for n in said if name in _written(n)), default=0)


def _written(node: ast.Assign | ast.Expr) -> set[str]:
    if isinstance(node, ast.Assign):
        return {ast.unparse(e) for t in node.targets for e in getattr(t, "elts", [t])}
    called = node.value.func if isinstance(node.value, ast.Call) else None
    return {ast.unparse(called.value)} if isinstance(called, ast.Attribute) else set()


_Changes = Iterator[tuple[str, ast.expr]]


def _put(tree: ast.Module, place: int, new: ast.expr) -> str:
    """Return the code with another expression at one place."""
    copied = deepcopy(tree)
    old = list(ast.walk(copied))[place]
    for parent in ast.walk(copied):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                setattr(parent, name, [new if item is old else item for item in value])
    return ast.unparse(copied)


def _in_calls(node: ast.AST, _: Collection[str]) -> _Changes:
    if not isinstance(node, ast.Call):
        return
    if len(node.args) >= 2:
        yield "swapped", _call(node, args=[node.args[1], node.args[0], *node.args[2:]])
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in REDUCTIONS:
        for other in REDUCTIONS:
            yield "sum-or-mean", _call(node, func=_renamed(node.func, other))
    if name == "matmul":
        for flag in TRANSPOSES:
            rest = [k for k in node.keywords if k.arg != flag]
            had = len(rest) < len(node.keywords)
            more = [] if had else [ast.keyword(flag, ast.Constant(True))]
            yield "transposed", _call(node, keywords=[*rest, *more])
    if name in REDUCTIONS or any(k.arg == "axis" for k in node.keywords):
        rest = [k for k in node.keywords if k.arg != "axis"]
        for axis in AXES:
            yield "axis", _call(node, keywords=[*rest, ast.keyword("axis", ast.Constant(axis))])
        yield "axis", _call(node, keywords=rest)


def _other_calls(node: ast.AST, _: Collection[str]) -> _Changes:
    if isinstance(node, ast.Call) and node.args:
        is_activation = ast.unparse(node.func) in ACTIVATIONS
        for other in ACTIVATIONS if is_activation else ():
            yield "activation", _call(node, func=_expression(other))
        yield ("activation" if is_activation else "operation-extra"), node.args[0]


def _call(node: ast.Call, **fields: object) -> ast.Call:
    whole = {"func": node.func, "args": node.args, "keywords": node.keywords}
    return ast.Call(**{**whole, **fields})  # type: ignore[arg-type]


def _renamed(func: ast.expr, name: str) -> ast.expr:
    assert isinstance(func, ast.Attribute)
    return ast.Attribute(func.value, name, ast.Load())


def _in_operations(node: ast.AST, _: Collection[str]) -> _Changes:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, (*OPERATORS, ast.Pow, ast.MatMult)):
        yield "swapped", ast.BinOp(node.right, node.op, node.left)
        kind = "sign" if isinstance(node.op, ast.Add | ast.Sub) else "operator"
        for other in OPERATORS:
            signs = kind == "sign" and other in (ast.Add, ast.Sub)
            yield (kind if signs else "operator"), ast.BinOp(node.left, other(), node.right)
        what = "term-extra" if isinstance(node.op, ast.Add | ast.Sub) else "factor-extra"
        yield what, node.left
        yield what, node.right


def _other_names(node: ast.AST, names: Collection[str]) -> _Changes:
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        here = ast.unparse(node)
        if here in names or (isinstance(node, ast.Name) and here not in MODULES):
            yield from (("other-name", _expression(name)) for name in names if name != here)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        for value in (0.0, 1.0, 2.0, 10.0):
            yield "constant", ast.Constant(value)
        yield from (("constant", _expression(name)) for name in names)


def _wrapped(node: ast.AST, _: Collection[str]) -> _Changes:
    if isinstance(node, ast.Call | ast.BinOp | ast.Name | ast.Attribute) and _is_value(node):
        for function in (*ACTIVATIONS, *FUNCTIONS):
            kind = "activation" if function in ACTIVATIONS else "operation-missing"
            yield kind, ast.Call(_expression(function), [node], [])
        yield "sign", ast.UnaryOp(ast.USub(), node)


def _with_more(node: ast.AST, names: Collection[str]) -> _Changes:
    if isinstance(node, ast.Call | ast.BinOp | ast.Name) and _is_value(node):
        for name in names:
            more = _expression(name)
            rest = ast.BinOp(ast.Constant(1), ast.Sub(), more)
            for factor in (more, rest):
                yield "factor-missing", ast.BinOp(node, ast.Mult(), factor)
                yield "factor-missing", ast.BinOp(node, ast.Div(), factor)
            yield "term-missing", ast.BinOp(node, ast.Add(), more)
            yield "term-missing", ast.BinOp(node, ast.Sub(), more)


def _is_value(node: ast.AST) -> bool:
    """Return whether a node is no name of a module, and no target."""
    if isinstance(node, ast.Name | ast.Attribute):
        return (
            isinstance(node.ctx, ast.Load) and ast.unparse(node).split(".")[0] not in MODULES[:-1]
        )
    return True


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
