"""From a difference to a line on either side."""

from typing import Any

import numpy as np

from bench.diagnose.births import Births
from bench.diagnose.climb import Climb, Difference
from bench.diagnose.cures import Cause
from bench.diagnose.layers import flat_layers
from bench.diagnose.places import Place, holds, loop_header, where_set
from bench.diagnose.spot import main_call
from bench.diagnose.stand import LOOP, REFERENCE, Run
from bench.diagnose.trace import Node, Trace

OPTIMIZER = ("optimizer-setting", "optimizer-kind", "slot-start", "learning-rate")
IN_PYTHON = ("mean-of-means", "metric-macro", "metric-scaled", "evaluate-cut")
PENALTIES = ("Square", "L2Loss", "Abs")


def our_place(climb: Climb, difference: Difference) -> Place | None:
    """Return the line of the user's side that a difference is about."""
    cause, place = difference.cause, _by_ops(difference)
    named = _by_name(climb, difference, cause) if cause is not None else None
    if named is not None:
        return named
    if difference.scene is None and cause is not None and cause.nodes:
        return cause.nodes[0].place
    if cause is not None and cause.value is not None:
        return _of_number(climb, difference, cause, place)
    return loop_header(difference.lines) if difference.lines else place


def _by_name(climb: Climb, difference: Difference, cause: Cause) -> Place | None:
    """Return the line that a kind of cause stands on whatever the ops say, or None."""
    run = difference.scene.ours if difference.scene else climb.plain[0]
    born = run.program.born if run.program else climb.stand.first[LOOP].born
    if cause.name in OPTIMIZER:
        return _optimizer_line(born, _took_a_step)
    if cause.name == "start-spread":
        return _widest_line(climb)
    if cause.name.startswith("penalty"):
        return _penalty_line(difference)
    if cause.name in IN_PYTHON:
        return run.returns.get("evaluate")
    return None


def _optimizer_line(born: Births, used: Any = None) -> Place | None:
    """Return where an optimizer was made; of Keras's only one that took a step, if asked."""
    made = [o for o in born.optimizers if used is None or used(o)]
    return next((line for line in map(born.place, made) if line), None)


def _took_a_step(optimizer: Any) -> bool:
    iterations = getattr(optimizer, "iterations", None)
    return iterations is None or int(np.asarray(iterations)) > 0


def _widest_line(climb: Climb) -> Place | None:
    """Return where the variable was made whose start is spread the widest against the other's."""
    ours, theirs = climb.stand.drawn[LOOP], climb.stand.drawn[REFERENCE]
    program = climb.stand.first[LOOP]
    ratios = [
        float(np.std(a)) / (float(np.std(b)) or 1.0) if b.ndim > 1 else 0.0
        for a, b in zip(ours, theirs, strict=True)
    ]
    return program.born.place(program.variables[int(np.argmax(ratios))])


def _penalty_line(difference: Difference) -> Place | None:
    """Return where the squares or sizes of weights are taken on the way to our loss."""
    trace = difference.scene.align.ours if difference.scene and difference.scene.align else None
    call = main_call(trace) if trace else None
    if trace is None or call is None:
        return None
    nodes = [
        n
        for n in trace.ancestors(call.targets[0])
        if n.kind in PENALTIES and n.place and _of_weights(trace, n)
    ]
    return nodes[-1].place if nodes else None


def _of_weights(trace: Trace, node: Node) -> bool:
    made = [trace.maker.get(i) for i in node.inputs]
    return any(m is not None and m.kind == "ReadVariableOp" for m in made)


def _by_ops(difference: Difference) -> Place | None:
    """Return the line of the first op that only ours has, or of the op that ends our way."""
    parting = difference.spot.parting
    scene = difference.scene
    if parting is None or scene is None:
        return None
    if difference.cause is not None and difference.cause.nodes and difference.cause.nodes[0].place:
        return _before(difference, difference.cause.nodes[0]) or difference.cause.nodes[0].place
    if parting.first is not None and parting.first.place is not None:
        return _before(difference, parting.first) or parting.first.place
    if parting.first is not None and parting.first.layer:
        return _layer_line(scene.ours, parting.first.layer)
    later = [n.place for n in parting.ours if n.place]
    return later[0] if later else _end_of_ours(difference)


def _before(difference: Difference, node: Node) -> Place | None:
    """Return the line before an op that is at fault for it: of another order, or an omission.

    An input that holds the other side's numbers in another order was turned round where it was
    made; an op that is missing in the forward pass is missing after the last one that is not.
    """
    align = difference.spot.align
    assert align is not None
    lacks = (
        difference.spot.rung == "forward"
        and difference.cause is not None
        and difference.cause.omission
    )
    for tensor in node.inputs:
        maker = align.ours.maker.get(tensor)
        if maker is None or maker.kind == "ReadVariableOp":
            continue
        turned = tensor in align.to_theirs and tensor not in align.ordered
        while turned and maker.inputs and maker.inputs[0] not in align.ordered:
            above = align.ours.maker.get(maker.inputs[0])
            if above is None or above.kind == "ReadVariableOp":
                break
            maker = above
        if (turned or lacks) and maker.place is not None:
            return maker.place
    return None


def _layer_line(run: Run, name: str) -> Place | None:
    program = run.program
    layers = flat_layers(program.thing) if program else []
    made = [program.born.place(x) for x in layers if x.name == name] if program else []
    return made[0] if made else None


def _end_of_ours(difference: Difference) -> Place | None:
    assert difference.scene is not None
    align, ours = difference.spot.align, difference.scene.ours
    if align is None:
        return None
    if difference.spot.rung in ("forward", "loss") and (call := main_call(align.ours)):
        node = align.ours.maker.get(call.targets[0])
        return node.place if node else None
    if difference.spot.quantity.kind in ("weight", "gradient"):
        written = align.ours.written.get(ours.handles[difference.spot.quantity.key])
        node = align.ours.maker.get(written) if written is not None else None
        if node is not None and node.place is not None:
            return node.place
        call = main_call(align.ours)
        return call.places[0] if call and call.places else None
    placed = [n.place for n in align.ours.nodes if n.place]
    return placed[-1] if placed else None


def _of_number(
    climb: Climb, difference: Difference, cause: Cause, place: Place | None
) -> Place | None:
    """Return the line on which the number at fault was written."""
    assert cause.value is not None
    if place is not None and (holds(place, cause.value) or cause.nodes):
        return where_set(place, cause.value)
    if place is not None and (set_at := where_set(place, cause.value)) != place:
        return set_at
    traces = [difference.spot.align.ours] if difference.spot.align else []
    traces += list(climb.plain[0].traces.values())
    for trace in traces:
        for node in _given(trace, cause.value):
            if node.place is not None:
                return where_set(node.place, cause.value)
    return place or _optimizer_line(climb.stand.first[LOOP].born)


def _given(trace: Trace, value: float) -> list[Node]:
    """Return the ops that were given a number as it stands, writes to variables first."""
    nodes = [
        n
        for n in trace.nodes
        for i in n.inputs
        if i not in trace.maker
        and (number := trace.scalar(i)) is not None
        and abs(number - value) <= 1e-6 * max(abs(value), 1e-12)
    ]
    return sorted(nodes, key=lambda n: not n.kind.startswith("Assign"))


def their_place(climb: Climb, difference: Difference) -> Place | None:
    """Return the line of the reference's side."""
    program = climb.stand.first[REFERENCE]
    run: Run = difference.scene.theirs if difference.scene else climb.plain[1]
    parting = difference.spot.parting
    node = parting.their_first if parting else None
    if node is not None and node.place is not None:
        return node.place
    born = run.program.born if run.program else program.born
    if node is not None and node.layer:
        model = run.program.thing if run.program else None
        named = [x for x in flat_layers(model) if x.name == node.layer]
        made = [born.place(x) for x in named]
        if made and made[0]:
            return made[0]
    if difference.spot.rung in ("update", "state") and (line := _optimizer_line(born)):
        return line
    return born.compiled[0] if born.compiled else None


def computed(difference: Difference) -> dict[str, Any]:
    """Return the ops of either side after the parting, and the layer."""
    parting = difference.spot.parting
    if parting is None:
        return {}
    return {
        "loop": [n.kind for n in parting.ours[:12]],
        "reference": [n.kind for n in parting.theirs[:12]],
        "layer": None
        if difference.scene is None or difference.spot.layer is None
        else difference.scene.layer_name(difference.spot.layer),
    }
