"""Lines that take their time and need not: they change no number, or make the same each time."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import partial

from bench.slow.edits import called, is_function_call, kept_call
from bench.slow.source import (
    CannotEditError,
    expression,
    function_around,
    name_of,
    named,
    put_instead,
    replaced,
    statement_at,
)
from bench.slow.suspect import FALLBACK, LIKELY, Scene, Suspect

HOT = 0.1
MOST_LINES = 5
OPS_A_READ = 8
"""A line with fewer is said to read; one with more to run operations."""
_DOES = {
    "evaluate": "evaluates",
    "predict": "predicts",
    "save": "saves",
    "save_weights": "saves",
    "get_weights": "copies all weights",
    "set_weights": "sets all weights",
    "compile": "compiles the model anew",
    "dataset made": "builds a pipeline",
}
_BACK = ("py_function", "numpy_function", "eager_py_func")
_WRITES = ("print", "write", "save", "savez", "dump", "scalar", "flush", "tf_print", "log")


def suspects(scene: Scene) -> Iterator[Suspect]:
    """Yield what may be done to each line that takes a tenth of the time or more."""
    yield from _gradients_one_by_one(scene)
    yield from _python_in_graph(scene)
    for statement in _hot(scene):
        yield from _of_line(scene, statement)


def _hot(scene: Scene) -> list[ast.stmt]:
    """Return simple statements, the one that takes longest first; callers of others last."""
    tree, seen = scene.source.tree, scene.seen
    shares: dict[int, float] = {}
    found: dict[int, ast.stmt] = {}
    for line in seen.lines:
        statement = statement_at(tree, line)
        if statement is None or hasattr(statement, "body") or isinstance(statement, ast.Return):
            continue
        uid = statement.uid  # type: ignore[attr-defined]
        found[uid] = statement
        shares[uid] = shares.get(uid, 0.0) + seen.share(line)
    hot = [uid for uid, share in shares.items() if share >= HOT]
    return [found[uid] for uid in sorted(hot, key=lambda uid: -shares[uid])[:MOST_LINES]]


def _of_line(scene: Scene, statement: ast.stmt) -> Iterator[Suspect]:
    line, uid = scene.source.line(statement.lineno), statement.uid  # type: ignore[attr-defined]
    what, kind = _said(scene, statement)
    share = scene.seen.share(statement.lineno)
    once = "an epoch" if scene.way in ("step", "fit") else "beforehand"
    yield Suspect(
        f"{kind}-each-time", f"this line {what} every time, and training needs none of it", line,
        f"do it once {once}, or every so many steps",
        lambda tree: put_instead(tree, named(tree, uid), "pass"), FALLBACK,
    )  # fmt: skip
    yield from _row_by_row(scene, statement, line)
    if not isinstance(statement, ast.Assign):
        return
    if isinstance(statement.value, ast.Call):
        yield Suspect(
            f"{kind}-made-anew", f"this line {what} every time, and it comes to the same", line,
            "do it once and keep the result",
            lambda tree: kept_call(tree, named(tree, uid).value), LIKELY,
        )  # fmt: skip
    if share and all(isinstance(target, ast.Name) for target in statement.targets):
        yield from _conversion(scene, statement, line)


def _conversion(scene: Scene, statement: ast.Assign, line: int) -> Iterator[Suspect]:
    """Yield an assignment whose value may be that of a name in it, only written otherwise."""
    uid = statement.uid  # type: ignore[attr-defined]
    function = function_around(scene.source.tree, statement)
    given = {a.arg for a in function.args.args} - {"self"} if function else set()
    names = [n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name) and n.id in given]
    for name in dict.fromkeys(names):
        for text in (name, f"{{np}}.asarray({name}, 'float32')"):
            yield Suspect(
                "converted-each-time",
                f"`{name}` is converted here for every batch, and comes to the same numbers",
                line,
                "hand it on as it is, or convert all data once, before the loop",
                lambda tree, t=text: _value(tree, uid, t),  # type: ignore[misc]
                LIKELY,
            )


def _value(tree: ast.Module, uid: int, text: str) -> None:
    np = name_of(tree, "numpy", "np") if "{np}" in text else ""
    named(tree, uid).value = expression(text.format(np=np))


def _said(scene: Scene, statement: ast.stmt) -> tuple[str, str]:
    """Return what a line does, in words, and the kind of that."""
    events: Counter[str] = Counter()
    for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
        events += scene.seen.lines[line].events if line in scene.seen.lines else Counter()
    for name, words in _DOES.items():
        if events[name]:
            return words, words.split()[0]
    calls = {called(n) for n in ast.walk(statement) if isinstance(n, ast.Call)}
    if calls & set(_WRITES):
        return "writes", "writes"
    if events["read"] * OPS_A_READ > events["op"]:
        return "reads tensors on the host", "reads"
    if events["op"]:
        each = max(1, events["op"] // max(scene.seen.steps, 1))
        return f"runs {each} operations one by one", "runs-ops"
    return "works in Python", "works"


def _gradients_one_by_one(scene: Scene) -> Iterator[Suspect]:
    """Yield a comprehension that asks the tape for one gradient after the other."""
    for node in ast.walk(scene.source.tree):
        if not isinstance(node, ast.ListComp) or not isinstance(node.elt, ast.Call):
            continue
        call, loop = node.elt, node.generators[0]
        if called(call) == "gradient" and len(call.args) > 1 and not loop.ifs:
            uid = node.uid  # type: ignore[attr-defined]
            yield Suspect(
                "gradients-one-by-one",
                "the tape is gone back over for each variable by itself",
                scene.source.line(node.lineno),
                "ask for all gradients in one call",
                lambda tree, u=uid: _together(tree, u),  # type: ignore[misc]
                LIKELY,
                True,
            )


def _together(tree: ast.Module, uid: int) -> None:
    comprehension = named(tree, uid)
    call, loop = comprehension.elt, comprehension.generators[0]
    if ast.unparse(call.args[1]) != ast.unparse(loop.target) or is_function_call(call):
        raise CannotEditError("the sources are others")
    target = ast.unparse(call.args[0])
    text = f"{ast.unparse(call.func)}({target}, {ast.unparse(loop.iter)})"
    replaced(tree, comprehension, expression(text))


def _row_by_row(scene: Scene, statement: ast.stmt, line: int) -> Iterator[Suspect]:
    """Yield a stack of what is made of one row after the other."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and len(node.args) == 1 and _rows(node.args[0]):
            uid = node.uid  # type: ignore[attr-defined]
            yield Suspect(
                "row-by-row", f"`{ast.unparse(node)}` works on one row after the other", line,
                "work on all rows at once", partial(_all_rows, uid=uid), LIKELY,
            )  # fmt: skip


def _rows(node: ast.AST) -> bool:
    one = isinstance(node, ast.ListComp) and len(node.generators) == 1
    return one and isinstance(node.generators[0].target, ast.Name)  # type: ignore[attr-defined]


def _all_rows(tree: ast.Module, uid: int) -> None:
    """Write ``stack([f(row) for row in x])`` as ``f(x)``."""
    call = named(tree, uid)
    inner, loop = call.args[0].elt, call.args[0].generators[0]
    for node in list(ast.walk(inner)):
        if isinstance(node, ast.Name) and node.id == loop.target.id:
            node.id = f"({ast.unparse(loop.iter)})"
    replaced(tree, call, expression(ast.unparse(inner)))


def _python_in_graph(scene: Scene) -> Iterator[Suspect]:
    """Yield statements within a compiled function that go back to Python in every call."""
    functions = [n for n in ast.walk(scene.source.tree) if isinstance(n, ast.FunctionDef)]
    for function in (f for f in functions if any(map(is_function_call, f.decorator_list))):
        for statement in (s for s in ast.walk(function) if isinstance(s, ast.Expr | ast.Assign)):
            calls = [n for n in ast.walk(statement) if isinstance(n, ast.Call)]
            back = [c for c in calls if called(c) in _BACK or ast.unparse(c.func) == "tf.print"]
            if not back:
                continue
            line, uid = scene.source.line(statement.lineno), _uid(statement)
            words = f"the compiled step goes back to Python here, by `{called(back[0])}`"
            yield Suspect("python-in-graph", words, line, "leave it out, or do it once an epoch",
                          partial(_passed_over, uid=uid), LIKELY)  # fmt: skip
            if called(back[0]) in _BACK:
                yield Suspect("python-in-graph", words, line, "call the function as it is",
                              partial(_direct, uid=_uid(back[0])), LIKELY)  # fmt: skip


def _uid(node: ast.AST) -> int:
    return int(node.uid)  # type: ignore[attr-defined]


def _passed_over(tree: ast.Module, uid: int) -> None:
    put_instead(tree, named(tree, uid), "pass")


def _direct(tree: ast.Module, uid: int) -> None:
    call = named(tree, uid)
    if len(call.args) < 2:
        raise CannotEditError("what it is handed is not to be seen")
    replaced(tree, call, expression(f"{ast.unparse(call.args[0])}(*{ast.unparse(call.args[1])})"))
