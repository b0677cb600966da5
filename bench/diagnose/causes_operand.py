"""Hypotheses about what an op is given: another tensor than the one that both sides hold."""

from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from bench.diagnose.align import Alignment
from bench.diagnose.causes_transplant import Recipe
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.op_watch import run_again
from bench.diagnose.scene import Scene
from bench.diagnose.trace import Node

TWO_SIDED = ("Mul", "AddV2", "Add", "Sub", "RealDiv", "Maximum", "Minimum")
MAX_EACH, MAX_OPERANDS = 6, 16


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield one operand of an op of ours replaced by a tensor of both that theirs goes on from."""
    align, parting = scene.align, scene.spot.parting
    if align is None or parting is None:
        return
    held = [i for n in parting.theirs for i in n.inputs if i in align.twins]
    tried = 0
    mine = [n for n in parting.ours if n.kind in TWO_SIDED and n.place and n.outputs[0] > 0]
    for node in mine[:MAX_EACH]:
        for n, given in enumerate(node.inputs):
            shape = align.ours.shapes.get(given)
            for tensor in list(dict.fromkeys(held))[:MAX_EACH]:
                other = tensor not in align.to_theirs.get(given, ())  # nor in another order
                fits = other and shape and align.theirs.shapes[tensor] == shape
                tried += bool(fits)
                if fits and tried <= MAX_OPERANDS:
                    yield _operand(scene, align, node, n, tensor)


def _operand(scene: Scene, align: Alignment, mine: Node, n: int, tensor: int) -> Cause:
    held = {t for t in align.twins if align.theirs.values[t].size > 1}
    recipe = Recipe(scene, align, held, tensor)

    def swap(call: Any, node: Node, watch: Any) -> None:
        if node.key == mine.key:
            inputs = list(call.inputs)
            inputs[n] = tf.cast(recipe.make(watch), inputs[n].dtype)
            call.outputs[0] = run_again(call.kind, inputs, call.attrs, 1)[0]

    side = ("left", "right")[n]
    line = mine.place.line if mine.place else 0
    return Cause(
        "operand",
        f"on the {side} side of its {mine.kind} the loop has another tensor than the reference "
        f"goes on with (line {line})",
        "the reference's tensor there",
        Cure(f"the reference's tensor on the {side} side of that {mine.kind}", at_op=swap),
        on="loop",
        nodes=(mine,),
    )
