"""The line on which a number at fault was written, or mistaken for another."""

from bench.diagnose.climb import Climb, Difference
from bench.diagnose.cures import Cause
from bench.diagnose.places import Place, holds, where_set
from bench.diagnose.stand import LOOP
from bench.diagnose.trace import Node, Trace
from bench.diagnose.where_made import optimizer_line


def of_number(
    climb: Climb, difference: Difference, cause: Cause, place: Place | None
) -> Place | None:
    """Return the line on which the number at fault was written."""
    assert cause.value is not None
    if place is not None and (holds(place, cause.value) or cause.nodes):
        return where_set(place, cause.value)
    if place is not None and (set_at := where_set(place, cause.value)) != place:
        return set_at
    traces = [difference.spot.align.ours] if difference.spot.align else []
    traces += list(climb.plain[0].traces.values())
    for trace in traces:
        for node in _given(trace, cause.value):
            if node.place is not None:
                return where_set(node.place, cause.value)
    return place or optimizer_line(climb.stand.first[LOOP].born)


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
