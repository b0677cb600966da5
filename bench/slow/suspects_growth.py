"""What grows from step to step, and makes each step longer than the one before."""

import ast
from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.slow.edits import called, kept, statement_of
from bench.slow.source import (
    CannotEditError,
    Change,
    expression,
    named,
    parsed,
    put_before,
    replaced,
    statement_at,
)
from bench.slow.suspect import FALLBACK, LIKELY, SURE, Scene, Suspect

_MEANS = ("reduce_mean", "mean", "fmean", "average")
_SUMS = ("reduce_sum", "sum", "add_n", "fsum")
HOT = 0.04
"""Of the time that was watched: a line that takes less is not worth an edit."""


def suspects(scene: Scene) -> Iterator[Suspect]:
    """Yield what has to do with growth."""
    for name, each in scene.growing.items():
        yield from _of_container(scene, name, each)
    if scene.grown:
        yield from _of_graph(scene)


def _of_container(scene: Scene, name: str, each: float) -> Iterator[Suspect]:
    """Yield statements that go over something that grows, to be replaced by a running value."""
    tree = scene.source.tree
    kept = [s for s in ast.walk(tree) if isinstance(s, ast.stmt) and _adds_to(s, name)]
    if not kept:
        return
    append = kept[-1]
    for line in sorted(scene.seen.lines, key=lambda n: -scene.seen.at(n).seconds):
        statement = statement_at(tree, line)
        if statement is None or statement is append or hasattr(statement, "body"):
            continue
        if not _reads(statement, name) or scene.seen.share(line) < HOT:
            continue
        used = scene.source.line(line)
        at = scene.source.line(append.lineno)
        words = (
            f"`{name}` grows by {each:.2g} a step and is gone over again in every step, so that "
            "a step takes the longer the more there were"
        )
        more = ((used, "gone over at"),)
        s, a = statement.uid, append.uid  # type: ignore[attr-defined]
        options: list[tuple[str, Change, int]] = [
            ("keep a running sum and a count, and numbers (`float(...)`) in place of tensors",
             partial(_running, using=s, adding=a, name=name), SURE),
            ("keep numbers (`float(...)`) in place of tensors",
             partial(_numbers, adding=a), LIKELY),
            ("do that once an epoch", partial(_dropped, uid=s), FALLBACK),
        ]  # fmt: skip
        for remedy, change, rank in options:
            yield Suspect("grows", words, at, remedy, change, rank, True, more)


def _adds_to(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.AugAssign):
        return _is(statement.target, name)
    if isinstance(statement, ast.Assign):
        target = any(_is(t, name) for t in statement.targets)
        return (
            target and isinstance(statement.value, ast.BinOp | ast.Call) and _reads(statement, name)
        )
    call = getattr(statement, "value", None)
    adds = isinstance(call, ast.Call) and called(call) in ("append", "extend", "add", "insert")
    return adds and isinstance(call.func, ast.Attribute) and _is(call.func.value, name)  # type: ignore[union-attr]


def _is(node: ast.AST, name: str) -> bool:
    """Return whether an expression is that variable, that attribute, or a part of it."""
    node = node.value if isinstance(node, ast.Subscript) else node
    return getattr(node, "attr", getattr(node, "id", "")) == name


def _reads(statement: ast.stmt, name: str) -> bool:
    return any(_is(n, name) for n in ast.walk(statement) if isinstance(n, ast.Name | ast.Attribute))


def _running(tree: ast.Module, using: int, adding: int, name: str) -> None:
    """Keep a running sum beside what grows, and take the mean or the sum of it."""
    append, statement = named(tree, adding), named(tree, using)
    call = _over(statement, name)
    value = _added(append)
    keeper = f"self.{name}" if any(isinstance(n, ast.Attribute) for n in ast.walk(call)
                                   if _is(n, name)) else name  # fmt: skip
    total, count = f"{keeper}_total", f"{keeper}_count"
    _set_up(tree, total, count)
    number = f"float({ast.unparse(value)})"
    replaced(tree, value, expression(number))
    put_before(tree, append, f"{total} += {number}\n{count} += 1")
    mean = called(call) in _MEANS
    replaced(tree, call, expression(f"{total} / {count}" if mean else total))


def _set_up(tree: ast.Module, total: str, count: str) -> None:
    """Let the running values be there from the start."""
    if not total.startswith("self."):
        raise CannotEditError("a running value wants an object to keep it")
    held = total.removeprefix("self.").removesuffix("_total")
    for node in ast.walk(tree):
        for i, s in enumerate(
            getattr(node, "body", []) if isinstance(node, ast.FunctionDef) else []
        ):
            if isinstance(s, ast.Assign) and any(_is(t, held) for t in s.targets):
                node.body[i + 1 : i + 1] = parsed(f"{total} = 0.0\n{count} = 0", s)  # type: ignore[attr-defined]
                return
    raise CannotEditError("what grows is set up nowhere")


def _over(statement: ast.stmt, name: str) -> ast.Call:
    """Return the outermost mean or sum that goes over what grows."""
    for node in ast.walk(statement):
        goes_over = isinstance(node, ast.Call) and called(node) in (*_MEANS, *_SUMS)
        if goes_over and any(_is(n, name) for n in ast.walk(node)):
            return node  # type: ignore[return-value]
    raise CannotEditError("neither a mean nor a sum")


def _added(append: ast.stmt) -> ast.expr:
    call = getattr(append, "value", None)
    if isinstance(call, ast.Call) and called(call) == "append":
        return call.args[-1]
    raise CannotEditError("nothing is appended")


def _numbers(tree: ast.Module, adding: int) -> None:
    value = _added(named(tree, adding))
    replaced(tree, value, expression(f"float({ast.unparse(value)})"))


def _dropped(tree: ast.Module, uid: int) -> None:
    statement = named(tree, uid)
    put_before(tree, statement, "pass")
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and any(s is statement for s in block):
                block[:] = [s for s in block if s is not statement]


def _of_graph(scene: Scene) -> Iterator[Suspect]:
    """Yield lines that put ops into the graph of a session in every step."""
    tree, seen = scene.source.tree, scene.seen
    words = (
        f"every step puts {scene.grown:.0f} more ops into the graph, which the session reads anew"
    )
    for line, times in seen.of_event("op made").items():
        statement = statement_at(tree, line)
        if statement is None or times < seen.steps or hasattr(statement, "body"):
            continue
        for call in _making(statement):
            uid = call.uid  # type: ignore[attr-defined]
            yield Suspect(
                "graph-grows", words, scene.source.line(line), "build the op once, with the graph",
                partial(kept, uid=uid), SURE, True,
            )  # fmt: skip
            yield Suspect(
                "graph-grows", words, scene.source.line(line),
                "set the variable by `load`, which adds no op", partial(_load, uid=uid),
                SURE, True,
            )  # fmt: skip
        yield Suspect(
            "graph-grows", words, scene.source.line(line), "do it once, before the loop",
            partial(_dropped, uid=statement.uid), FALLBACK, True,  # type: ignore[attr-defined]
        )  # fmt: skip


def _making(statement: ast.stmt) -> Iterator[ast.Call]:
    """Yield calls that may make ops: what ``run`` is handed, or the outermost one."""
    calls = [n for n in ast.walk(statement) if isinstance(n, ast.Call)]
    runs = [c for c in calls if called(c) in ("run", "eval")]
    for run in runs:
        for given in run.args[:1]:
            yield from (n for n in ast.walk(given) if isinstance(n, ast.Call))
    if not runs:
        yield from calls[:1]


def _load(tree: ast.Module, uid: int) -> None:
    """Write ``session.run(tf.assign(v, value))`` as ``v.load(value, session)``."""
    call = named(tree, uid)
    if called(call) != "assign":
        raise CannotEditError("nothing is assigned")
    statement = statement_of(tree, call)
    run: Any = next(
        (n for n in ast.walk(statement) if isinstance(n, ast.Call) and called(n) == "run"), None
    )
    if run is None or run.args[0] is not call:
        raise CannotEditError("it is not run by itself")
    own = len(call.args) == 1
    variable = ast.unparse(call.func.value if own else call.args[0])
    value, session = ast.unparse(call.args[-1]), ast.unparse(run.func.value)
    replaced(tree, run, expression(f"{variable}.load({value}, {session})"))
