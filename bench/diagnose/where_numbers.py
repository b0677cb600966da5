"""The line on which a number at fault was written, or mistaken for another."""

from collections.abc import Iterator

from bench.diagnose.align import PLUMBING
from bench.diagnose.climb import Climb, Difference
from bench.diagnose.cures import Cause
from bench.diagnose.places import Place, holds, where_set
from bench.diagnose.stand import LOOP
from bench.diagnose.trace import Node, Trace
from bench.diagnose.where_made import optimizer_line


def of_number(
    climb: Climb, difference: Difference, cause: Cause, place: Place | None
) -> Place | None:
    """Return the line on which the number at fault was written.

    A share that is taken for the other share, 0.8 for 0.2, is mistaken where it is used.
    """
    assert cause.value is not None
    if place is not None and _is_other_share(cause.value, cause.theirs):
        return place
    if place is not None and (holds(place, cause.value) or cause.nodes):
        return where_set(place, cause.value)
    if place is not None and (set_at := where_set(place, cause.value)) != place:
        return set_at
    if place is not None and difference.spot.rung in ("forward", "loss"):
        return place
    traces = [difference.spot.align.ours] if difference.spot.align else []
    traces += list(climb.plain[0].traces.values())
    for trace in traces:
        for node in _given(trace, cause.value):
            if node.place is not None:
                used = _is_other_share(cause.value, cause.theirs)
                return node.place if used else where_set(node.place, cause.value)
    return place or optimizer_line(climb.stand.first[LOOP].born)


def _is_other_share(ours: float, theirs: float | None) -> bool:
    return theirs is not None and abs(ours + theirs - 1) < 1e-6 and ours != theirs


def schedule_line(trace: Trace, handles: list[int]) -> Place | None:
    """Return where a step takes its count from a variable, or fails to let it move on.

    That is the first op on the count; where nothing writes it, the update that should. None where
    the step has no count among its variables.
    """
    count = next(_counts(trace, handles), None)
    if count is None:
        return None
    return unmoved_line(trace, handles) or _first_use(trace, count.outputs[0])


def unmoved_line(trace: Trace, handles: list[int]) -> Place | None:
    """Return the update that should move on the step's count, where nothing does; else None."""
    count = next(_counts(trace, handles), None)
    if count is None or count.inputs[0] in trace.written:
        return None
    writes = [n for n in trace.nodes if n.inputs[:1] and n.inputs[0] in handles]
    return next((n.place for n in writes if n.kind != "ReadVariableOp"), None)


def _counts(trace: Trace, handles: list[int]) -> Iterator[Node]:
    """Yield the reads of single numbers that are none of the weights and of no library's object."""
    for node in trace.nodes:
        read = node.kind == "ReadVariableOp" and node.inputs[0] not in handles
        if read and not node.owners and trace.values[node.outputs[0]].size == 1:
            yield node


def counted_line(trace: Trace, handles: list[int]) -> Place | None:
    """Return where a step moves a count on that is none of the weights, or None."""
    return next(
        (
            n.place
            for n in trace.nodes
            if n.kind == "AssignAddVariableOp" and n.inputs[0] not in handles and n.place
        ),
        None,
    )


def _first_use(trace: Trace, tensor: int) -> Place | None:
    """Return the line of the first op that computes with a tensor, behind those that copy it."""
    copies = {tensor}
    for node in trace.nodes:
        if copies & set(node.inputs):
            if node.kind not in PLUMBING:
                return node.place
            copies |= set(node.outputs)
    return None


def _given(trace: Trace, value: float) -> list[Node]:
    """Return the ops that were given a number as it stands, writes to variables first."""
    nodes = [
        n
        for n in trace.nodes
        for i in n.inputs
        if i not in trace.maker
        and (number := trace.scalar(i)) is not None
        and abs(number - value) <= 1e-6 * max(abs(value), 1e-12)
    ]
    return sorted(nodes, key=lambda n: not n.kind.startswith("Assign"))
