"""Steps that run op by op: nothing compiles them, or they are told to run so."""

import ast
from collections.abc import Iterator
from functools import partial

from bench.slow.edits import (
    blocks,
    called,
    is_function_call,
    loaded,
    stored,
)
from bench.slow.source import (
    CannotEditError,
    at_top,
    expression,
    function_around,
    name_of,
    named,
    parsed,
)
from bench.slow.suspect import FALLBACK, LIKELY, SURE, Scene, Suspect

_LASTING = ("append", "extend", "print", "write", "save", "save_weights", "savez", "scalar")
MANY_OPS = 12
"""Ops a step that run by themselves: a conversion or two are no eager step."""


def suspects(scene: Scene) -> Iterator[Suspect]:
    """Yield what has to do with running op by op."""
    yield from _told_to(scene)
    ops = scene.seen.of_event("op")
    if max(ops.values(), default=0) < MANY_OPS * scene.seen.steps:
        return
    yield from _functions(scene, ops)
    yield from _blocks(scene, ops)


def _told_to(scene: Scene) -> Iterator[Suspect]:
    """Yield what switches compiling off: an option of ``compile``, or for the whole process."""
    for node in ast.walk(scene.source.tree):
        if not isinstance(node, ast.Call):
            continue
        for option in node.keywords:
            value = getattr(option.value, "value", None)
            if option.arg == "run_eagerly" and value is True:
                yield _switch(scene, node, option.value, "run_eagerly=True")
            if option.arg == "jit_compile" and value is True:
                yield _without_xla(scene, option.value)
        if called(node) == "run_functions_eagerly" and _first_is(node, True):
            yield _switch(scene, node, node.args[0], "run_functions_eagerly(True)")
        if called(node) == "enable_debug_mode":
            yield Suspect(
                "run-eagerly", "the pipeline is in debug mode and runs in Python",
                scene.source.line(node.lineno), "take the line out",
                partial(_gone, uid=node.uid), SURE, True,  # type: ignore[attr-defined]
            )  # fmt: skip


def _first_is(node: ast.Call, value: bool) -> bool:
    return bool(node.args) and getattr(node.args[0], "value", None) is value


def _switch(scene: Scene, node: ast.Call, value: ast.expr, said: str) -> Suspect:
    uid = value.uid  # type: ignore[attr-defined]

    def off(tree: ast.Module) -> None:
        named(tree, uid).value = False

    words = f"{said} runs everything operation by operation, tf.function too"
    line = scene.source.line(value.lineno)
    return Suspect("run-eagerly", words, line, "take it out: it is for debugging", off, SURE, True)


def _without_xla(scene: Scene, value: ast.expr) -> Suspect:
    uid = value.uid  # type: ignore[attr-defined]

    def off(tree: ast.Module) -> None:
        named(tree, uid).value = False

    words = "XLA compiles it, and takes longer than the plain graph here"
    line = scene.source.line(value.lineno)
    return Suspect("compiled-by-xla", words, line, "leave `jit_compile=True` out", off)


def _gone(tree: ast.Module, uid: int) -> None:
    node = named(tree, uid)
    for block in blocks(tree):
        for i, s in enumerate(block):
            if isinstance(s, ast.Expr) and s.value is node:
                block[i] = ast.Pass()


def _functions(scene: Scene, ops: dict[int, int]) -> Iterator[Suspect]:
    """Yield each function beneath which most ops run, to be compiled as a whole."""
    most = max(ops.values())
    for function in _defined(scene.source.tree):
        inside = [n for line, n in ops.items() if function.lineno < line <= _end(function)]
        if not inside or max(inside) < 0.3 * most:
            continue
        if any(is_function_call(d) for d in function.decorator_list):
            continue
        if _reads(scene, function) or not all(map(_leaves_no_trace, function.body)):
            continue  # a graph would keep symbolic tensors in lists, and count once
        each = max(inside) // max(scene.seen.steps, 1)
        uid = function.uid  # type: ignore[attr-defined]
        yield Suspect(
            "not-compiled",
            f"`{function.name}` runs operation by operation, {each} of them {_unit(scene)}: "
            "nothing compiles it",
            scene.source.line(function.lineno),
            "put `@tf.function` on it",
            lambda tree, uid=uid: _decorated(tree, uid),  # type: ignore[misc]
            LIKELY,
        )


def _reads(scene: Scene, part: ast.stmt) -> bool:
    """Return whether tensors were read on the host on the lines of a piece of source."""
    return any(part.lineno <= at <= _end(part) for at in scene.seen.of_event("read"))


def _leaves_no_trace(part: ast.stmt) -> bool:
    """Return whether a piece of source changes nothing in Python that outlives it."""
    for node in ast.walk(part):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Attribute | ast.Subscript) for t in targets):
                return False
        if isinstance(node, ast.Call) and called(node) in _LASTING:
            return False
    return True


def _unit(scene: Scene) -> str:
    return "a step" if scene.way == "step" else "in what was watched"


def _defined(tree: ast.AST) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _decorated(tree: ast.Module, uid: int) -> None:
    function = named(tree, uid)
    name = f"{name_of(tree, 'tensorflow', 'tf')}.function"
    function.decorator_list.append(expression(name))


def _blocks(scene: Scene, ops: dict[int, int]) -> Iterator[Suspect]:
    """Yield runs of statements that could be a compiled function of their own."""
    most = max(ops.values())
    for block in blocks(scene.source.tree):
        counts = [max((n for at, n in ops.items() if s.lineno <= at <= _end(s)), default=0)
                  for s in block]  # fmt: skip
        if sum(counts) < 0.6 * most or isinstance(block[0], ast.FunctionDef | ast.ClassDef):
            continue
        for first, last in _runs(scene, block, counts):
            part = block[first : last + 1]
            uids = [s.uid for s in part]  # type: ignore[attr-defined]
            start = part[0]
            yield Suspect(
                "not-compiled",
                f"these {len(part)} statements run operation by operation, "
                f"{sum(counts[first : last + 1]) // max(scene.seen.steps, 1)} of them "
                f"{_unit(scene)}: nothing compiles them",
                scene.source.line(start.lineno),
                "make them a function of their own and put `@tf.function` on it",
                lambda tree, u=uids: _apart(tree, u),  # type: ignore[misc]
                FALLBACK,
            )


def _runs(scene: Scene, block: list[ast.stmt], counts: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of statements with ops in them and nothing that wants a host."""
    whole = sum(counts)
    plain = [
        not _reads(scene, s)
        and _leaves_no_trace(s)
        and not any(isinstance(n, ast.Return | ast.Continue | ast.Break) for n in ast.walk(s))
        for s in block
    ]
    start = None
    for i, is_plain in enumerate([*plain, False]):
        if is_plain and start is None and counts[i]:
            start = i
        if not is_plain and start is not None:
            if sum(counts[start:i]) > 0.3 * whole and not _one_loop(block[start:i]):
                last = max(j for j in range(start, i) if counts[j])
                yield start, last
            start = None


def _one_loop(part: list[ast.stmt]) -> bool:
    """Return whether a stretch is a single loop, whose body is looked at by itself."""
    return len(part) == 1 and isinstance(part[0], ast.For | ast.While)


def _apart(tree: ast.Module, uids: list[int]) -> None:
    """Move statements into a compiled function at the top of the file, and call it."""
    part = [named(tree, uid) for uid in uids]
    function = function_around(tree, part[0])
    if function is None:
        raise CannotEditError("the statements are in no function")
    block = next(b for b in blocks(tree) if any(s is part[0] for s in b))
    inside = ast.Module(part, [])
    others = [n for s in function.body for n in ast.walk(s) if isinstance(n, ast.Name)]
    own = {id(n) for n in ast.walk(inside)}
    bound = {a.arg for a in function.args.args} | stored(function)
    args = sorted(loaded(inside) & bound - _set_first(part))
    read_after = {n.id for n in others if id(n) not in own and isinstance(n.ctx, ast.Load)}
    results = sorted(stored(inside) & read_after)
    name = f"_compiled_{function.name.strip('_')}"
    back = f"return {', '.join(results)}" + ("," if len(results) == 1 else "")
    tf = name_of(tree, "tensorflow", "tf")
    made = parsed(f"@{tf}.function(reduce_retracing=True)\ndef {name}({', '.join(args)}):\n"
                  f"    {back if results else 'return None'}", part[0])[0]  # fmt: skip
    assert isinstance(made, ast.FunctionDef)
    at = next(i for i, s in enumerate(block) if s is part[0])
    call = f"{name}({', '.join(args)})"
    targets = ", ".join(results) + ("," if len(results) == 1 else "")
    block[at : at + len(part)] = parsed(f"{targets} = {call}" if results else call, part[0])
    made.body[:0] = part
    at_top(tree, "pass")
    place = next(i for i, s in enumerate(tree.body) if isinstance(s, ast.Pass))
    tree.body[place] = made


def _set_first(part: list[ast.stmt]) -> set[str]:
    """Return names that statements set before they read them."""
    read: set[str] = set()
    first: set[str] = set()
    for statement in part:
        inner = _bound_inside(statement)
        read |= loaded(statement) - first - inner
        first |= (stored(statement) | inner) - read
    return first


def _bound_inside(statement: ast.stmt) -> set[str]:
    """Return names that comprehensions, ``for`` and ``with`` bind before they are read."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.comprehension | ast.For):
            found |= stored(node.target)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            found |= stored(node.optional_vars)
    if isinstance(statement, ast.With):
        read: set[str] = set()
        for inner in statement.body:
            read |= loaded(inner) - found
            found |= stored(inner) - read
    return found
