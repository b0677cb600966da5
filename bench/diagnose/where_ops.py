"""The line of a difference by the ops: where ours parts, what passed there, what is missing."""

from bench.diagnose.align import PLUMBING, SOURCES, Alignment, Parting
from bench.diagnose.climb import Difference
from bench.diagnose.cures import Cause
from bench.diagnose.places import Place
from bench.diagnose.spot import main_call
from bench.diagnose.stand import Run
from bench.diagnose.trace import Node, Trace
from bench.diagnose.where_axes import cut_otherwise, over_other_axes
from bench.diagnose.where_from import number_handed, passed, written_by
from bench.diagnose.where_made import layer_line, made_otherwise

JOINS = ("ConcatV2", "Pack")
TRANSPLANT = "computed-otherwise"  # of which only the beginning is known


def by_ops(difference: Difference) -> Place | None:
    """Return the line of the first op that only ours has, or of the op that ends our way."""
    node, scene, parting = first_of_ours(difference), difference.scene, difference.spot.parting
    align = difference.spot.align
    if _is_exact(difference.cause):
        return _exactly(difference, node) if node else None
    if scene is None or parting is None:
        return None
    from_elsewhere = _from_elsewhere(difference, scene.ours)
    if from_elsewhere is not None:
        return from_elsewhere
    if node is not None and node.place is not None:
        return (
            _before(difference, node)
            or cut_otherwise(align, parting)
            or over_other_axes(align, parting, node)
            or made_otherwise(scene.ours, scene.theirs, node)
            or (align and number_handed(align.ours, node))
            or _asked_for(difference, node)
        )
    if node is not None and node.layer:
        return layer_line(scene.ours, node.layer)
    later = [n.place for n in parting.ours if n.place]
    return later[0] if later else _end_of_ours(difference, scene.ours)


def _is_exact(cause: Cause | None) -> bool:
    """Return whether a cause was confirmed by a cure of one very op."""
    return cause is not None and bool(cause.nodes) and cause.name != TRANSPLANT


def _exactly(difference: Difference, node: Node) -> Place | None:
    """Return the line of the very op that was mended, or what it was given or asked for there."""
    scene = difference.scene
    align = scene.align if scene else None
    if scene is None or align is None or node.place is None:
        return node.place
    if (made := made_otherwise(scene.ours, scene.theirs, node)) is not None:
        return made
    if node.kind == "ReadVariableOp":
        elsewhere = {n.places[1:2] for n in align.ours.nodes if n.place == node.place}
        return node.places[1] if len(elsewhere) > 1 else node.place
    return written_by(align.ours, node) if node.kind.startswith("Assign") else node.place


def _from_elsewhere(difference: Difference, ours: Run) -> Place | None:
    """Return where the way to a loss or gradient takes what another part of the program left.

    A weight that was moved in this step already; or what a step before kept in a variable.
    """
    align = difference.spot.align
    if difference.spot.rung not in ("forward", "loss", "gradient") or align is None:
        return None
    trace, parting = align.ours, difference.spot.parting
    assert parting is not None
    for node in parting.ours:
        if node.kind == "ReadVariableOp" and node.inputs[0] in ours.handles and node.inputs[1:]:
            return trace.maker[node.inputs[1]].place
    for tensor in parting.first.inputs if parting.first else ():
        read = _read(trace, tensor)
        if read is None or read.inputs[0] in ours.handles or tensor in align.to_theirs:
            continue
        if trace.values[tensor].size > 1 and read.place is not None:
            return passed(trace, tensor)
    return None


def _ordered_by(trace: Trace, node: Node) -> Place | None:
    """Return where the order was handed on in which a line joins tensors, or None."""
    asked = [
        r.place
        for r in trace.returns
        if r.caller == node.place and r.at <= node.index and not r.parts
    ]
    return asked[-1] if asked and node.kind in JOINS else None


def _read(trace: Trace, tensor: int) -> Node | None:
    """Return the op that reads the variable that a tensor is as it stands, or None."""
    node = trace.maker.get(tensor)
    while node is not None and node.kind in PLUMBING and node.kind != "ReadVariableOp":
        node = trace.maker.get(node.inputs[0]) if node.inputs else None
    return node if node is not None and node.kind == "ReadVariableOp" else None


def _asked_for(difference: Difference, node: Node) -> Place | None:
    """Return the line of an op; of a helper that serves other calls well, the line that calls it.

    ``return act(x @ w + b)`` is not at fault where the layers before pass it and agree: what it
    was given for this one is.
    """
    align = difference.spot.align
    if align is None or len(node.places) < 2:
        return node.place
    for other in align.ours.nodes:
        same = other.place == node.place and other.places[1:2] != node.places[1:2]
        if same and other.outputs and other.kind not in (*PLUMBING, *SOURCES):
            held = other.outputs[0] in align.to_theirs
            if held and align.ours.values[other.outputs[0]].size > 1:
                return node.places[1]
    return node.place


def first_of_ours(difference: Difference) -> Node | None:
    """Return the op of ours that a difference begins with.

    What leads to a weight that agrees is not at fault for one that does not.
    """
    cause, parting = difference.cause, difference.spot.parting
    if cause is not None and cause.nodes and cause.nodes[0].place:
        node: Node = cause.nodes[0]
        return node
    if parting is None or parting.first is None:
        return None
    cleared = _cleared(difference)
    if parting.first.index not in cleared:
        return parting.first
    left = [n for n in parting.ours if n.index not in cleared and n.place]
    real = [n for n in left if n.kind not in (*PLUMBING, *SOURCES)]
    return next(iter([*real, *left]), parting.first)


def _cleared(difference: Difference) -> set[int]:
    """Return the ops of ours that lead to weights which a step of the update moves alike."""
    scene, spot = difference.scene, difference.spot
    if scene is None or spot.align is None or spot.rung != "update":
        return set()
    trace = spot.align.ours
    apart = {q.key for q in spot.apart if q.kind == "weight" and q.step == spot.step}
    alike = [h for i, h in enumerate(scene.ours.handles) if i not in apart and h in trace.written]
    return {n.index for h in alike for n in trace.ancestors(trace.written[h])}


def _before(difference: Difference, node: Node) -> Place | None:
    """Return the line before an op that is at fault for it: of another order, or an omission.

    An input that holds the other side's numbers in another order was turned round where it was
    made; what is missing in the forward pass is missing where the tensor came from that it should
    be done to.
    """
    align, parting = difference.spot.align, difference.spot.parting
    assert align is not None
    assert parting is not None
    if (ordered := _ordered_by(align.ours, node)) is not None:
        return ordered
    others = [parting.their_first] if parting.their_first is not None else []
    if (part := misplaced(align, node, others)) is not None:
        return _turned_at(align, part)
    bare = untreated(align, parting, node) if difference.spot.rung != "loss" else None
    if bare is not None:
        return passed(align.ours, bare)
    lacks = (
        difference.spot.rung == "forward"
        and difference.cause is not None
        and difference.cause.omission
    )
    for tensor in node.inputs:
        maker = align.ours.maker.get(tensor)
        if maker is None or maker.kind == "ReadVariableOp":
            continue
        if tensor in align.to_theirs and tensor not in align.ordered:
            return _turned_at(align, tensor)
        if lacks and maker.place is not None:
            return _ordered_by(align.ours, maker) or maker.place
    return None


def _turned_at(align: Alignment, tensor: int) -> Place | None:
    """Return the line that put a tensor's numbers into another order than the other side's."""
    made = align.ours.maker.get(tensor)
    maker = _turning(align, made) if made is not None else None
    if maker is None:
        return passed(align.ours, tensor, align)
    part = misplaced(align, maker, _alike(align, maker))
    if part is not None:
        return passed(align.ours, part, align)
    ordered = _ordered_by(align.ours, maker)
    plain = passed(align.ours, tensor, align) if maker is made else maker.place
    return ordered or plain


def misplaced(align: Alignment, node: Node, others: list[Node]) -> int | None:
    """Return an input that an op like ours on the other side takes in another order, or None."""
    for other in others:
        for tensor in node.inputs if other.kind == node.kind else ():
            alike = set(align.to_theirs.get(tensor, ())) & set(other.inputs)
            if alike and not any(tensor in align.twins[i] for i in alike):
                return tensor
    return None


def _alike(align: Alignment, node: Node) -> list[Node]:
    """Return the ops on the other side that make the numbers of an op of ours, in any order."""
    tensors = [i for out in node.outputs for i in align.to_theirs.get(out, ())]
    return [align.theirs.maker[i] for i in tensors if i in align.theirs.maker]


def _turning(align: Alignment, maker: Node) -> Node:
    """Return the op that put numbers into another order, at or above one that holds them so."""
    while maker.inputs and maker.inputs[0] not in align.ordered:
        above = align.ours.maker.get(maker.inputs[0])
        if above is None or above.kind == "ReadVariableOp":
            break
        maker = above
    return maker


def untreated(align: Alignment, parting: Parting, node: Node) -> int | None:
    """Return the tensor that our op takes as it is and the other side changes first, or None.

    That is so where the other side has an op of the same kind behind its own first one, and its
    first one begins with a tensor that ours has too.
    """
    other = parting.their_first
    if other is None or other.kind == node.kind:
        return None
    behind = set(other.outputs)
    for later in parting.theirs:
        if not behind & set(later.inputs):
            continue
        if later.kind == node.kind:
            begun = {t for i in other.inputs for t in align.to_ours.get(i, ())}
            bare = next((i for i in node.inputs if i in begun and i in align.ours.maker), None)
            return bare if _takes_else(align, node, later, bare) else None
        behind |= set(later.outputs)
    return None


def _takes_else(align: Alignment, node: Node, later: Node, bare: int | None) -> bool:
    """Return whether all numbers that our op takes beside one are given to an op of theirs too."""
    beside = [i for i in node.inputs if i != bare and i in align.ours.values]
    floats = [i for i in beside if align.ours.values[i].dtype.kind == "f"]
    return all(set(align.to_theirs.get(i, ())) & set(later.inputs) for i in floats)


def dense_line(trace: Trace) -> Place | None:
    """Return where a gradient of some rows is made dense; where it is squared then, if it is.

    A sum of rows is what dense and sparse have in common; a sum of squares is not.
    """
    made = {n.outputs[0]: n for n in trace.nodes if n.kind == "UnsortedSegmentSum" and n.place}
    squared = [i for n in trace.nodes if n.kind == "Square" for i in n.inputs if i in made]
    return next((made[i].place for i in [*squared, *made]), None)


def _end_of_ours(difference: Difference, ours: Run) -> Place | None:
    align, quantity = difference.spot.align, difference.spot.quantity
    if align is None:
        return None
    call = main_call(align.ours)
    if difference.spot.rung in ("forward", "loss") and call:
        node = align.ours.maker.get(call.targets[0])
        return node.place if node else None
    if quantity.kind in ("weight", "gradient"):
        written = align.ours.written.get(ours.handles[quantity.key])
        node = align.ours.maker.get(written) if written is not None else None
        if node is not None and node.place is not None:
            return node.place
        return call.places[0] if call and call.places else None
    placed = [n.place for n in align.ours.nodes if n.place]
    return placed[-1] if placed else None
