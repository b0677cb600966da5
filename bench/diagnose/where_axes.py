"""Lines on which it was decided what an op takes: a part of a tensor, or the axes it goes over."""

from bench.diagnose.align import REDUCTIONS, Alignment, Parting
from bench.diagnose.places import Place, axes_set
from bench.diagnose.trace import Node

CALLED = {"Sum": ("reduce_sum", "sum"), "Mean": ("reduce_mean", "mean"),
          "Max": ("reduce_max", "max"), "Min": ("reduce_min", "min")}  # fmt: skip
CUTS = ("StridedSlice", "Slice", "GatherV2", "Roll", "ReverseV2")


def cut_otherwise(align: Alignment | None, parting: Parting) -> Place | None:
    """Return the line that cuts another part out of a tensor than the other side does, or None."""
    if align is None:
        return None
    cuts = [n for n in parting.theirs if n.kind in CUTS]
    for node in parting.ours:
        if node.kind not in CUTS or node.place is None or node.outputs[0] in align.to_theirs:
            continue
        source = set(align.to_theirs.get(node.inputs[0], ()))
        shape = align.ours.shapes[node.outputs[0]]
        alike = [n for n in cuts if n.inputs[0] in source]
        if shape and any(align.theirs.shapes[n.outputs[0]] == shape for n in alike):
            return node.place
    return None


def over_other_axes(align: Alignment | None, parting: Parting, node: Node) -> Place | None:
    """Return where the axes were set, of which a reduction on either side has others, or None."""
    if align is None or node.kind not in REDUCTIONS or node.place is None:
        return None
    same = set(align.to_theirs.get(node.inputs[0], ()))
    if any(n.kind == node.kind and n.inputs[0] in same for n in parting.theirs):
        return axes_set(node.place, CALLED.get(node.kind, ()))
    return None
