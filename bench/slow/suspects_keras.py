"""Calls of Keras's own whole machinery for a batch or for a single sample."""

import ast
from collections.abc import Iterator
from functools import partial

from bench.slow.edits import call_of, called, kept_call, statement_of
from bench.slow.source import (
    CannotEditError,
    at_top,
    expression,
    name_of,
    named,
    put_before,
    put_instead,
    replaced,
)
from bench.slow.suspect import LIKELY, SURE, Scene, Suspect

FIT = "fit"
FEW_SAMPLES = 4
"""In a call: what the call costs once outweighs what it computes."""
MANY_CALLS = 6
"""One after another, of a sample each."""

STEP = """
def _compiled_step(model):
    @{tf}.function(reduce_retracing=True)
    def step(x, y, sample_weight=None):
        with {tf}.GradientTape() as tape:
            loss = model.compute_loss(x, y, model(x, training=True), sample_weight)
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss
    return step
"""
LEAN_STEP = """
def _compiled_step(model):
    loss_fn = {keras}.losses.get(model.loss)
    @{tf}.function(reduce_retracing=True)
    def step(x, y):
        with {tf}.GradientTape() as tape:
            loss = {tf}.reduce_mean(loss_fn(y, model(x, training=True)))
            for penalty in model.losses:
                loss += penalty
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss
    return step
"""
"""One output and one loss: fewer ops than what Keras computes for any number of them."""


def suspects(scene: Scene) -> Iterator[Suspect]:
    """Yield calls that are too many for what they do."""
    for (line, name), sizes in scene.seen.batches.items():
        call = call_of(scene.source.tree, line, "" if name == "model" else name)
        if name in ("fit", "train_on_batch"):
            yield from _training(scene, line, name, sizes)
            yield from _each_epoch(scene, line, name, len(sizes))
        elif call is not None and max(sizes) <= FEW_SAMPLES and len(sizes) >= MANY_CALLS:
            yield from _sample_by_sample(scene, line, name, len(sizes))


def _training(scene: Scene, line: int, name: str, sizes: list[int]) -> Iterator[Suspect]:
    call = call_of(scene.source.tree, line, name)
    if call is None or called(call) != name:
        return
    each = (
        f"{len(sizes)} calls in {scene.seen.steps} steps, of {min(sizes)} to {max(sizes)} samples"
    )
    costs = "a pipeline, callbacks and a history" if name == "fit" else "its fixed cost"
    counted = name == "fit" or max(sizes) <= FEW_SAMPLES
    for text in (LEAN_STEP, STEP):
        yield Suspect(
            f"{name.replace('_', '-')}-for-each",
            f"`{name}` is called for each {'sample' if max(sizes) == 1 else 'batch'} ({each}): it "
            f"pays {costs} every time",
            scene.source.line(line),
            "take the step yourself, compiled once (`_compiled_step`), or hand `fit` all data",
            partial(_own_step, uid=call.uid, text=text),  # type: ignore[attr-defined]
            SURE,
            counted,
        )


def _each_epoch(scene: Scene, line: int, name: str, times: int) -> Iterator[Suspect]:
    """Yield a loop over epochs that calls ``fit`` for each."""
    call = call_of(scene.source.tree, line, name)
    if name == "fit" and call is not None and scene.way == FIT and times > 1:
        yield Suspect(
            "fit-for-each-epoch",
            f"`fit` is called for each epoch ({times} calls), and sets up its pipeline every time",
            scene.source.line(line), "call it once, with `epochs=`",
            partial(_all_epochs, uid=call.uid), SURE, True,  # type: ignore[attr-defined]
        )  # fmt: skip


def _all_epochs(tree: ast.Module, uid: int) -> None:
    """Write ``for _ in range(n): model.fit(...)`` as ``model.fit(..., epochs=n)``."""
    call = named(tree, uid)
    loops = [n for n in ast.walk(tree) if isinstance(n, ast.For) and _holds(n, call)]
    over = loops[-1].iter if loops else None
    if not isinstance(over, ast.Call) or called(over) != "range" or len(loops[-1].body) != 1:
        raise CannotEditError("it is in no loop of its own")
    call.keywords = [k for k in call.keywords if k.arg != "epochs"]
    call.keywords.append(ast.keyword("epochs", over.args[-1]))
    put_instead(tree, loops[-1], ast.unparse(loops[-1].body[0]))


def _own_step(tree: ast.Module, uid: int, text: str) -> None:
    """Call a compiled step of the model in the place of its ``fit`` or ``train_on_batch``."""
    call = named(tree, uid)
    tf = name_of(tree, "tensorflow", "tf")
    handed = [k for k in call.keywords if k.arg in ("x", "y", "sample_weight")]
    step = ast.Call(ast.Name("_compiled_step", ast.Load()), [call.func.value], [])
    replaced(tree, call, ast.Call(step, call.args[:2], handed))
    kept_call(tree, step)
    if not any(isinstance(s, ast.FunctionDef) and s.name == "_compiled_step" for s in tree.body):
        keras = name_of(tree, "keras", "keras") if "{keras}" in text else ""
        at_top(tree, text.format(tf=tf, keras=keras))


def _sample_by_sample(scene: Scene, line: int, name: str, times: int) -> Iterator[Suspect]:
    """Yield a loop that asks a model for one sample after the other."""
    what = "the model" if name == "model" else f"`{name}`"
    call = _asking(scene, line, name)
    if call is None:
        return
    yield Suspect(
        "sample-by-sample",
        f"{what} is called in a loop, for one sample at a time: {times} calls in "
        f"{scene.seen.steps} {'steps' if scene.way == 'step' else 'calls of ' + scene.way}",
        scene.source.line(line),
        "ask for all samples in one call",
        lambda tree: _at_once(tree, call.uid),  # type: ignore[attr-defined]
        SURE,
        True,
    )
    if name == "predict":
        yield Suspect(
            "predict-for-each",
            f"`predict` sets up a whole data pipeline in each of {times} calls",
            scene.source.line(line), "call `predict_on_batch`, or the model itself",
            lambda tree: _on_batch(tree, call.uid), LIKELY, True,  # type: ignore[attr-defined]
        )  # fmt: skip


def _asking(scene: Scene, line: int, name: str) -> ast.Call | None:
    """Return the call that is handed a sample: by its name, else the first with an index in it."""
    first = call_of(scene.source.tree, line, name)
    if first is None or called(first) == name:
        return first
    statement = statement_of(scene.source.tree, first)
    calls = [n for n in ast.walk(statement) if isinstance(n, ast.Call) and n.args]
    fit = [c for c in calls if _sample_of(scene.source.tree, c) is not None]
    return min(fit, key=lambda c: sum(1 for _ in ast.walk(c)), default=None)


def _on_batch(tree: ast.Module, uid: int) -> None:
    call = named(tree, uid)
    call.func.attr = "predict_on_batch"
    call.keywords = []


def _at_once(tree: ast.Module, uid: int) -> None:
    """Ask for all samples before the loop, and take the sample's row within it."""
    call = named(tree, uid)
    found = _sample_of(tree, call)
    if found is None:
        raise CannotEditError("the samples that the loop goes over are not to be seen")
    loop, samples, index = found
    model = call.func
    if called(call) == "predict":
        model = ast.Attribute(model.value, "predict_on_batch", ast.Load())
        call.keywords = []
    keywords = "".join(f", {ast.unparse(k)}" for k in call.keywords)
    statement = loop if isinstance(loop, ast.For) else statement_of(tree, call)
    _counted(loop, index)
    replaced(tree, call, expression(f"_all[{index}:{index} + 1]"))
    put_before(tree, statement, f"_all = {ast.unparse(model)}({samples}{keywords})")


def _sample_of(
    tree: ast.AST, call: ast.Call
) -> tuple[ast.For | ast.comprehension, str, str] | None:
    """Return (the loop, what holds all samples, the index in it) of a call with one sample."""
    if not call.args:
        return None
    loops = [n for n in ast.walk(tree) if _holds(n, call)]
    names = {n.id for n in ast.walk(call.args[0]) if isinstance(n, ast.Name)}
    for node in reversed(loops):
        for loop in [node] if isinstance(node, ast.For) else getattr(node, "generators", []):
            if {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)} & names:
                return _by_loop(loop, call.args[0])
    return None


def _holds(node: ast.AST, call: ast.Call) -> bool:
    kinds = ast.For | ast.ListComp | ast.GeneratorExp
    return isinstance(node, kinds) and any(n is call for n in ast.walk(node))


def _by_loop(
    loop: ast.For | ast.comprehension, given: ast.expr
) -> tuple[ast.For | ast.comprehension, str, str] | None:
    over, target = loop.iter, loop.target
    kind = called(over) if isinstance(over, ast.Call) else ""
    if kind == "range" and isinstance(target, ast.Name):
        held = [n for n in ast.walk(given) if isinstance(n, ast.Subscript) and
                any(getattr(m, "id", "") == target.id for m in ast.walk(n.slice))]  # fmt: skip
        return (loop, ast.unparse(held[0].value), target.id) if held else None
    if kind == "enumerate" and isinstance(target, ast.Tuple):
        index = ast.unparse(target.elts[0])
        return loop, ast.unparse(over.args[0]), index  # type: ignore[attr-defined]
    if kind == "zip" and isinstance(target, ast.Tuple):
        names = {n.id for n in ast.walk(given) if isinstance(n, ast.Name)}
        for one, part in zip(over.args, target.elts, strict=False):  # type: ignore[attr-defined]
            if getattr(part, "id", "") in names:
                return loop, ast.unparse(one), "_i"
        return None
    return loop, ast.unparse(over), "_i"


def _counted(loop: ast.For | ast.comprehension, index: str) -> None:
    """Let a loop count its turns, if it does not already."""
    if index == "_i":
        loop.target = ast.Tuple([ast.Name("_i", ast.Store()), loop.target], ast.Store())
        loop.iter = ast.Call(ast.Name("enumerate", ast.Load()), [loop.iter], [])
