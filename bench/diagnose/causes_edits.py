"""Cures that change one operation of the user's line: its axis, its kind, a factor too many.

An edit holds for every op of its kind that its line makes, in every step and in predictions, so a
line that is run for each layer is mended for all of them at once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.align import PLUMBING, SOURCES
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.op_watch import run_again
from bench.diagnose.places import Place
from bench.diagnose.scene import Scene
from bench.diagnose.trace import Node, Trace

MAX_NODES = 10
REDUCTIONS = ("Sum", "Mean", "Max", "Min", "Prod")
BINARY = ("Mul", "AddV2", "Add", "Sub", "RealDiv")
UNARY = ("Relu", "Tanh", "Sigmoid", "Neg", "Square", "Sqrt", "Abs", "Exp", "Log", "Softmax")
COMPARISONS = {"Greater": "GreaterEqual", "GreaterEqual": "Greater",
               "Less": "LessEqual", "LessEqual": "Less"}  # fmt: skip

Make = Callable[[Any], Any]


@dataclass(frozen=True)
class Edit:
    """Another way to make an op's first output.

    Attributes:
        name: of the cause.
        words: what the loop does, and what it should.
        remedy: in short.
        make: the op's call -> the tensor instead.
    """

    name: str
    words: str
    remedy: str
    make: Make


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield the ops of ours from the parting on, each edited."""
    parting, align = scene.spot.parting, scene.align
    if parting is None or align is None:
        return
    start = parting.first.index if parting.first else 0
    seen: set[tuple[Any, ...]] = set()
    for node in parting.ours:
        line = node.key[:2]
        if node.index < start or node.kind in (*SOURCES, *PLUMBING) or line in seen:
            continue
        seen.add(line)
        if len(seen) > MAX_NODES or not node.place:
            continue
        for edit in _edits(align.ours, node):
            yield _cause(node, node.place, edit)


def _cause(node: Node, place: Place, edit: Edit) -> Cause:
    line = node.key[:2]

    def swap(call: Any, other: Node, watch: Any) -> None:
        _ = watch
        if other.key[:2] == line:
            made = edit.make(call)
            if made is not None:
                call.outputs[0] = made

    return Cause(
        edit.name,
        f"{edit.words} (line {place.line})",
        edit.remedy,
        Cure(f"on that line {edit.remedy}", at_op=swap),
        on="loop",
        nodes=(node,),
    )


def _edits(trace: Trace, node: Node) -> Iterator[Edit]:
    if node.kind in REDUCTIONS:
        yield from _axes(trace, node)
        yield from _reductions(node)
    if "padding" in node.attrs:
        yield from _paddings(node)
    if node.kind in COMPARISONS:
        other = COMPARISONS[node.kind]
        yield Edit("comparison", f"the loop compares by {node.kind}, the reference by {other}",
                   f"{other} for {node.kind}", _as_kind(other))  # fmt: skip
    if node.kind in BINARY:
        yield from _operands(trace, node)
        yield from _before_a_root(trace, node)
    if node.kind in UNARY and len(node.inputs) == 1:
        yield Edit("operation-extra", f"the loop takes {node.kind} where the reference does not",
                   f"{node.kind} left out", lambda call: call.inputs[0])  # fmt: skip


# over which axes, and sum or mean


def _axes(trace: Trace, node: Node) -> Iterator[Edit]:
    shape = trace.shapes.get(node.inputs[0], ())
    given = trace.values.get(node.inputs[1])
    if given is None or len(shape) < 2:
        return
    now = sorted(int(a) % len(shape) for a in np.ravel(given))
    every = tuple(range(len(shape)))
    tried = [(a,) for a in every] + [every, every[1:], every[:-1]]
    for axes in dict.fromkeys(tried):
        if list(axes) != now:
            yield Edit(
                "axis",
                f"the loop's {node.kind} goes over the axes {now} of {len(shape)}, the "
                f"reference's over {list(axes)}",
                f"axis={list(axes)}",
                _over(axes),
            )


def _over(axes: Sequence[int]) -> Make:
    def make(call: Any) -> Any:
        axis = tf.constant(list(axes), call.inputs[1].dtype)
        (made,) = run_again(call.kind, [call.inputs[0], axis], call.attrs, 1)
        fits = made.shape == call.outputs[0].shape or _keeps(call)
        return made if fits else None

    return make


def _keeps(call: Any) -> bool:
    attrs = dict(zip(call.attrs[::2], call.attrs[1::2], strict=True))
    return bool(attrs.get("keep_dims"))


def _reductions(node: Node) -> Iterator[Edit]:
    other = {"Sum": "Mean", "Mean": "Sum"}.get(node.kind)
    if other:
        yield Edit("reduction", f"the loop takes the {node.kind} where the reference takes the "
                   f"{other}", f"{other} for {node.kind}", _as_kind(other))  # fmt: skip


def _as_kind(kind: str) -> Make:
    return lambda call: run_again(kind, call.inputs, call.attrs, 1)[0]


def _paddings(node: Node) -> Iterator[Edit]:
    at = node.attrs.index("padding") + 1
    now = node.attrs[at]
    text = now.decode() if isinstance(now, bytes) else str(now)
    other = {"SAME": "VALID", "VALID": "SAME"}.get(text)

    def make(call: Any) -> Any:
        attrs = list(call.attrs)
        attrs[at] = other
        made = run_again(call.kind, call.inputs, attrs, len(call.outputs))
        return made[0]

    if other:
        yield Edit("padding", f"the loop's {node.kind} has padding {text}, the reference's {other}",
                   f"padding {other}", make)  # fmt: skip


# an operand left out, an epsilon before the root


def _operands(trace: Trace, node: Node) -> Iterator[Edit]:
    whole = trace.shapes.get(node.outputs[0])
    for n, side in enumerate(("left", "right")):
        if trace.shapes.get(node.inputs[n]) == whole:
            what = "factor" if node.kind in ("Mul", "RealDiv") else "term"
            other = ("right", "left")[n]
            yield Edit(
                f"{what}-extra",
                f"the loop has a {what} too many: the {other} side of {node.kind}",
                f"the {side} side alone",
                lambda call, n=n: call.inputs[n],  # type: ignore[misc]
            )


def _before_a_root(trace: Trace, node: Node) -> Iterator[Edit]:
    """Yield that a number is added outside of a root and not under it."""
    roots: dict[int, str] = {}
    for n, tensor in enumerate(node.inputs):
        made = trace.maker.get(tensor)
        if made is not None and made.kind in ("Sqrt", "Rsqrt"):
            roots[n] = made.kind
    numbers = [n for n, t in enumerate(node.inputs) if t not in trace.maker]
    if node.kind not in ("AddV2", "Add") or len(roots) != 1 or not numbers:
        return
    n, kind = next(iter(roots.items()))
    invert = tf.square if kind == "Sqrt" else lambda r: 1 / tf.square(r)

    def make(call: Any) -> Any:
        return getattr(tf.math, kind.lower())(invert(call.inputs[n]) + call.inputs[1 - n])

    yield Edit(
        "epsilon-outside-root",
        "the loop adds its epsilon outside of the square root, the reference under it",
        "tf.sqrt(variance + epsilon)",
        make,
    )
