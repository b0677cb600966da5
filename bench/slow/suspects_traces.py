"""Functions that are traced again and again, or made anew."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from bench.slow.edits import call_of, is_function_call, kept_call, kept_function, makes_function
from bench.slow.source import (
    CannotEditError,
    expression,
    first_line,
    function_around,
    name_of,
    named,
    replaced,
    statement_at,
)
from bench.slow.spy import FunctionCall
from bench.slow.suspect import FALLBACK, SURE, Scene, Suspect

FEWEST = 2
"""Tracings within the steps that are watched: one may be of a last, smaller batch."""


def suspects(scene: Scene) -> Iterator[Suspect]:
    """Yield what has to do with tracing."""
    yield from _retraced(scene)
    yield from _made_anew(scene)


def _retraced(scene: Scene) -> Iterator[Suspect]:
    by_function: dict[int, list[FunctionCall]] = defaultdict(list)
    for call in scene.seen.calls:
        by_function[id(call.function)].append(call)
    for calls in by_function.values():
        traced = [call for call in calls if call.traced]
        if len(traced) < FEWEST:
            continue
        how = f"traced {len(traced)} times in {len(calls)} calls"
        for key, kinds, values in _changing(traced):
            yield from _of_argument(scene, traced[-1], key, kinds, (how, values))


def _changing(traced: list[FunctionCall]) -> Iterator[tuple[int | str, set[str], list[Any]]]:
    """Yield each argument that is another in calls that were traced, with its kinds and values."""
    for key in traced[-1].arguments:
        told = [call.arguments.get(key, ()) for call in traced]
        if len(set(map(repr, told))) > 1:
            changed = [k for k, *_ in {leaf for each in told for leaf in each} if k]
            yield key, set(changed), [each[0][1] if each else None for each in told]


def _of_argument(
    scene: Scene, call: FunctionCall, key: int | str, kinds: set[str], told: tuple[str, list[Any]]
) -> Iterator[Suspect]:
    node = call_of(scene.source.tree, call.line, call.name)
    given = _argument(node, key)
    text = ast.unparse(given) if given is not None else f"argument {key}"
    how, values = told
    line = scene.source.line(call.line)
    shown = ", ".join(str(v) for v in values[-3:])
    if "shape" in kinds:
        yield from _by_shape(scene, call, given, (text, how, shown))
    elif given is None:
        return
    elif kinds & {"number", "text"}:
        words = f"`{call.name}` is {how}: `{text}` is a Python value that changes ({shown})"
        uid = given.uid  # type: ignore[attr-defined]
        yield Suspect(
            "retraced-by-value", words, line, f"hand `{text}` over as a tensor",
            lambda tree: _as_tensor(tree, uid, values[-1]), SURE, True,
        )  # fmt: skip
        yield Suspect(
            "retraced-by-value", words, line, f"leave `{text}` out, as nothing depends on it",
            lambda tree: replaced(tree, named(tree, uid), expression(repr(values[0]))),
            FALLBACK, True,
        )  # fmt: skip
    elif "object" in kinds:
        words = f"`{call.name}` is {how}: `{text}` is a new object each time"
        place = _assigned(scene, call.line, given) or call.line
        uid = given.uid  # type: ignore[attr-defined]
        yield Suspect(
            "retraced-by-object", words, scene.source.line(place),
            f"make `{text}` once and keep it",
            lambda tree: kept_call(tree, _made_by(tree, uid)), SURE, True,
        )  # fmt: skip


def _made_by(tree: ast.Module, uid: int) -> ast.AST:
    """Return the expression that makes an argument: itself, or what its name was last set to."""
    given = named(tree, uid)
    if not isinstance(given, ast.Name):
        return given
    assigns = [a for a in _assignments_before(tree, given) if isinstance(a, ast.Assign)]
    if not assigns:
        raise CannotEditError("the argument is made elsewhere")
    return assigns[-1].value


def _as_tensor(tree: ast.Module, uid: int, value: Any) -> None:
    given = named(tree, uid)
    tf = name_of(tree, "tensorflow", "tf")
    kind = f", {tf}.float32" if isinstance(value, float) else ""
    replaced(tree, given, expression(f"{tf}.constant({ast.unparse(given)}{kind})"))


def _by_shape(
    scene: Scene, call: FunctionCall, given: ast.AST | None, told: tuple[str, str, str]
) -> Iterator[Suspect]:
    text, how, shown = told
    place = _assigned(scene, call.line, given) if given is not None else None
    at, name, defined = place or call.line, call.name, call.defined
    yield Suspect(
        "retraced-by-shape",
        f"`{name}` is {how}: `{text}` has another shape each time ({shown})",
        scene.source.line(at),
        "let one trace serve every length: `reduce_retracing=True`, or `None` for that dimension "
        "in an `input_signature`; or pad to one length",
        lambda tree: _relaxed(tree, name, defined),
        SURE,
        True,
        ((scene.source.line(call.line), "called at"),) if at != call.line else (),
    )


def _argument(call: ast.Call | None, key: int | str) -> ast.expr | None:
    """Return what a call is given for an argument, where that can be read off it."""
    if call is None or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    if isinstance(key, int):
        return call.args[key] if key < len(call.args) else None
    return next((k.value for k in call.keywords if k.arg == key), None)


def _assigned(scene: Scene, line: int, given: ast.AST | None) -> int | None:
    """Return the line of the text on which an argument that is a name was last set."""
    if not isinstance(given, ast.Name):
        return None
    assigns = _assignments_before(scene.source.tree, given)
    return assigns[-1].lineno if assigns else None


def _assignments_before(tree: ast.AST, name: ast.Name) -> list[ast.stmt]:
    function = function_around(tree, name)
    if function is None:
        return []
    found = [
        s
        for s in ast.walk(function)
        if isinstance(s, ast.Assign | ast.AugAssign | ast.AnnAssign)
        and s.lineno < name.lineno
        and name.id in _targets(s)
    ]
    return sorted(found, key=lambda s: s.lineno)


def _targets(statement: ast.Assign | ast.AugAssign | ast.AnnAssign) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}


def _relaxed(tree: ast.Module, name: str, line: int) -> None:
    """Let the tf.function of that name take other shapes without another trace.

    Args:
        line: on which it begins, where that is known: other classes may have one of that name.
    """
    alike = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    decorated = [n for n in alike if any(map(is_function_call, n.decorator_list))]
    calls = [n for n in ast.walk(tree) if _compiles(n, name)]
    for node in [n for n in decorated if first_line(n) == line] or decorated:
        node.decorator_list = [
            _with_option(d) if is_function_call(d) else d for d in node.decorator_list
        ]
    for call in calls:
        inner = call.func  # type: ignore[attr-defined]
        _with_option(inner if isinstance(inner, ast.Call) else call)  # type: ignore[arg-type]
    if not decorated and not calls:
        raise CannotEditError("the function is made elsewhere")


def _compiles(node: ast.AST, name: str) -> bool:
    """Return whether a node is ``tf.function(...)`` of a function of that name."""
    if not isinstance(node, ast.Call) or not makes_function(node):
        return False
    return name == "<lambda>" or name in ast.unparse(node.args[0])


def _with_option(node: ast.expr) -> ast.Call:
    call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
    gone = ("reduce_retracing", "input_signature", "jit_compile", "experimental_relax_shapes")
    call.keywords = [k for k in call.keywords if k.arg not in gone]
    call.keywords.append(ast.keyword("reduce_retracing", ast.Constant(True)))
    return call


def _made_anew(scene: Scene) -> Iterator[Suspect]:
    tree, seen = scene.source.tree, scene.seen
    for line, times in seen.of_event("function made").items():
        statement = statement_at(tree, line)
        if statement is None or times < FEWEST:
            continue
        words = f"a new tf.function is made on this line: {times} in {seen.steps} steps, {{}}"
        words = words.format("so that what one traced is never used again")
        if isinstance(statement, ast.FunctionDef) and statement.decorator_list:
            where = statement.decorator_list[0].lineno
            for captured in (False, True):
                yield Suspect(
                    "function-made-anew", words, _origin(scene, statement, where),
                    "make the function once, outside of the step",
                    lambda tree, s=statement, c=captured: kept_function(tree, s.uid, c),  # type: ignore[misc]
                    SURE, True,
                )  # fmt: skip
        for call in (n for n in ast.walk(statement) if isinstance(n, ast.Call)):
            if not isinstance(statement, ast.FunctionDef) and _makes(call):
                yield Suspect(
                    "function-made-anew", words, scene.source.line(line),
                    "make the function once and keep it",
                    lambda tree, c=call: kept_call(tree, named(tree, c.uid)),  # type: ignore[misc]
                    SURE, True,
                )  # fmt: skip
                break


def _origin(scene: Scene, statement: ast.FunctionDef, line: int) -> int:
    """Return the line of the user's file of a decorator."""
    return int(getattr(statement.decorator_list[0], "origin", scene.source.line(line)))


def _makes(call: ast.Call) -> bool:
    """Return whether a call makes a tf.function, a model or a compiled step."""
    if makes_function(call):
        return True
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return "clone" in name or "load_model" in name or name[:1].isupper() or name.startswith("make")
