"""Cures that need hardly a name: a number for a number, a gradient let through."""

import itertools
from collections.abc import Callable, Iterator, Sequence
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
TINY = 1e-3  # an epsilon is not taken for a weight


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
    large = [value for value in ours if abs(value) > TINY and value not in (0.5, 1.0)]
    for value, other in itertools.combinations(large[: MAX_CONSTANTS // 2], 2):
        yield _exchanged(ours, value, other)


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
    """Return the cause of one number for another, with its negative and the rest of a share."""
    swaps, nodes = {value: other}, ours[value]
    for beside, others in ours.items():
        if abs(beside - (1 - value)) < 1e-6 and 0 < value < 1 and beside != value:
            swaps[beside] = 1 - other
        elif beside == -value and value:
            swaps[beside] = -other
        else:
            continue
        nodes = [*nodes, *others]
    place = nodes[0].place
    at = where_set(place, value) if place else None
    where = f" (line {at.line})" if at else ""
    return Cause(
        "constant",
        f"the loop uses {value:.6g}{where} where the reference uses {other:.6g}",
        f"put {other:.6g} in the place of {value:.6g}{where}",
        Cure(f"{other:.6g} in the place of {value:.6g} in the loop", at_op=_swap(swaps, nodes)),
        on="loop",
        value=value,
        theirs=other,
        nodes=tuple(nodes),
    )


def _exchanged(ours: dict[float, list[Node]], value: float, other: float) -> Cause:
    """Return the cause that two numbers have changed places."""
    nodes = [*ours[value], *ours[other]]
    return Cause(
        "constants-exchanged",
        f"the loop uses {value:.6g} and {other:.6g} in each other's place",
        f"exchange {value:.6g} and {other:.6g}",
        Cure(f"{value:.6g} and {other:.6g} exchanged in the loop",
             at_op=_swap({value: other, other: value}, nodes)),
        on="loop",
        nodes=tuple(sorted(nodes, key=lambda n: n.index)),
    )  # fmt: skip


def _swap(swaps: dict[float, float], nodes: list[Node]) -> Any:
    keys = {n.key for n in nodes}

    def swap(call: Any, node: Node, watch: Any) -> None:
        _ = watch
        if node.key in keys and not call.is_write:
            inputs = [_swapped(t, swaps) for t in call.inputs]
            call.outputs[:] = run_again(call.kind, inputs, call.attrs, len(call.outputs))

    return swap


def _swapped(tensor: Any, swaps: dict[float, float]) -> Any:
    if not hasattr(tensor, "dtype") or not tensor.dtype.is_floating or tensor.shape.rank != 0:
        return tensor
    number = float(tensor.numpy())
    for old, new in swaps.items():
        if abs(number - old) <= 1e-6 * abs(old):
            return tf.constant(new, tensor.dtype)
    return tensor


def _instead(nodes: Sequence[Node], made: Callable[[Any], Any]) -> Callable[..., None]:
    """Return what puts another tensor in the place of the first output of some nodes."""
    keys = {n.key for n in nodes}

    def at_op(call: Any, node: Node, watch: Any) -> None:
        _ = watch
        if node.key in keys:
            call.outputs[0] = made(call)

    return at_op


def stopped(scene: Scene) -> Iterator[Cause]:
    """Yield that a stop_gradient of ours cuts variables off."""
    align = scene.align
    if align is None:
        return
    nodes = [n for n in align.ours.nodes if n.kind == "StopGradient" and n.place]
    if nodes:
        # itself: nothing new is recorded in there
        pass_on = _instead(nodes, lambda call: call.inputs[0])
        yield Cause(
            "stop-gradient",
            "tf.stop_gradient cuts the gradient off where the reference's flows",
            "leave out tf.stop_gradient",
            Cure("the loop's stop_gradient left out", at_op=pass_on),
            on="loop",
            nodes=tuple(nodes),
        )


def held_constant(scene: Scene) -> Iterator[Cause]:
    """Yield that gradients flow where the reference holds a tensor constant by stop_gradient."""
    align = scene.align
    call = main_call(align.ours) if align is not None else None
    if align is None or call is None:
        return
    ours = {n.index for n in align.ours.ancestors(call.targets[0])}
    stops = [n.inputs[0] for n in align.theirs.nodes if n.kind == "StopGradient"]
    twins = [_latest_twin(align, t, ours) for t in stops]
    nodes = list({n.index: n for n in twins if n is not None and n.place}.values())
    if nodes:
        hold = _instead(nodes, lambda call: tf.stop_gradient(call.outputs[0]))
        yield Cause(
            "gradient-not-stopped",
            "gradients flow through what the reference holds constant (stop_gradient)",
            "tf.stop_gradient around it",
            Cure("the loop's held constant by tf.stop_gradient", at_op=hold),
            on="loop",
            nodes=tuple(nodes),
        )


def _latest_twin(align: Alignment, tensor: int, ours: set[int]) -> Node | None:
    """Return the last op of ours that makes a tensor of theirs, or what that is made from."""
    front = [tensor]
    while front:
        made = [align.ours.maker.get(t) for other in front for t in align.to_ours.get(other, ())]
        here = [n for n in made if n is not None and n.index in ours]
        if here:
            return max(here, key=lambda n: n.index)
        makers = [align.theirs.maker[t] for t in front if t in align.theirs.maker]
        front = [t for n in makers for t in n.inputs if align.theirs.values[t].size > 1]
    return None
