"""From a difference to the lines on either side: the one at fault first, then the way to it.

The line at fault is the one on which the wrong thing is decided. For what an object was set to,
that is where the object is made; for a number, where it is written; for what is handed on, where it
comes from; for an op, its own line.
"""

from typing import Any

import keras
import numpy as np

from bench.diagnose.births import Births
from bench.diagnose.climb import Climb, Difference
from bench.diagnose.cures import Cause
from bench.diagnose.places import Place, loop_header, returned, says
from bench.diagnose.stand import LOOP, REFERENCE, Run
from bench.diagnose.trace import Node, Trace
from bench.diagnose.where_from import handed_to, rate_line
from bench.diagnose.where_made import (
    OPTIMIZERS,
    is_optimizer,
    layer_line,
    listed_line,
    loss_line,
    optimizer_line,
    optimizers_used,
    owner_of,
    penalty_line,
    rate_of,
    seed_line,
    setting_line,
    trained_line,
)
from bench.diagnose.where_numbers import (
    counted_line,
    of_number,
    schedule_line,
    unmoved_line,
)
from bench.diagnose.where_ops import TRANSPLANT, by_ops, dense_line, first_of_ours

Placed = tuple[str, Place]
MAX_LINES = 16
SAID = {
    "with-replacement": ("choice", "integers", "randint", "choices"),
    "targets-mixed": ("permutation", "shuffle"),
    "last-batch-dropped": ("drop_remainder",),
    "batches-across-epochs": ("repeat", "cycle"),
    "optimizer-reset": tuple(n for n in dir(keras.optimizers) if n[0].isupper()),
}
"""What the user's source calls that makes a fit go otherwise."""
OPTIMIZER = ("optimizer-setting", "optimizer-kind", "slot-start")
IN_PYTHON = ("mean-of-means", "metric-macro", "metric-scaled", "evaluate-cut", "metric-penalties")
UPDATES = ("optimizer-reset", "update-otherwise", "update-scaled", "weight-decay")
RATES = ("update-otherwise", "learning-rate", "schedule")
OF_PREDICT = ("prediction-form", "prediction-scale")
CUTS = ("Split", "SplitV", "StridedSlice", "Unpack")
COUNTS = {"schedule": schedule_line, "adam-counter": counted_line}
FOR_SOME = ("weight-decay", "penalty-extra", "update-scaled", "updated-twice")
LISTS = ("not-trained", "frozen-trained")
LOSS_SETTINGS = (
    "from-logits",
    "label-smoothing",
    "loss-kind",
    "loss-sum",
    "loss-delta",
    "loss-made",
)


def our_lines(climb: Climb, difference: Difference) -> list[Placed]:
    """Return the user's lines that a difference is about: the one at fault, then the way to it."""
    first = _our_place(climb, difference)
    node = first_of_ours(difference)
    program = _our_run(climb, difference).program
    lines = _with_way(first, node, program.born if program else None)
    return _each_once(lines + [("goes on at", place) for place in _further(difference)])


def _our_run(climb: Climb, difference: Difference) -> Run:
    return difference.scene.ours if difference.scene else climb.plain[0]


def _further(difference: Difference) -> list[Place]:
    """Return the lines of the ops behind the first, where it is not known which is at fault."""
    parting, cause = difference.spot.parting, difference.cause
    if parting is None or (cause is not None and cause.name != TRANSPLANT):
        return []
    start = parting.first.index if parting.first else 0
    return [n.place for n in parting.ours if n.place and n.index > start]


def _with_way(first: Place | None, node: Node | None, born: Births | None) -> list[Placed]:
    """Return a line, if there is one, and those of an op and of the objects that ran it."""
    lines = [("", first)] if first is not None else []
    if node is not None and node.places:
        lines.append(("used at" if lines else "", node.places[0]))
    if born is not None and node is not None:
        made = [born.lines[i][0] for i in node.owners if born.lines.get(i)]
        lines += [("made at", place) for place in made]
    return lines + [("called from", place) for place in (node.places[1:] if node else ())]


def _each_once(lines: list[Placed]) -> list[Placed]:
    """Return some lines, each where it comes first."""
    seen: dict[tuple[str, int], Placed] = {}
    for role, place in lines:
        seen.setdefault((place.file, place.line), (role, place))
    return list(seen.values())[:MAX_LINES]


def _our_place(climb: Climb, difference: Difference) -> Place | None:
    cause, trace = difference.cause, _our_trace(difference)
    if trace is not None and _moves_on_one_side(difference):
        return trained_line(trace)
    place = by_ops(difference)
    named = _by_name(climb, difference, cause) if cause is not None else None
    return named or _otherwise_placed(climb, difference, place)


def _otherwise_placed(climb: Climb, difference: Difference, place: Place | None) -> Place | None:
    """Return the line of what a kind of cause says nothing of: an op, a number, a loop's header."""
    cause = difference.cause
    if difference.scene is None and cause is not None and cause.nodes:
        return cause.nodes[0].place
    if cause is not None and cause.value is not None:
        return of_number(climb, difference, cause, place)
    if difference.lines:
        words = SAID.get(cause.name, ()) if cause is not None else ()
        return says(difference.lines, words) or loop_header(difference.lines)
    return place


def _of_some(difference: Difference) -> Place | None:
    """Return where the list was made of which a line treats some weights rightly, some not."""
    scene, spot, trace = difference.scene, difference.spot, _our_trace(difference)
    if scene is None or trace is None or spot.rung != "update":
        return None
    apart = {q.key for q in spot.apart if q.kind == "weight" and q.step == spot.step}
    return listed_line(trace, {scene.ours.handles[i] for i in apart})


def _our_trace(difference: Difference) -> Trace | None:
    """Return our step that a difference was seen in, if it was recorded."""
    return difference.scene.align.ours if difference.scene and difference.scene.align else None


def _moves_on_one_side(difference: Difference) -> bool:
    """Return whether the weight that differs is trained by one side, and let be by the other."""
    if difference.cause is not None:
        return difference.cause.name in LISTS
    scene, quantity = difference.scene, difference.spot.quantity
    if scene is None or quantity.kind != "weight" or quantity.step < 0:
        return False
    moved = [
        not np.array_equal(*(run.weights[quantity.step + i][quantity.key] for i in (0, 1)))
        for run in (scene.ours, scene.theirs)
    ]
    learned = scene.ours if moved[0] else scene.theirs
    return moved[0] != moved[1] and learned.gradients[quantity.step][quantity.key] is not None


def _by_name(climb: Climb, difference: Difference, cause: Cause) -> Place | None:
    """Return the line that a kind of cause stands on whatever the ops say, or None."""
    if cause.name == "start-spread":
        return _widest_line(climb)
    known = cause.place or (_of_some(difference) if cause.name in FOR_SOME else None)
    if known is not None:
        return known
    run = _our_run(climb, difference)
    if cause.name in IN_PYTHON:
        return _ended(run.traces.get("evaluate"))
    if cause.name in OF_PREDICT:
        return _ended(run.traces.get("predict"))
    born = run.program.born if run.program else climb.stand.first[LOOP].born
    trace, node = _our_trace(difference), first_of_ours(difference)
    placed = _by_step(trace, node, run, cause) if trace is not None else None
    still = cause.name == "schedule" and trace is not None and unmoved_line(trace, run.handles)
    if trace is not None and node is not None and cause.name in RATES:
        placed = still or rate_line(trace, node) or placed
    if placed is None and trace is not None and cause.name == "learning-rate":
        placed = _of_rate(trace, born, cause)
    return placed or _by_object(born, node, cause)


def _by_step(trace: Trace, node: Node | None, run: Run, cause: Cause) -> Place | None:
    """Return the line of a kind of cause that has its own place in a step, or None."""
    if cause.name.startswith("penalty"):
        return penalty_line(trace)
    if cause.name in COUNTS:
        return COUNTS[cause.name](trace, run.handles)
    if cause.name == "sparse-gradient":
        return dense_line(trace)
    if cause.name == "random-repeats" and node is not None:
        return seed_line(trace, node)
    if cause.name == "gate-order" and node is not None:
        made = [trace.maker[i] for i in node.inputs if i in trace.maker]
        return next((m.place for m in made if m.kind in CUTS), None)
    return None


def _of_rate(trace: Trace, born: Births, cause: Cause) -> Place | None:
    """Return where an optimizer was given its rate; where it has another, what it was handed."""
    for optimizer in optimizers_used(born):
        rate = rate_of(optimizer)
        if rate is not None and cause.value and abs(rate - cause.value) > 1e-3 * abs(cause.value):
            return handed_to(trace, id(optimizer))
    return optimizer_line(born, used=True)


def _by_object(born: Births, node: Node | None, cause: Cause) -> Place | None:
    """Return where the object was made whose setting a cause is, or None."""
    name = cause.name
    stepped = owner_of(born, node, OPTIMIZERS) is not None or any(map(is_optimizer, born.late))
    if name in OPTIMIZER or (name in UPDATES and stepped):
        own = owner_of(born, node, OPTIMIZERS) if len(optimizers_used(born)) > 1 else None
        return born.place(own) if own is not None else setting_line(born, cause)
    if name in LOSS_SETTINGS:
        return loss_line(born, node, cause)
    kinds = keras.metrics.Metric if name == "metric-threshold" else keras.layers.Layer
    if name.startswith("layer-") or name in ("metric-threshold", "statistics-momentum"):
        return born.place(owner_of(born, node, kinds))
    return None


def _ended(trace: Trace | None) -> Place | None:
    """Return the line on which the function of the user's ended that the tool had called."""
    ends = [r.place for r in trace.returns if r.caller is None] if trace else []
    return returned(ends[-1]) if ends else None


def _widest_line(climb: Climb) -> Place | None:
    """Return where the variable was made whose start is spread the widest against the other's."""
    ours, theirs = climb.stand.drawn[LOOP], climb.stand.drawn[REFERENCE]
    program = climb.stand.first[LOOP]
    ratios = [
        float(np.std(a)) / (float(np.std(b)) or 1.0) if b.ndim > 1 else 0.0
        for a, b in zip(ours, theirs, strict=True)
    ]
    return program.born.place(program.variables[int(np.argmax(ratios))])


def their_lines(climb: Climb, difference: Difference) -> list[Placed]:
    """Return the lines of the reference's side, in the same order."""
    program = climb.stand.first[REFERENCE]
    run: Run = difference.scene.theirs if difference.scene else climb.plain[1]
    node = difference.spot.parting.their_first if difference.spot.parting else None
    born = run.program.born if run.program else program.born
    return _each_once(_with_way(_their_place(difference, run, born, node), node, born))


def _their_place(difference: Difference, run: Run, born: Births, node: Node | None) -> Place | None:
    if node is not None and node.place is not None:
        return node.place
    if difference.spot.rung == "loss" and (loss := owner_of(born, node, keras.losses.Loss)):
        return born.place(loss)
    if node is not None and node.layer and (made := layer_line(run, node.layer)):
        return made
    if difference.spot.rung in ("update", "state") and (line := optimizer_line(born)):
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
