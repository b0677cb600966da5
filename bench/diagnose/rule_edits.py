"""Small changes to an update written by hand: another number, operation, operand, a factor."""

from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from bench.diagnose.align import PLUMBING, SOURCES
from bench.diagnose.op_watch import OpCall, run_again
from bench.diagnose.rule import GRADIENT, WEIGHT, Edit, Look, Part, Rule
from bench.diagnose.rule_numbers import RATE, Numbers
from bench.diagnose.rule_ops import is_write
from bench.diagnose.trace import Node, Trace

OTHER_KIND = {"Mul": "RealDiv", "RealDiv": "Mul", "AddV2": "Sub", "Sub": "AddV2", "Add": "Sub",
              "Maximum": "Minimum", "Minimum": "Maximum"}  # fmt: skip
BINARY = tuple(OTHER_KIND)
REDUCTIONS = ("Mean", "Sum", "Max", "Min")
UNARY = ("Sqrt", "Square", "Abs", "Neg", "Sign", "Rsqrt", "Reciprocal", *REDUCTIONS)
FUNCTIONS = {"Sqrt": tf.sqrt, "Square": tf.square, "Neg": tf.negative, "Abs": tf.abs}
TINY = 1e-2  # an epsilon is smaller


def edits(rule: Rule, numbers: Numbers) -> Iterator[Edit]:
    """Yield changes, those that say most first; each of them part by part, in the order of ops."""
    trace, seen = rule.traces[-1], dict[Part, Node]()
    for node in rule.needed[-1]:
        if node.place is not None and node.outputs and node.kind not in SOURCES:
            seen.setdefault(rule.parts.of(node.key), node)
    parts = {p: n for p, n in seen.items() if n.kind not in PLUMBING}
    for part, node in parts.items():
        yield from _constants(rule, trace, part, node, numbers)
    for make in (_kinds, _left_out):
        for part, node in parts.items():
            yield from make(trace, part, node)
    for part, node in parts.items():
        yield from _operands(rule, trace, part, node, seen)
    for part, node in parts.items():
        yield from _functions(trace, part, node)
    for part, node in parts.items():
        yield from _factors(trace, part, node, numbers)


def _at(part: Part) -> Any:
    return lambda other: other == part


def _again(call: OpCall, inputs: Any, kind: str | None = None) -> Any:
    return run_again(kind or call.kind, inputs, call.attrs, 1)[0]


# another number


def _constants(
    rule: Rule, trace: Trace, part: Part, node: Node, numbers: Numbers
) -> Iterator[Edit]:
    """Yield the numbers of an op replaced: on its whole line, shares and their rest; then there."""
    if is_write(node):
        return
    for c in _scalars(trace, node):
        if numbers.plain.get(float(f"{c:.6g}")) == RATE:  # it is right as it is
            continue
        elsewhere = [n for n in rule.needed[-1] if c in _scalars(trace, n)]
        alone = all(n.place == node.place for n in elsewhere)
        for other, name in numbers.plain.items():
            if abs(other - c) <= 1e-6 * max(abs(c), abs(other)):
                continue
            for fits in (lambda p: p[1] == part[1], _at(part)):
                yield Edit(
                    "update-number",
                    f"the loop's update has {c:.6g} there, the reference's {other:.6g} ({name})",
                    f"{other:.6g} in the place of {c:.6g}",
                    node,
                    fits,
                    _swapped({c: other, 1 - c: 1 - other} if 0 < c < 1 else {c: other}),
                    value=c if alone else None,
                )


def _scalars(trace: Trace, node: Node) -> list[float]:
    """Return the numbers that an op is given as they stand."""
    given = [i for i in node.inputs if i not in trace.maker and trace.shapes.get(i) == ()]
    return [float(trace.values[i]) for i in given if trace.values[i].dtype.kind == "f"]


def _swapped(swaps: dict[float, float]) -> Any:
    def change(call: OpCall, look: Look, step: int) -> Any:
        _ = look, step
        inputs = [_other(t, swaps) for t in call.inputs]
        if all(a is b for a, b in zip(inputs, call.inputs, strict=True)):
            return None
        return _again(call, inputs)

    return change


def _other(tensor: Any, swaps: dict[float, float]) -> Any:
    plain = hasattr(tensor, "dtype") and tensor.dtype.is_floating and tensor.shape.rank == 0
    number = float(tensor.numpy()) if plain else 0.0
    for old, new in swaps.items() if plain else ():
        if abs(number - old) <= 1e-6 * abs(old):
            return tf.constant(new, tensor.dtype)
    return tensor


# another operation, or none


def _kinds(trace: Trace, part: Part, node: Node) -> Iterator[Edit]:
    _ = trace
    other = OTHER_KIND.get(node.kind)
    if other:
        yield Edit(
            "update-operation", f"the loop's update has {node.kind} there, the reference's {other}",
            f"{other} for {node.kind}", node, _at(part),
            lambda call, look, step: _again(call, call.inputs, other),
        )  # fmt: skip
    if node.kind in ("AssignAddVariableOp", "AssignSubVariableOp"):
        sign = -2.0 if node.kind == "AssignAddVariableOp" else 2.0
        yield Edit(
            "update-operation", "the loop's update moves there the other way than the reference's",
            "assign_sub for assign_add" if sign < 0 else "assign_add for assign_sub", node,
            _at(part), lambda call, look, step: call.outputs[0] + sign * call.inputs[-1],
        )  # fmt: skip


def _left_out(trace: Trace, part: Part, node: Node) -> Iterator[Edit]:
    if node.kind in UNARY:
        yield Edit(
            "update-operation", f"the loop's update takes {node.kind} there, the reference's does "
            "not", f"{node.kind} left out", node, _at(part),
            lambda call, look, step: call.inputs[0],
        )  # fmt: skip
    for n in (0, 1) if node.kind in BINARY else ():
        if trace.shapes.get(node.inputs[n]) == trace.shapes.get(node.outputs[0]):
            what = "factor" if node.kind in ("Mul", "RealDiv") else "term"
            yield Edit(
                "update-operation", f"the loop's update has a {what} too many there: the "
                f"{('right', 'left')[n]} side of {node.kind}",
                f"the {('left', 'right')[n]} side alone", node, _at(part),
                _side(n),
            )  # fmt: skip


def _side(n: int) -> Any:
    return lambda call, look, step: call.inputs[n]


# another tensor of the same variable


def _operands(
    rule: Rule, trace: Trace, part: Part, node: Node, parts: dict[Part, Node]
) -> Iterator[Edit]:
    if is_write(node):
        return
    for n in _tensors(trace, node):
        shape = trace.shapes[node.inputs[n]]
        before = [
            p
            for p, other in parts.items()
            if other.index < node.index
            and trace.shapes.get(other.outputs[0]) == shape
            and other.outputs[0] not in node.inputs
        ]
        for what in (GRADIENT, WEIGHT, *before):
            yield Edit(
                "update-operand",
                f"the loop's update takes {_named(node, n)} there, the reference's "
                f"{_told(what, parts)}",
                f"{_told(what, parts)} in its place",
                node,
                _at(part),
                _replaced(n, what),
            )


def _tensors(trace: Trace, node: Node) -> list[int]:
    """Return which inputs of an op are computed floats."""
    return [
        n
        for n, i in enumerate(node.inputs)
        if i in trace.values
        and trace.values[i].dtype.kind == "f"
        and (i in trace.maker or trace.shapes[i] != ())
        and node.kind not in ("Reshape", *SOURCES)
    ]


def _named(node: Node, n: int) -> str:
    return f"the {('first', 'second', 'third')[min(n, 2)]} operand of {node.kind}"


def _told(what: Any, parts: dict[Part, Node]) -> str:
    if what == GRADIENT:
        return "the gradient"
    if what == WEIGHT:
        return "the weight"
    node = parts[what]
    return f"what {node.kind} makes on line {node.place.line if node.place else '?'}"


def _replaced(n: int, what: Any) -> Any:
    def change(call: OpCall, look: Look, step: int) -> Any:
        _ = step
        other = look(what)
        if other is None or other.shape != call.inputs[n].shape:
            return None
        inputs = [tf.cast(other, t.dtype) if i == n else t for i, t in enumerate(call.inputs)]
        return _again(call, inputs)

    return change


# a function or a factor that is missing


def _functions(trace: Trace, part: Part, node: Node) -> Iterator[Edit]:
    if is_write(node):
        return
    for n in _tensors(trace, node):
        for name, function in FUNCTIONS.items():
            yield Edit(
                "update-operation",
                f"the reference's update takes the {name} of {_named(node, n)} there, the loop's "
                "takes it as it is",
                f"{name} of {_named(node, n)}",
                _meant(trace, node, n),
                _at(part),
                _put_in(n, lambda t, step, function=function: function(t)),
            )


def _meant(trace: Trace, node: Node, n: int) -> Node:
    """Return the op on whose line a function of an operand is missing: what makes it, or takes it.

    A number of its own and a sum with an epsilon are made to have their root taken; moments not.
    """
    maker = trace.maker.get(node.inputs[n])
    if maker is None or maker.place is None or maker.kind == "ReadVariableOp":
        return node
    tiny = maker.kind in ("AddV2", "Add") and any(0 < c < TINY for c in _scalars(trace, maker))
    return maker if tiny or trace.shapes.get(node.inputs[n]) == () else node


def _factors(trace: Trace, part: Part, node: Node, numbers: Numbers) -> Iterator[Edit]:
    if is_write(node):
        return
    for n in _tensors(trace, node):
        for name in numbers.factors(1):
            yield Edit(
                "update-factor",
                f"{_named(node, n)} there is to be multiplied by {name}, as the reference's is",
                f"multiply it by {name}",
                node,
                _at(part),
                _put_in(n, lambda t, step, name=name: t * tf.cast(
                    numbers.factors(step)[name], t.dtype)),
            )  # fmt: skip


def _put_in(n: int, function: Any) -> Any:
    def change(call: OpCall, look: Look, step: int) -> Any:
        _ = look
        inputs = list(call.inputs)
        inputs[n] = function(inputs[n], step)
        return _again(call, inputs)

    return change
