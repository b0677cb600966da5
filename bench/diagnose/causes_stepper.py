"""The last resort at an update: the reference's own optimizer given the loop's gradients."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.places import Place, returned
from bench.diagnose.scene import Scene
from bench.diagnose.spot import main_call


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield the reference's optimizer for all weights, then each of its several for those apart."""
    program, model = scene.theirs.program, scene.model
    made = [o for o in program.born.optimizers if _is_keras(o)] if program is not None else []
    trained = [i for i, g in enumerate(scene.theirs.gradients[scene.step]) if g is not None]
    apart = [q.key for q in scene.spot.apart if q.kind == "weight" and q.step == scene.step]
    few = [i for i in trained if i in apart]
    if few and len(few) < len(trained) and len(made) > 1:
        for optimizer in made:
            yield _of_another(scene, optimizer, few)
    if model is not None and model.optimizer is not None:
        yield _otherwise(scene, model.optimizer, trained)


def _is_keras(optimizer: Any) -> bool:
    return isinstance(optimizer, keras.optimizers.Optimizer)


def _otherwise(scene: Scene, optimizer: Any, which: list[int]) -> Cause:
    name, parting = type(optimizer).__name__, scene.spot.parting
    kinds = list(dict.fromkeys(n.kind for n in parting.ours)) if parting else []
    return Cause(
        "update-otherwise",
        f"the loop makes another update of the same gradients ({' + '.join(kinds[:6])}) "
        f"than the reference's {name}",
        f"compute the update as {name} does",
        Cure(f"the reference's {name} put in the place of the loop's update",
             after_step=stepped_by(optimizer, which)),
        on="loop",
    )  # fmt: skip


def _of_another(scene: Scene, optimizer: Any, which: list[int]) -> Cause:
    """Return that some weights are given to another optimizer than the reference gives them to."""
    names, kind = ", ".join(scene.name(i) for i in which), type(optimizer).__name__
    return Cause(
        "other-optimizer",
        f"{names}: another optimizer of the loop moves it than in the reference, where {kind} does",
        f"hand it to {kind}",
        Cure(f"{names} moved by the reference's {kind}", after_step=stepped_by(optimizer, which)),
        on="loop",
        place=_cut_at(scene, which),
    )


def _cut_at(scene: Scene, which: list[int]) -> Place | None:
    """Return where a number was handed on between gradients and update; else what moves these."""
    trace = scene.ours.traces.get(scene.step)
    call = main_call(trace) if trace is not None else None
    if trace is None or call is None:
        return None
    handles = {scene.ours.handles[i] for i in which}
    moves = [n for n in trace.nodes[call.at :] if n.inputs[:1] and n.inputs[0] in handles]
    moves = [n for n in moves if n.kind != "ReadVariableOp" and n.place is not None]
    if not moves:
        return None
    between = [
        r
        for r in trace.returns
        if r.number is not None and r.caller is not None and call.at <= r.at <= moves[0].index
    ]
    return returned(between[-1].place) if between else moves[0].place


def stepped_by(optimizer: Any, which: list[int]) -> Any:
    """Return what moves some weights after a step as an optimizer set up like one would."""
    made: list[Any] = []

    def update(program: Any, before: list[np.ndarray], step: int) -> None:
        handles = program.handles()
        given = {h: g for call in program.watch.gradients for h, g in call.items()}
        if step == 0:  # of another run
            rule = type(optimizer).from_config(optimizer.get_config())
            held = [keras.Variable(before[i]) for i in which]
            rule.build(held)
            made[:] = [rule, held]
        rule, held = made
        rule.apply([tf.constant(given[handles[i]]) for i in which], held)
        now = program.read()
        for i, variable in zip(which, held, strict=True):
            now[i] = np.asarray(variable)
        program.write(now)

    return update
