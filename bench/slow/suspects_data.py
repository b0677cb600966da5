"""Pipelines of data: built anew, run in Python, not batched, not prefetched."""

import ast
from collections.abc import Iterator, Set
from functools import partial

from bench.slow.edits import called, kept, statement_of
from bench.slow.source import CannotEditError, expression, name_of, named, replaced, statement_at
from bench.slow.suspect import LIKELY, SURE, Scene, Suspect

_SOURCES = ("from_tensor_slices", "from_generator", "from_tensors", "range", "list_files")
_CHAINED = (
    "map",
    "batch",
    "shuffle",
    "repeat",
    "prefetch",
    "cache",
    "filter",
    "take",
    "padded_batch",
)
HOT = 0.1


def suspects(scene: Scene) -> Iterator[Suspect]:
    """Yield what has to do with ``tf.data``."""
    yield from _built_anew(scene)
    for chain in _chains(scene.source.tree, set(scene.seen.of_event("dataset made"))):
        yield from _of_chain(scene, chain)


def _built_anew(scene: Scene) -> Iterator[Suspect]:
    for line, times in scene.seen.of_event("dataset made").items():
        statement = statement_at(scene.source.tree, line)
        chain = next(iter(_chains(statement)), None) if statement is not None else None
        if chain is None or times < 2 or scene.seen.at(line).hits < 2:
            continue
        yield Suspect(
            "pipeline-made-anew",
            f"the pipeline is built anew: {scene.seen.at(line).hits} times in "
            f"{scene.seen.steps} {'steps' if scene.way == 'step' else 'epochs'}",
            scene.source.line(line),
            "build it once and go over it again",
            partial(kept, uid=chain.uid),  # type: ignore[attr-defined]
            SURE,
            scene.way == "step",
        )
        if scene.way == "step":
            yield from _for_one_batch(scene, chain, line)


def _for_one_batch(scene: Scene, chain: ast.Call, line: int) -> Iterator[Suspect]:
    """Yield a pipeline that is made in a step, of the batch that the step was given."""
    source = next(c for c in _links(chain) if called(c) in _SOURCES)
    if called(source) != "from_tensor_slices" or len(source.args) != 1:
        return
    given = ast.unparse(source.args[0])
    uid = chain.uid  # type: ignore[attr-defined]
    yield Suspect(
        "pipeline-for-each-batch",
        f"a pipeline is built in every step, for the one batch `{given}` that it yields",
        scene.source.line(line),
        "take the batch as it is",
        lambda tree: replaced(tree, named(tree, uid), expression(f"[{given}]")),
        SURE,
        True,
    )


def _chains(tree: ast.AST, lines: Set[int] = frozenset()) -> list[ast.Call]:
    """Return each chain of calls on a data set, its last call.

    Args:
        lines: on which data sets were made: what is called on a name there is a data set too.
    """
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and
             (_source(n) or (n.lineno in lines and _chained(n)))]  # fmt: skip
    inner = {id(n.func.value) for n in calls if isinstance(n.func, ast.Attribute)}
    return [c for c in calls if id(c) not in inner]


def _chained(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _CHAINED


def _source(call: ast.AST) -> bool:
    """Return whether a chain of calls starts with the making of a data set."""
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        if call.func.attr in _SOURCES and "Dataset" in ast.unparse(call.func.value):
            return True
        if call.func.attr not in _CHAINED:
            return False
        call = call.func.value
    return False


def _links(chain: ast.AST) -> list[ast.Call]:
    """Return the calls of a chain, the last one first."""
    found = []
    while isinstance(chain, ast.Call) and isinstance(chain.func, ast.Attribute):
        found.append(chain)
        chain = chain.func.value
    return found


def _of_chain(scene: Scene, chain: ast.Call) -> Iterator[Suspect]:
    uid = chain.uid  # type: ignore[attr-defined]
    line = scene.source.line(chain.lineno)
    names = [called(c) for c in _links(chain)]
    mapped = next((c for c in _links(chain) if called(c) == "map"), None)
    if mapped is not None:
        m = mapped.uid  # type: ignore[attr-defined]
        at = scene.source.line(getattr(mapped.func, "end_lineno", chain.lineno))
        python = scene.seen.of_event("py_function") or "py_function" in ast.unparse(
            scene.source.tree
        )
        yield Suspect(
            "pipeline-maps-anew",
            f"`map` runs {'Python ' if python else ''}for every sample of every epoch",
            _line_of_map(scene, mapped, at),
            "`.cache()` behind it, where its results stay the same",
            lambda tree: _behind(tree, m, "cache()"),
        )  # fmt: skip
        yield Suspect(
            "pipeline-not-parallel", "`map` works on one sample after the other", at,
            "`num_parallel_calls=tf.data.AUTOTUNE`", lambda tree: _parallel(tree, m),
        )  # fmt: skip
    if "from_generator" in names:
        source = next(c for c in _links(chain) if called(c) == "from_generator")
        g = source.uid  # type: ignore[attr-defined]
        yield Suspect(
            "pipeline-from-python", "a Python generator makes every sample of every epoch", line,
            "`.cache()` behind it, or arrays and `from_tensor_slices`",
            lambda tree: _behind(tree, g, "cache()"),
        )  # fmt: skip
    if "prefetch" not in names:
        yield Suspect(
            "pipeline-not-prefetched", "the pipeline makes no batch while a step runs", line,
            "`.prefetch(tf.data.AUTOTUNE)` at its end", lambda tree: _prefetched(tree, uid), LIKELY,
        )  # fmt: skip


def _line_of_map(scene: Scene, mapped: ast.Call, at: int) -> int:
    statement = statement_of(scene.source.tree, mapped)
    return scene.source.line(statement.lineno) if statement is not None else at


def _behind(tree: ast.Module, uid: int, text: str) -> None:
    call = named(tree, uid)
    replaced(tree, call, expression(f"{ast.unparse(call)}.{text}"))


def _prefetched(tree: ast.Module, uid: int) -> None:
    _behind(tree, uid, f"prefetch({name_of(tree, 'tensorflow', 'tf')}.data.AUTOTUNE)")


def _parallel(tree: ast.Module, uid: int) -> None:
    call = named(tree, uid)
    if any(k.arg == "num_parallel_calls" for k in call.keywords) or len(call.args) > 1:
        raise CannotEditError("it is parallel already")
    tf = name_of(tree, "tensorflow", "tf")
    call.keywords.append(ast.keyword("num_parallel_calls", expression(f"{tf}.data.AUTOTUNE")))
