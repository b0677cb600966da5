"""Which tensor of one program is which of the other: by value, up to shape, order and rounding."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from bench.diagnose.trace import Node, Trace

MAX_SORTED = 200_000
LOOSEST = 1e-3  # a tensor that drifts more than that under shaking matches nothing by value
CUT = 1e-5  # of a number: float64 to float32 cuts less off, to float16 or to whole numbers more
SOURCES = (
    "Const",
    "Shape",
    "Size",
    "Rank",
    "Fill",
    "Range",
    "ZerosLike",
    "OnesLike",
    "Prod",
    "BroadcastGradientArgs",
    "VarHandleOp",
)
PLUMBING = (
    "ReadVariableOp",
    "Identity",
    "Reshape",
    "Cast",
    "Squeeze",
    "ExpandDims",
    "Pack",
    "StridedSlice",
    "StopGradient",
)

REDUCTIONS = ("Sum", "Mean", "Max", "Min", "Prod", "L2Loss")
MOVES = ("Split", "SplitV", "Slice", "Transpose", "ConcatV2", "Unpack", "GatherV2", *PLUMBING)
"""What is done to a weight before it is used, and computes nothing."""


@dataclass(frozen=True)
class Parting:
    """Where two programs part on the way to a result that they do not share.

    Attributes:
        ours, theirs: the ops between the last tensors that both hold and the result.
        first, their_first: the first of them that makes something the other has not.
        ours_ends, theirs_end: the one side's result is a tensor that the other has too, and goes
            on from.
    """

    ours: list[Node]
    theirs: list[Node]
    first: Node | None
    their_first: Node | None
    ours_ends: bool = False
    theirs_end: bool = False


class Alignment:
    """The tensors of two traces, matched.

    Args:
        drifted: how many times as far apart equal tensors may be after some steps.

    Attributes:
        to_theirs, to_ours: ids of equal tensors on the other side, best first.
        ordered: ours that hold their numbers in the very same order.
        twins: those, for each tensor of theirs.
    """

    def __init__(
        self, ours: Trace, theirs: Trace, shaken: list[Trace], eps: float, drifted: float = 1.0
    ) -> None:
        self.ours, self.theirs, self.eps = ours, theirs, drifted * eps
        self.to_theirs: dict[int, list[int]] = defaultdict(list)
        self.to_ours: dict[int, list[int]] = defaultdict(list)
        self.ordered: set[int] = set()
        self.twins: dict[int, list[int]] = defaultdict(list)
        self._match(_drift(theirs, shaken))

    def _match(self, drift: dict[int, float]) -> None:
        by_size: dict[int, list[tuple[int, np.ndarray, float]]] = defaultdict(list)
        for tensor, value in self.theirs.floats():
            by_size[value.size].append((tensor, value, float(np.linalg.norm(value))))
        for tensor, value in self.ours.floats():
            norm = float(np.linalg.norm(value))
            for other, their_value, their_norm in by_size[value.size]:
                tolerance = min(16 * drift.get(other, 0.0), LOOSEST) + 64 * self.eps
                if abs(norm - their_norm) > tolerance * max(norm, their_norm):
                    continue
                bound = tolerance * max(norm, their_norm)
                if in_order(value, their_value, bound):
                    self.ordered.add(tensor)
                    self.twins[other].append(tensor)
                elif not same_numbers(value, their_value, bound):
                    continue
                self.to_theirs[tensor].append(other)
                self.to_ours[other].append(tensor)

    def parting(self, ours: int | None, theirs: int | None) -> Parting:
        """Return where both part on the way to two results that should be one."""
        our_end = ours is not None and ours in self.to_theirs
        their_end = theirs is not None and theirs in self.to_ours
        mine = self._region(self.ours, ours, self.to_theirs)
        other = self._region(self.theirs, theirs, self.to_ours)
        return Parting(
            mine,
            other,
            frontier(self.ours, mine, self.to_theirs),
            frontier(self.theirs, other, self.to_ours),
            our_end,
            their_end,
        )

    @staticmethod
    def _region(trace: Trace, result: int | None, matched: Collection[int]) -> list[Node]:
        if result is None or result in matched:
            return []
        return trace.ancestors(result, matched)


def frontier(trace: Trace, region: list[Node], matched: Collection[int]) -> Node | None:
    """Return the first op of a region all of whose inputs both sides hold, if need be the first."""
    inside = {node.index for node in region}
    constant: set[int] = set()
    cut: set[int] = set()
    real = []
    for node in region:
        given = (*node.inputs, *node.upon)
        made = [trace.maker[i] for i in given if i in trace.maker and i not in matched]
        from_data = any(i in matched and _of_data(trace, i) for i in node.inputs)
        if node.kind in SOURCES or (not from_data and all(m.index in constant for m in made)):
            constant.add(node.index)
            continue
        if node.kind in MOVES and _of_weights_alone(trace, node, cut):
            cut.add(node.index)
            continue
        waiting = [m for m in made if m.index in inside and m.index not in constant | cut]
        if not waiting and not _hands_on(trace, node):
            real.append(node)
    others = [n for n in region if n.index not in constant and n.kind not in PLUMBING]
    return next(iter([*real, *others, *region]), None)


def _of_data(trace: Trace, tensor: int) -> bool:
    """Return whether a tensor is several numbers, or one that several were reduced to."""
    if trace.values[tensor].size > 1:
        return True
    return any(
        n.kind in REDUCTIONS and n.inputs[0] in trace.values and trace.values[n.inputs[0]].size > 1
        for n in trace.ancestors(tensor)
    )


def _hands_on(trace: Trace, node: Node) -> bool:
    """Return whether an op computes nothing; a cast that cuts numbers off does."""
    if node.kind != "Cast":
        return node.kind in PLUMBING
    given, made = (trace.values.get(i[0]) for i in (node.inputs, node.outputs))
    return given is None or made is None or np.allclose(given, made, rtol=CUT, equal_nan=True)


def _of_weights_alone(trace: Trace, node: Node, cut: set[int]) -> bool:
    """Return whether an op takes weights, or what was cut of them, and nothing that is computed."""
    made = [trace.maker[i] for i in node.inputs if i in trace.maker]
    weights = [m for m in made if m.kind not in SOURCES]
    return bool(weights) and all(m.kind == "ReadVariableOp" or m.index in cut for m in weights)


def in_order(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    """Return whether two arrays hold the same numbers in the same order, whatever their shapes."""
    return bool(np.linalg.norm(a.ravel().astype("f8") - b.ravel().astype("f8")) <= tolerance)


def same_numbers(a: np.ndarray, b: np.ndarray, tolerance: float) -> bool:
    """Return whether two arrays of several axes hold the same numbers in any order."""
    x, y = a.ravel().astype("f8"), b.ravel().astype("f8")
    if x.size == 1 or x.size > MAX_SORTED or a.ndim < 2 or b.ndim < 2:
        return False
    return bool(np.linalg.norm(np.sort(x) - np.sort(y)) <= tolerance)


def _drift(trace: Trace, shaken: list[Trace]) -> dict[int, float]:
    """Return how far each tensor moves, relative, where a run is shaken."""
    drift: dict[int, float] = {}
    for other in shaken:
        if len(other.nodes) != len(trace.nodes):
            continue
        for node, twin in zip(trace.nodes, other.nodes, strict=True):
            for a, b in zip(node.outputs, twin.outputs, strict=False):
                x, y = trace.values.get(a), other.values.get(b)
                if x is None or y is None or x.dtype.kind != "f" or x.shape != y.shape:
                    continue
                norm = float(np.linalg.norm(x))
                gap = float(np.linalg.norm(x.astype("f8") - y)) / norm if norm else 0.0
                drift[a] = max(drift.get(a, 0.0), gap)
    return drift
