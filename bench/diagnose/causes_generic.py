"""Cures that need hardly a name: a number for a number, a gradient let through."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.align import Alignment, Parting
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.layers import flat_layers
from bench.diagnose.op_watch import run_again
from bench.diagnose.places import numbers_at, where_set
from bench.diagnose.scene import Scene
from bench.diagnose.spot import main_call
from bench.diagnose.trace import Node, Trace

MAX_CONSTANTS = 6


def constants(
    scene: Scene, align: Alignment | None = None, parting: Parting | None = None
) -> Iterator[Cause]:
    """Yield each number of our ops replaced by one that only the other side's ops use."""
    align, parting = align or scene.align, parting or scene.spot.parting
    if align is None or parting is None:
        return
    ours = _constants(align.ours, parting.ours)
    theirs = sorted(_constants(align.theirs, parting.theirs), key=abs) + _configured(scene, parting)
    only_ours = [c for c in ours if not _among(c, theirs)] or list(ours)
    only_theirs = list(dict.fromkeys(c for c in theirs if not _among(c, list(ours))))
    for value in only_ours[:MAX_CONSTANTS]:
        for other in only_theirs[:MAX_CONSTANTS]:
            yield _constant(ours, value, other)


def numbers_of_ours(scene: Scene) -> list[float]:
    """Return the numbers in the user's statement at the parting, and those of the ops after it."""
    parting = scene.spot.parting
    if scene.align is None or parting is None:
        return []
    place = parting.first.place if parting.first else None
    written = numbers_at(place) if place else []
    region = parting.ours
    call = main_call(scene.align.ours)
    if scene.spot.rung == "update" and call is not None:  # its slots may be equal so far
        region = [n for n in scene.align.ours.nodes if n.index >= call.at]
    given = list(_constants(scene.align.ours, region))[: 2 * MAX_CONSTANTS]
    return list(dict.fromkeys([*written, *given]))


def _among(value: float, values: Sequence[float]) -> bool:
    return any(abs(value - v) <= 1e-6 * max(abs(v), abs(value)) for v in values)


def _constants(trace: Trace, region: list[Node]) -> dict[float, list[Node]]:
    """Return the numbers that ops of a region were given as they stand, with those ops."""
    by_number: dict[float, list[Node]] = {}
    for node in region:
        for tensor in node.inputs:
            value = trace.scalar(tensor)
            given = tensor not in trace.maker and value is not None and np.isfinite(value)
            if given and trace.values[tensor].dtype.kind == "f" and trace.shapes[tensor] == ():
                by_number.setdefault(float(value or 0.0), []).append(node)
    return by_number


def _configured(scene: Scene, parting: Parting) -> list[float]:
    """Return the numbers that the reference's layer there was made with."""
    node = parting.their_first
    if scene.model is None or node is None or node.layer is None:
        return []
    for layer in flat_layers(scene.model):
        if layer.name == node.layer:
            return [float(v) for v in layer.get_config().values() if isinstance(v, float)]
    return []


def _constant(ours: dict[float, list[Node]], value: float, other: float) -> Cause:
    nodes = ours[value]
    swaps = {value: other}
    for complement, others in ours.items():
        if abs(complement - (1 - value)) < 1e-6 and 0 < value < 1 and complement != value:
            swaps[complement] = 1 - other
            nodes = [*nodes, *others]
    keys = {n.key for n in nodes}

    def swap(call: Any, node: Node, watch: Any) -> None:
        _ = watch
        if node.key in keys and not call.is_write:
            inputs = [_swapped(t, swaps) for t in call.inputs]
            call.outputs[:] = run_again(call.kind, inputs, call.attrs, len(call.outputs))

    place = nodes[0].place
    at = where_set(place, value) if place else None
    where = f" (line {at.line})" if at else ""
    return Cause(
        "constant",
        f"the loop uses {value:.6g}{where} where the reference uses {other:.6g}",
        f"put {other:.6g} in the place of {value:.6g}{where}",
        Cure(f"{other:.6g} in the place of {value:.6g} in the loop", at_op=swap),
        on="loop",
        value=value,
        theirs=other,
        nodes=tuple(nodes),
    )


def _swapped(tensor: Any, swaps: dict[float, float]) -> Any:
    if not hasattr(tensor, "dtype") or not tensor.dtype.is_floating or tensor.shape.rank != 0:
        return tensor
    number = float(tensor.numpy())
    for old, new in swaps.items():
        if abs(number - old) <= 1e-6 * abs(old):
            return tf.constant(new, tensor.dtype)
    return tensor


def stopped(scene: Scene) -> Iterator[Cause]:
    """Yield that a stop_gradient of ours cuts variables off."""
    align = scene.align
    if align is None:
        return
    nodes = [n for n in align.ours.nodes if n.kind == "StopGradient" and n.place]
    keys = {n.key for n in nodes}

    def pass_on(call: Any, node: Node, watch: Any) -> None:
        _ = watch
        if node.key in keys:
            call.outputs[0] = call.inputs[0]  # itself: nothing new is recorded in there

    if nodes:
        yield Cause(
            "stop-gradient",
            "tf.stop_gradient cuts the gradient off where the reference's flows",
            "leave out tf.stop_gradient",
            Cure("the loop's stop_gradient left out", at_op=pass_on),
            on="loop",
            nodes=tuple(nodes),
        )
