"""Edits that several suspects share: something kept, a call found, a function compiled."""

import ast
import builtins
from collections.abc import Iterator

from bench.slow.source import (
    CannotEditError,
    at_top,
    body_of,
    expression,
    function_around,
    named,
    parsed,
    put_before,
    replaced,
    statement_at,
)

KEPT = "_kept"


def called(node: ast.AST) -> str:
    """Return the last name of what a call calls: ``predict`` of ``self.net.predict(x)``."""
    function = node.func if isinstance(node, ast.Call) else node
    return str(getattr(function, "attr", getattr(function, "id", "")))


def is_function_call(node: ast.AST) -> bool:
    """Return whether a node is ``tf.function``, called or not."""
    node = node.func if isinstance(node, ast.Call) else node
    return called(node) == "function"


def makes_function(node: ast.AST) -> bool:
    """Return whether a node is a call that makes a tf.function: of what it is given, or of options.

    >>> [makes_function(expression(f"tf.function{rest}")) for rest in ("(f)", "(f)(x)", "()(f)")]
    [True, False, True]
    """
    if not isinstance(node, ast.Call):
        return False
    inner = node.func
    if isinstance(inner, ast.Call):
        return is_function_call(inner.func) and not inner.args
    return is_function_call(inner) and bool(node.args)


def call_of(tree: ast.AST, line: int, name: str) -> ast.Call | None:
    """Return the call on a line of the text that calls something of that name, else any call."""
    statement = statement_at(tree, line)
    calls = [n for n in ast.walk(statement) if isinstance(n, ast.Call)] if statement else []
    return next((c for c in calls if called(c) == name), calls[0] if calls else None)


def statement_of(tree: ast.AST, node: ast.AST) -> ast.stmt:
    """Return the innermost statement that an expression stands in."""
    inside = [
        s for s in ast.walk(tree) if isinstance(s, ast.stmt) and any(n is node for n in ast.walk(s))
    ]
    if not inside:
        raise CannotEditError("the expression stands in no statement")
    return min(inside, key=lambda s: sum(1 for _ in ast.walk(s)))


def method_of(function: ast.FunctionDef | None) -> bool:
    """Return whether a function is a method, by its first parameter."""
    return function is not None and [a.arg for a in function.args.args[:1]] == ["self"]


def _keeper(tree: ast.Module, node: ast.AST, name: str) -> tuple[str, str]:
    """Return (where something is kept, the test that it is there yet)."""
    if method_of(function_around(tree, node)):
        return f"self.{KEPT}_{name}", f"hasattr(self, '{KEPT}_{name}')"
    if not any(ast.unparse(s) == f"{KEPT} = {{}}" for s in tree.body):
        at_top(tree, f"{KEPT} = {{}}")
    return f"{KEPT}['{name}']", f"'{name}' in {KEPT}"


def kept_call(tree: ast.Module, node: ast.AST) -> None:
    """Compute an expression once and keep it: with the object, or else with the module."""
    name = called(node).strip("_") or "value"
    if f"{KEPT}_{name}" in ast.unparse(tree):
        name = f"{name}_{getattr(node, 'uid', 0)}"
    statement = statement_of(tree, node)
    place, there = _keeper(tree, node, name)
    put_before(tree, statement, f"if not {there}:\n    {place} = {ast.unparse(node)}")
    replaced(tree, node, expression(place))


def kept(tree: ast.Module, uid: int) -> None:
    """Compute the expression of that number once and keep it."""
    kept_call(tree, named(tree, uid))


def kept_function(tree: ast.Module, uid: int, captured: bool) -> None:
    """Define an inner function once and keep it.

    Args:
        captured: whether what it takes from around it is handed to it, call by call.
    """
    inner = named(tree, uid)
    outer = function_around(tree, inner)
    if outer is None:
        raise CannotEditError("the function is not an inner one")
    if captured:
        _hand_over(outer, inner)
    place, there = _keeper(tree, inner, inner.name)
    block = body_of(tree, inner)
    at = next(i for i, s in enumerate(block) if s is inner)
    kept = parsed(f"if not {there}:\n    {place} = {inner.name}", inner)[0]
    assert isinstance(kept, ast.If)
    kept.body.insert(0, inner)
    block[at : at + 1] = [kept, *parsed(f"{inner.name} = {place}", inner)]


def _hand_over(outer: ast.FunctionDef, inner: ast.FunctionDef) -> None:
    """Make what an inner function takes from the outer one its parameters."""
    bound = {a.arg for a in outer.args.args} | stored(outer)
    own = {a.arg for a in inner.args.args} | stored(inner)
    taken = sorted((loaded(inner) & bound) - own - {"self", inner.name})
    if not taken or inner.args.defaults:
        raise CannotEditError("nothing is captured")
    inner.args.args += [ast.arg(name) for name in taken]
    for node in ast.walk(outer):
        if isinstance(node, ast.Call) and called(node) == inner.name:
            node.args += [ast.Name(name, ast.Load()) for name in taken]


def stored(tree: ast.AST) -> set[str]:
    """Return the names that a piece of source sets."""
    return {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    }


def loaded(tree: ast.AST) -> set[str]:
    """Return the names that a piece of source reads, augmented assignments among them."""
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    augmented = {
        n.target.id
        for n in ast.walk(tree)
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
    }
    return (read | augmented) - set(dir(builtins))


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements in a piece of source."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block
