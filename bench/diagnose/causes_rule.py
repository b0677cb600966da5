"""Hypotheses about an update written by hand: which one change to it would mend it.

Changes are tried on the update taken by itself (``rule``), on the reference's trajectory; only one
with which it makes the reference's weights, step after step, is tried on the program.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.places import Place
from bench.diagnose.rule import GRADIENT, WEIGHT, Edit, Look, Part, Rule, State
from bench.diagnose.rule_beside import Beside, beside
from bench.diagnose.rule_edits import edits
from bench.diagnose.rule_ops import is_write
from bench.diagnose.scene import Scene
from bench.diagnose.stand import LOOP
from bench.diagnose.trace import Node
from bench.diagnose.watch import handle_id, live_variable

MAX_FOUND = 12
STARTS = (0.0, 0.1, 1.0)


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield the changes with which the loop's own update is the reference's."""
    try:
        tried = beside(scene)
    except Exception:  # an update that cannot be taken out of its step
        return
    if tried is None:
        return
    yield from _orders(tried)
    yield from _starts(tried)
    found = 0
    for edit in edits(tried.rule, tried.numbers):
        if found >= MAX_FOUND or scene.stand.is_late:
            return
        if tried.mends(edit):
            found += 1
            yield _edited(tried.rule, edit)


# one op changed


def _edited(rule: Rule, edit: Edit) -> Cause:
    def change(call: Any, node: Node, watch: Any) -> None:
        if not edit.fits(rule.parts.of(node.key)) or watch.at_end:
            return
        written = is_write(node)
        seen = replace(call, outputs=[call.read_back()]) if written else call
        made = edit.change(seen, _look(rule, node, watch), watch.step + 1)
        if written:
            tf.raw_ops.AssignVariableOp(resource=call.inputs[0], value=made)
        elif made is not None:
            call.outputs[0] = made

    line = edit.node.place.line if edit.node.place else 0
    return Cause(
        edit.name,
        f"{edit.words} (line {line})",
        edit.remedy,
        Cure(f"in the loop {edit.remedy}", at_op=change),
        on=LOOP,
        value=edit.value,
        nodes=(edit.node,),
    )


def _look(rule: Rule, node: Node, watch: Any) -> Look:
    """Return what finds another tensor of the same variable in a run of the program."""
    turn = rule.parts.turn(node.key)

    def look(what: Any) -> Any:
        if what not in (GRADIENT, WEIGHT):
            return watch.by_key.get((rule.parts.key(what, turn), 0))
        if turn is None:
            return None
        i = rule.turns[turn]
        if what == WEIGHT:
            return tf.convert_to_tensor(live_variable(i, watch))
        handle = watch.program.handles()[i]
        return next((tf.constant(c[handle]) for c in watch.gradients if handle in c), None)

    return look


# what is kept is read too early or too late


def _orders(tried: Beside) -> Iterator[Cause]:
    """Yield that a slot is read before it is renewed, or after, where it should be the other way.

    No op computes anything else then: the update as a whole is made again, in the other order.
    """
    rule = tried.rule
    for handle in rule.slots():
        for late in (False, True):
            reads = _reads(rule, handle, late)
            if not reads:
                continue
            parts = {rule.parts.of(n.key) for n in reads}
            if tried.mends(fixed=_in_order(rule, tried, parts, handle, late)):
                yield _reordered(rule, reads[0], parts, late)


def _reads(rule: Rule, handle: int, late: bool) -> list[Node]:
    """Return the reads of a slot before its write in a step, or after it, but for its own."""
    nodes = rule.needed[-1]
    writes = [n for n in nodes if is_write(n) and n.inputs[0] == handle]
    if len(writes) != 1:
        return []
    trace, own = rule.traces[-1], {n.index for n in writes}
    own |= {n.index for i in writes[0].inputs[1:] for n in trace.ancestors(i)}
    return [
        n
        for n in nodes
        if n.kind == "ReadVariableOp"
        and n.inputs[0] == handle
        and n.index not in own
        and (n.index > writes[0].index) == late
    ]


def _in_order(rule: Rule, tried: Beside, parts: set[Part], handle: int, late: bool) -> Any:
    def fixed(s: int, state: State) -> dict[Part, Any]:
        value = state[handle]
        if not late:
            theirs = tried.scene.theirs
            given = dict(enumerate(theirs.gradients[s]))
            value = rule.step(s, dict(state), theirs.weights[s], given)[handle]
        return dict.fromkeys(parts, value)

    return fixed


def _reordered(rule: Rule, node: Node, parts: set[Part], late: bool) -> Cause:
    """Return the cure that makes each step's update again, with a slot as it is at its other end.

    Each variable's is followed by itself: a part stands for as many reads as there are variables.
    """
    alone = [Rule(rule.traces, rule.handles, [i]) for i in rule.turns]
    held: list[State] = []

    def update(program: Any, before: list[np.ndarray], step: int) -> None:
        if step == 0:  # of another run
            held[:] = [r.begun() for r in alone]
        handles, now = program.handles(), program.read()
        given = {h: g for call in program.watch.gradients for h, g in call.items()}
        gradients = {i: given.get(h) for i, h in enumerate(handles)}
        for one, state in zip(alone, held, strict=True):
            (i,) = one.which
            slots = {n.inputs[0] for n in one.needed[-1] if one.parts.of(n.key) in parts}
            fixed: dict[Part, Any] = {}
            for handle in slots:
                value = state[handle]
                if not late:
                    value = one.step(step, dict(state), before, gradients)[handle]
                fixed |= dict.fromkeys(parts, value)
            now[i] = one.step(step, state, before, gradients, fixed=fixed)[one.handles[i]].numpy()
        program.write(now)

    there = f"line {node.place.line}" if node.place else "there"
    words = ("after" if late else "before", "before" if late else "after")
    return Cause(
        "update-order",
        f"the loop's update reads what it keeps between the steps {words[0]} it renews it "
        f"({there}), the reference's {words[1]}",
        f"use it {words[1]} it is renewed",
        Cure(f"the loop's update with that read {words[1]} it is renewed", after_step=update),
        on=LOOP,
        nodes=(node,),
    )


# where what is kept begins


def _starts(tried: Beside) -> Iterator[Cause]:
    """Yield that a slot starts at another value."""
    begun = tried.rule.begun()
    for handle in tried.rule.slots():
        now = begun.get(handle)
        if now is None or not now.dtype.is_floating or _made_at(tried, handle) is None:
            continue
        for value in STARTS:
            if not tried.mends(begun={handle: tf.fill(now.shape, tf.cast(value, now.dtype))}):
                continue
            node = next(n for n in tried.rule.needed[-1] if n.inputs[:1] == (handle,))
            yield _started(tried, node, value)


def _started(tried: Beside, node: Node, value: float) -> Cause:
    place = _made_at(tried, node.inputs[0])

    def start(program: Any) -> None:
        for variable in program.born.variables:
            if program.born.place(variable) == place:
                variable.assign(tf.fill(variable.shape, tf.cast(value, variable.dtype)))

    return Cause(
        "slot-start",
        "what the loop's update keeps between the steps starts at another value than the "
        f"reference's, which starts at {value:g}",
        f"start it at {value:g}",
        Cure(f"the loop's started at {value:g}", setup=start),
        on=LOOP,
        place=place,
        nodes=(node,),
    )


def _made_at(tried: Beside, handle: int) -> Place | None:
    """Return where a variable was made that the update keeps."""
    born = tried.run.program.born if tried.run.program is not None else None
    made = [v for v in born.variables if handle_id(v) == handle] if born else []
    return born.place(made[0]) if born and made else None
