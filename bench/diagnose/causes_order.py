"""Hypotheses about what a step does twice, or one thing after another: writes to variables."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.scene import Scene
from bench.diagnose.stand import Run
from bench.diagnose.trace import Node, Trace
from bench.diagnose.where_made import is_optimizer


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield what the order of reads and writes in a step says; nothing where it is the usual."""
    if scene.align is None or hasattr(scene.ours.program, "stand_ins"):
        return  # the ops of a graph run in the order in which they were made
    yield from _in_turn(scene, scene.align.ours)
    yield from _twice(scene, scene.align.ours, scene.align.theirs)


def _writes(trace: Trace, run: Run) -> dict[int, list[Node]]:
    """Return the writes to each weight in a step, in order, by its number."""
    place = {handle: i for i, handle in enumerate(run.handles)}
    writes: dict[int, list[Node]] = {}
    for node in trace.nodes:
        written = bool(node.inputs) and ("Assign" in node.kind or "Apply" in node.kind)
        if written and node.inputs[0] in place:
            writes.setdefault(place[node.inputs[0]], []).append(node)
    return writes


# a gradient that is taken after some weights have moved already


def _in_turn(scene: Scene, trace: Trace) -> Iterator[Cause]:
    """Yield that weights move before the gradients of others are taken."""
    writes = _writes(trace, scene.ours)
    last = max((c.at for c in trace.gradients), default=0)
    gradients = scene.ours.gradients if trace.gradients else scene.theirs.gradients
    trained = [i for i, g in enumerate(gradients[scene.step]) if g is not None]
    early = [n for i in trained for n in writes.get(i, ()) if n.index < last]
    if not trace.gradients:
        early = _read_again(trace, {scene.ours.handles[i]: writes.get(i, []) for i in trained})
    if not early:
        return
    held = Held(trained)
    yield Cause(
        "updates-in-turn",
        "the gradients of a step are taken one after another, each at weights that the ones "
        "before it have already moved; the reference takes all of them at the same weights",
        "take all gradients by one tape.gradient(loss, variables), then update",
        Cure(
            "the loop's updates held back until the end of its step",
            at_op=held.hold_back,
            after_step=held.let_go,
        ),
        on="loop",
        nodes=(min(early, key=lambda n: n.index),),
    )


def _read_again(trace: Trace, writes: dict[int, list[Node]]) -> list[Node]:
    """Return the reads of weights that were written before in the step, of one without a tape."""
    last = max((n.index for nodes in writes.values() for n in nodes), default=0)
    return [
        n
        for n in trace.nodes
        if n.kind == "ReadVariableOp"
        and n.index < last
        and any(w.index < n.index for w in writes.get(n.inputs[0], ()))
    ]


class Held:
    """Writes to weights that wait for the end of the step."""

    def __init__(self, which: list[int]) -> None:
        self.which = which
        self.now: dict[int, Any] = {}  # by handle: what the variable holds
        self.moves: dict[int, Any] = {}

    def hold_back(self, call: Any, node: Node, watch: Any) -> None:
        """Undo a write once it is done, and keep by how much it moved the weight."""
        _ = node
        handle = getattr(call.inputs[0], "_id", 0) if call.inputs else 0
        if call.kind == "ReadVariableOp":
            self.now[handle] = call.outputs[0]
        elif call.is_write and handle in self._handles(watch) and handle in self.now:
            move = call.read_back() - self.now[handle]
            self.moves[handle] = self.moves[handle] + move if handle in self.moves else move
            _set(call.inputs[0], self.now[handle])

    def let_go(self, program: Any, before: list[np.ndarray], step: int) -> None:
        """Move the weights by what was kept."""
        _ = step
        now, handles = program.read(), program.handles()
        for i in self.which:
            if handles[i] in self.moves:
                now[i] = before[i] + self.moves[handles[i]].numpy()
        self.now, self.moves = {}, {}  # first: this write is to stay
        program.write(now)

    def _handles(self, watch: Any) -> set[int]:
        handles = watch.program.handles()
        return {handles[i] for i in self.which}


def _set(handle: Any, value: Any) -> None:
    tf.raw_ops.AssignVariableOp(resource=handle, value=value)


# a variable that is written more than once a step


def _twice(scene: Scene, ours: Trace, theirs: Trace) -> Iterator[Cause]:
    """Yield that some variables are written more often in a step than the reference's are."""
    mine, other = _writes(ours, scene.ours), _writes(theirs, scene.theirs)
    apart = {q.key for q in scene.spot.apart if q.kind == "weight" and q.step == scene.step}
    born = scene.ours.program.born if scene.ours.program is not None else None
    steppers = {id(part) for part in born.parts if is_optimizer(part)} if born else set()
    own = {i for i in mine if all(steppers & set(n.owners) for n in mine[i])}  # its decay, say
    often = [
        i for i in mine if i in apart and i not in own and len(mine[i]) > len(other.get(i, ())) > 0
    ]
    if not often:
        return
    names = ", ".join(scene.name(i) for i in often)
    times = Counter(len(mine[i]) for i in often).most_common(1)[0][0]
    second = tuple(mine[i][1] for i in often)
    for kept, words, undo in (
        (0, "the first", _first_alone),
        (-1, "the last", _last_alone),
    ):
        yield Cause(
            "updated-twice",
            f"{names}: updated {times} times in a step, by the reference once: the layer is "
            "called more than once in training mode",
            "call the layer with training=True once a step, and use what it returned",
            Cure(f"{words} of these updates of a step kept alone", at_op=undo(scene, often)),
            on="loop",
            nodes=second if kept == 0 else (mine[often[0]][0],),
        )


def _first_alone(scene: Scene, which: list[int]) -> Callable[[Any, Any, Any], None]:
    """Return what undoes every write to some weights but the first of a step."""
    _ = scene
    written: dict[tuple[int, int], Any] = {}

    def undo(call: Any, node: Node, watch: Any) -> None:
        _ = node
        key = _written(call, watch, which)
        if key is None:
            return
        if key in written:
            _set(call.inputs[0], written[key])
        else:
            written[key] = call.read_back()

    return undo


def _last_alone(scene: Scene, which: list[int]) -> Callable[[Any, Any, Any], None]:
    """Return what undoes the first writes to some weights, as many as are one too many."""
    assert scene.align is not None
    n = {i: len(nodes) for i, nodes in _writes(scene.align.ours, scene.ours).items()}
    before: dict[Any, Any] = {}
    count: Counter[Any] = Counter()

    def undo(call: Any, node: Node, watch: Any) -> None:
        _ = node
        handle = getattr(call.inputs[0], "_id", None) if call.inputs else None
        key = _written(call, watch, which)
        if call.kind == "ReadVariableOp":
            before.setdefault((watch.step, handle), call.outputs[0])
        elif key is not None and key in before:
            count[key] += 1
            if count[key] < n[watch.program.handles().index(handle)]:
                _set(call.inputs[0], before[key])

    return undo


def _written(call: Any, watch: Any, which: list[int]) -> tuple[int, int] | None:
    """Return (step, handle) where an op writes one of some weights."""
    if not call.is_write:
        return None
    handle, handles = getattr(call.inputs[0], "_id", 0), watch.program.handles()
    return (watch.step, handle) if handle in {handles[i] for i in which} else None
