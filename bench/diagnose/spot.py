"""Where two runs part first: the step, the rung, and the ops on either side."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.diagnose.align import Alignment, Parting
from bench.diagnose.floor import Floor, Quantity, quantities, relative
from bench.diagnose.layers import flat_layers
from bench.diagnose.stand import Run
from bench.diagnose.trace import GradientCall, Trace

RUNGS = (
    "forward",
    "loss",
    "gradient",
    "update",
    "state",
    "prediction",
    "metric",
    "epoch",
    "data",
    "start",
)
ACTIVATIONS = ("Softmax", "Sigmoid", "LogSoftmax", "Reshape", "Identity", "Cast", "Squeeze")
MATERIAL = ("weight", "prediction", "metric")
LAST = 10_000


@dataclass(frozen=True)
class Spot:
    """Where and by how much two runs part.

    Attributes:
        step: counted from 0; LAST for what comes after all steps.
        rung: one of RUNGS.
        depth: how far into the rung: fewer ops without a counterpart are farther.
        quantity: the first that differs, and everything that does.
        size: its relative distance.
        layer: which of the reference's layers they part in, where it is one.
        parting: the ops, where both steps were recorded.
    """

    step: int
    rung: str
    depth: int
    quantity: Quantity
    apart: tuple[Quantity, ...]
    size: float
    parting: Parting | None = None
    align: Alignment | None = field(default=None, compare=False)
    layer: int | None = None

    @property
    def key(self) -> tuple[int, int, int]:
        """What orders spots: a cure has to push it back."""
        return self.step, RUNGS.index(self.rung), self.depth


def differences(ours: Run, theirs: Run, floor: Floor) -> list[Quantity]:
    """Return every quantity by which two runs differ, in the order of time."""
    mine = dict(quantities(ours))
    return [q for q, value in quantities(theirs) if q in mine and floor.apart(q, mine[q], value)]


def locate(ours: Run, theirs: Run, floor: Floor) -> Spot | None:
    """Return where two runs part, or None where no weight, prediction or metric differs."""
    apart = differences(ours, theirs, floor)
    material = [q for q in apart if q.kind in MATERIAL]
    if not material:
        return None
    if material[0].step < 0:
        return _at_the_end(ours, theirs, material)
    step = material[0].step
    first = next(
        q
        for q in apart
        if q.step <= step and (q.kind == "weight" or (q.kind == "gradient" and _matters(q, apart)))
    )
    size = _size(ours, theirs, first)
    if step not in ours.traces or step not in theirs.traces:
        return Spot(first.step, "update", 0, first, tuple(apart), size)
    align = Alignment(ours.traces[step], theirs.traces[step], floor.shaken, floor.eps)
    rung, parting = _rung(ours, theirs, align, first, apart)
    depth = -len(parting.theirs) if rung == "forward" else 0
    layer = _layer(theirs, parting)
    return Spot(step, rung, depth, first, tuple(apart), size, parting, align, layer)


def _layer(run: Run, parting: Parting) -> int | None:
    """Return the number of the reference's layer of a parting: names change with each build."""
    name = parting.their_first.layer if parting.their_first else None
    names = [x.name for x in flat_layers(run.program.thing)] if run.program else []
    return names.index(name) if name in names else None


def _matters(gradient: Quantity, apart: list[Quantity]) -> bool:
    """Return whether the weight of a gradient parts with it; a factor may be undone later."""
    return Quantity("weight", gradient.step, gradient.key) in apart


def _size(ours: Run, theirs: Run, quantity: Quantity) -> float:
    return relative(dict(quantities(ours))[quantity], dict(quantities(theirs))[quantity])


def _at_the_end(ours: Run, theirs: Run, material: list[Quantity]) -> Spot:
    first = material[0]
    return Spot(LAST, first.kind, 0, first, tuple(material), _size(ours, theirs, first))


def _rung(
    ours: Run, theirs: Run, align: Alignment, first: Quantity, apart: list[Quantity]
) -> tuple[str, Parting]:
    mine, other = main_call(align.ours), main_call(align.theirs)
    if first.kind == "gradient" and mine and other:
        parting = align.parting(mine.targets[0], other.targets[0])
        if not _same(parting, align, mine, other):
            return _forward_or_loss(parting, align), parting
        i = mine.sources.index(ours.handles[first.key])
        j = other.sources.index(theirs.handles[first.key])
        return "gradient", align.parting(mine.results[i], other.results[j])
    weight = next(q for q in apart if q.kind == "weight" and q.step == first.step)
    handles = ours.handles[weight.key], theirs.handles[weight.key]
    parting = align.parting(
        align.ours.written.get(handles[0]), align.theirs.written.get(handles[1])
    )
    trained = theirs.gradients[first.step][weight.key] is not None
    layered = parting.their_first is not None and parting.their_first.layer is not None
    if trained and layered and mine and other:
        return "forward", align.parting(mine.targets[0], other.targets[0])
    if other is None or mine is None:
        region = parting.their_first or parting.first
        forward = region is not None and region.layer is not None
        return ("forward" if forward and trained else "update"), parting
    return ("update" if trained else _state_rung(parting)), parting


def _state_rung(parting: Parting) -> str:
    return "state"


def _same(parting: Parting, align: Alignment, mine: GradientCall, other: GradientCall) -> bool:
    return parting.ours_ends and other.targets[0] in align.to_theirs.get(mine.targets[0], ())


def _forward_or_loss(parting: Parting, align: Alignment) -> str:
    """Return the rung of a parting on the way to the loss: a layer's op is of the forward pass.

    Where it is known what the reference gave to its loss, that decides: it, or what its last op
    was made from (logits behind a softmax), is ours too, or it is not.
    """
    if align.theirs.outputs:
        return "loss" if all(_held(align, t) for t in align.theirs.outputs) else "forward"
    node = parting.their_first or parting.first
    layered = node is not None and node.layer is not None
    return "forward" if layered or _multiplies_on(parting) else "loss"


def _held(align: Alignment, tensor: int) -> bool:
    value = align.theirs.values.get(tensor)
    if value is not None and value.size > 1 and np.ptp(value) == 0:
        return False  # a constant is held by chance
    node = align.theirs.maker.get(tensor)
    last = node is not None and node.kind in ACTIVATIONS
    return tensor in align.to_ours or (
        last and node is not None and any(i in align.to_ours for i in node.inputs)
    )


def _multiplies_on(parting: Parting) -> bool:
    """Return whether products with variables still follow on both sides."""
    return all(
        any(n.kind in ("MatMul", "Conv2D", "Einsum", "BatchMatMulV2") for n in region)
        for region in (parting.ours, parting.theirs)
    )


def main_call(trace: Trace) -> GradientCall | None:
    """Return the call of the tape that most variables were asked about in; the last such."""
    calls = [c for c in trace.gradients if c.targets]
    return max(calls, key=lambda c: (len(c.sources), c.at), default=None)


def end_parting(
    ours: Run, theirs: Run, quantity: Quantity, eps: float
) -> tuple[Alignment, Parting]:
    """Return where two predictions or two evaluations part, on the way to a result."""
    what = "predict" if quantity.kind == "prediction" else "evaluate"
    mine, other = ours.traces[what], theirs.traces[what]
    align = Alignment(mine, other, [], eps, drifted=16.0)
    results = [_result(run, quantity) for run in (ours, theirs)]
    return align, align.parting(_tensor(mine, results[0]), _tensor(other, results[1]))


def _result(run: Run, quantity: Quantity) -> Any:
    if quantity.kind == "prediction":
        return run.predictions[quantity.key] if run.predictions else None
    return (run.metrics or {}).get(quantity.key)


def end_batch(trace: Trace, x: np.ndarray) -> int | None:
    """Return how many samples of x the ops of a prediction or evaluation take at once."""
    for node in trace.nodes:
        for tensor in () if "Dataset" in node.kind else (*node.inputs, *node.outputs):
            shape = trace.shapes.get(tensor, ())
            if len(shape) == x.ndim and shape[1:] == x.shape[1:]:
                return shape[0]
    return None


def _tensor(trace: Trace, value: Any) -> int | None:
    """Return the last tensor that holds the numbers of a result, or the last part of it."""
    if value is None:
        return None
    wanted = np.asarray(value, "f8").ravel()
    for tensor, numbers in reversed(list(trace.values.items())):
        flat = numbers.ravel()
        if flat.size and flat.size <= wanted.size and tensor in trace.maker:
            part = wanted[-flat.size :]
            if np.allclose(flat, part, rtol=1e-5, atol=1e-7) and (
                flat.size > 1 or wanted.size == 1
            ):
                return tensor
    return None
