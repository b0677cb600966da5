"""The loop's update, taken out of its step: what it makes of given gradients and weights.

The ops behind ``tape.gradient`` are run again by themselves, step after step, on the reference's
own weights and gradients, with what the loop keeps between its steps (its slots, its counter)
carried along. A change to one op is so tried in a millisecond, where a run of the program with
that change takes a second.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.op_watch import OpCall, run_again
from bench.diagnose.rule_ops import asked, behind, handles_read, is_write, needed, unseen_reads
from bench.diagnose.trace import Node, Trace

GRADIENT, WEIGHT = "gradient", "weight"
Part = tuple[Any, ...]
Look = Callable[[Any], Any]
State = dict[int, Any]


@dataclass(frozen=True)
class Edit:
    """One change to the update.

    Attributes:
        name, words, remedy: of the cause that it stands for.
        node: an op that it is made at, in a recorded step.
        fits: whether it changes an op, given by its part.
        change: (the op's call, look, the step counted from 1) -> its output instead, or None.
            ``look`` returns another tensor of the same variable: of a part, or its gradient or
            weight.
        value: the number at fault, where its definition is and not its use.
    """

    name: str
    words: str
    remedy: str
    node: Node
    fits: Callable[[Part], bool]
    change: Callable[[OpCall, Look, int], Any]
    value: float | None = None


class Parts:
    """Which ops of an update are the same one, for another variable.

    Args:
        trace: a step.
        n: how many variables the update goes through.
    """

    def __init__(self, trace: Trace, n: int, weights: set[int]) -> None:
        alike = Counter(node.key[:2] for node in trace.nodes)
        moves = [m.index for m in trace.nodes if is_write(m) and m.inputs[0] in weights]
        self.each: dict[Part, int] = {}
        first: dict[Part, Node] = {}
        for node in trace.nodes:
            begun = first.setdefault(node.key[:2], node)
            shape = trace.shapes.get(node.outputs[0], ()) if node.outputs else ()
            between = any(begun.index < i < node.index for i in moves)
            if alike[node.key[:2]] % n == 0 and (shape or between or is_write(node)):
                self.each[node.key[:2]] = alike[node.key[:2]] // n

    def of(self, key: Part) -> Part:
        """Return the part that an op is, by its key."""
        return (*key[:2], (key[2] - 1) % self.each.get(key[:2], 1 << 30))

    def turn(self, key: Part) -> int | None:
        """Return for which of the variables an op runs, or None where it runs for all."""
        return (key[2] - 1) // self.each[key[:2]] if key[:2] in self.each else None

    def key(self, part: Part, turn: int | None) -> Part | None:
        """Return the key of a part in a turn."""
        each = self.each.get(part[:2])
        if each is None:
            return (*part[:2], part[2] + 1)
        return None if turn is None else (*part[:2], turn * each + part[2] + 1)


@dataclass
class Rule:
    """An update.

    Attributes:
        traces: of each step.
        handles: of the weights.
        which: the weights that are followed.
        turns: the weights in the order in which the update goes through them.
        needed: of each step, the ops that move these weights.
        unseen: of each step, the variable that a tensor was read from without an op.
    """

    traces: list[Trace]
    handles: list[int]
    which: list[int]
    turns: list[int] = field(init=False)
    parts: Parts = field(init=False)
    needed: list[list[Node]] = field(init=False)
    unseen: list[dict[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        trace = self.traces[-1]
        written = [n.inputs[0] for n in behind(trace) if is_write(n)]
        order = {h: i for i, h in enumerate(self.handles)}
        self.turns = [order[h] for h in dict.fromkeys(written) if h in order]
        self.parts = Parts(trace, max(1, len(self.turns)), set(self.handles))
        self.unseen = [unseen_reads(t) for t in self.traces]
        followed = {self.handles[i] for i in self.which}
        both = zip(self.traces, self.unseen, strict=True)
        self.needed = [needed(trace, followed, reads) for trace, reads in both]

    def slots(self) -> list[int]:
        """Return the handles of what the update keeps from step to step, weights apart."""
        return [h for h in handles_read(self.needed[-1], self.unseen[-1]) if h not in self.handles]

    def begun(self) -> State:
        """Return what the loop keeps, as the first step found it."""
        trace, state = self.traces[0], State()
        for node in self.needed[0]:
            if node.kind == "ReadVariableOp":
                state.setdefault(node.inputs[0], tf.constant(trace.values[node.outputs[0]]))
            elif is_write(node) and node.inputs[0] not in state:
                new, delta = (trace.values[i] for i in (node.outputs[0], node.inputs[1]))
                sign = {"AssignAddVariableOp": 1, "AssignSubVariableOp": -1}.get(node.kind, 0)
                state[node.inputs[0]] = tf.constant(np.asarray(new - sign * delta, new.dtype))
        return state

    def step(
        self,
        number: int,
        state: State,
        weights: list[np.ndarray],
        gradients: dict[int, Any],
        edit: Edit | None = None,
        fixed: dict[Part, Any] | None = None,
    ) -> State:
        """Take a step: change the state, the weights among it, and return it.

        Args:
            number: of the step, counted from 0.
            gradients: by weight.
            fixed: values that parts have without being computed.
        """
        at = min(number, len(self.traces) - 1)
        trace = self.traces[at]
        for i in self.which:
            state[self.handles[i]] = tf.constant(weights[i])
        made = {
            result: tf.cast(gradients[self.handles.index(source)], trace.values[result].dtype)
            for source, result in asked(trace)
            if source in self.handles and gradients.get(self.handles.index(source)) is not None
        }
        moved = {n.inputs[0] for n in self.needed[at] if is_write(n)}
        taken = _Step(
            self,
            trace,
            state,
            made,
            edit,
            fixed or {},
            number,
            gradients,
            weights,
            moved,
            self.unseen[at],
        )
        for node in self.needed[at]:
            taken.do(node)
        return state


@dataclass
class _Step:
    """One step in progress."""

    rule: Rule
    trace: Trace
    state: State
    made: dict[int, Any]
    edit: Edit | None
    fixed: dict[Part, Any]
    number: int
    gradients: dict[int, Any]
    weights: list[np.ndarray]
    moved: set[int]
    unseen: dict[int, int]
    by_key: dict[Part, Any] = field(default_factory=dict)

    def do(self, node: Node) -> None:
        """Run one op, with its change if it has one."""
        part = self.rule.parts.of(node.key)
        inputs = [self._given(i) for i in node.inputs[:1] if not _takes_handle(node)]
        inputs += [self._given(i) for i in node.inputs[1:] if node.kind != "ReadVariableOp"]
        outputs = self._run(node, inputs, part)
        if self.edit is not None and self.edit.fits(part):
            call = OpCall(node.kind, tuple(inputs), node.attrs, list(outputs))
            changed = self.edit.change(call, self._look(node), self.number + 1)
            outputs = outputs if changed is None else [changed, *outputs[1:]]
        if is_write(node):
            self.state[node.inputs[0]] = outputs[0]
        self.made |= dict(zip(node.outputs, outputs, strict=False))
        self.by_key[node.key] = outputs[0]

    def _run(self, node: Node, inputs: list[Any], part: Part) -> list[Any]:
        if node.kind == "ReadVariableOp":
            return [self.fixed.get(part, self._read(node))]
        if is_write(node):
            return [_written(node.kind, self.state[node.inputs[0]], inputs[0])]
        return run_again(node.kind, inputs, node.attrs, len(node.outputs))

    def _read(self, node: Node) -> Any:
        """Return what a variable holds; as it was recorded, where no op of the update moves it."""
        if node.inputs[0] in self.moved:
            return self.state[node.inputs[0]]
        return tf.constant(self.trace.values[node.outputs[0]])

    def _given(self, tensor: int) -> Any:
        if tensor in self.unseen and self.unseen[tensor] in self.moved:
            return self.state[self.unseen[tensor]]
        if tensor not in self.made:
            self.made[tensor] = tf.constant(self.trace.values[tensor])
        return self.made[tensor]

    def _look(self, node: Node) -> Look:
        turn = self.rule.parts.turn(node.key)

        def look(what: Any) -> Any:
            if what in (GRADIENT, WEIGHT):
                of = self.gradients if what == GRADIENT else self.weights
                return None if turn is None else tf.constant(of[self.rule.turns[turn]])
            key = self.rule.parts.key(what, turn)
            return None if key is None else self.by_key.get(key)

        return look


def _written(kind: str, now: Any, given: Any) -> Any:
    """Return what a variable holds after a write."""
    if kind == "AssignAddVariableOp":
        return now + given
    return now - given if kind == "AssignSubVariableOp" else given


def _takes_handle(node: Node) -> bool:
    return node.kind == "ReadVariableOp" or is_write(node)
