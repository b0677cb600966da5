"""Where a value comes from: the function of the user's that handed it on, or the op that made it.

A function that served another call well is not at fault for what it did with the arguments of this
one: the line that called it is. Of a bare ``return name`` the line that set the name is told.
"""

from collections.abc import Iterator

from bench.diagnose.align import Alignment
from bench.diagnose.places import Place, returned
from bench.diagnose.returns import Return
from bench.diagnose.trace import Node, Trace


def passed(trace: Trace, tensor: int, align: Alignment | None = None) -> Place | None:
    """Return the line that a tensor comes from: a function that hands it on as it is, or its op.

    Args:
        align: by which it is known whether the function served another call well.
    """
    maker = trace.maker.get(tensor)
    around = {(p.file, p.function) for p in maker.places} if maker else set()
    names = set(_same(trace, tensor))
    for each in trace.returns:
        handed = each.caller is not None and bool(names & set(each.parts if each.alone else ()))
        if handed and (each.place.file, each.place.function) not in around:
            return returned(each.place)
        if handed and align is not None and _serves_well(align, each):
            return each.caller
    return maker.place if maker else None


def _serves_well(align: Alignment, handed: Return) -> bool:
    """Return whether the same line handed another caller what the other side has too."""
    return any(
        other.place == handed.place
        and other.caller not in (None, handed.caller)
        and any(part in align.to_theirs for part in other.parts)
        for other in align.ours.returns
    )


def _same(trace: Trace, tensor: int) -> Iterator[int]:
    """Yield a tensor and those, or the variable, that it is a mere copy of."""
    yield tensor
    node = trace.maker.get(tensor)
    while node is not None and node.kind in ("Identity", "ReadVariableOp") and node.inputs:
        yield node.inputs[0]
        node = trace.maker.get(node.inputs[0])


def written_by(trace: Trace, node: Node) -> Place | None:
    """Return where the value that an op writes was handed to its line, or the op's own line."""
    value = node.inputs[1] if len(node.inputs) > 1 else None
    for each in trace.returns:
        if value in each.parts and each.alone and each.caller == node.place:
            return returned(each.place)
    return node.place


def number_handed(trace: Trace, node: Node) -> Place | None:
    """Return where a function of the user's handed on a number that an op was given as it is."""
    given = [trace.scalar(i) for i in node.inputs if i not in trace.maker]
    numbers = [g for g in given if g is not None]
    for each in trace.returns:
        if each.number is None or each.caller != node.place or each.at > node.index:
            continue
        if any(abs(each.number - g) <= 1e-6 * abs(g) for g in numbers):
            return returned(each.place)
    return None


def handed_to(trace: Trace, owner: int) -> Place | None:
    """Return where the first tensor comes from that the methods of an object take from outside."""
    for node in trace.nodes:
        for tensor in node.inputs if owner in node.owners else ():
            maker = trace.maker.get(tensor)
            if maker is None or owner in maker.owners:
                continue
            if tensor in trace.values and trace.values[tensor].size > 1:
                return passed(trace, tensor)
    return None


def rate_line(trace: Trace, node: Node) -> Place | None:
    """Return where the rate comes from that an optimizer's own op is given, if it was computed."""
    if "Apply" not in node.kind:
        return None
    made = [i for i in node.inputs if i in trace.maker and trace.scalar(i) is not None]
    computed = [i for i in made if trace.maker[i].kind not in ("Const", "ReadVariableOp")]
    return passed(trace, computed[0]) if computed else None
