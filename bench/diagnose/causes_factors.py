"""Hypotheses about one part of a loss: a factor that is missing on it, or one too many.

What one op makes is doubled, and the gradients tell whether a multiple of it would mend them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.align import PLUMBING, SOURCES
from bench.diagnose.causes_loss import is_plain
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.relations import described_factor
from bench.diagnose.scene import Scene
from bench.diagnose.stand import LOOP
from bench.diagnose.trace import Node, Trace

MAX_NODES = 6
NONE = 1e-4
"""A factor closer to one than that is none."""


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield the ops of ours on the way to the loss of which a multiple would mend the gradients."""
    parting, align = scene.spot.parting, scene.align
    if parting is None or align is None:
        return
    given = parting.first.inputs if parting.first else ()
    before = [align.ours.maker[i] for i in given if i in align.ours.maker]
    usable = [n for n in (*parting.ours, *before) if _can_be_scaled(align.ours, n)]
    for node in usable[:MAX_NODES]:
        k = _multiple(scene, node)
        if k is not None and abs(k - 1) > NONE:
            yield _cause(scene, node, k)


def _can_be_scaled(trace: Trace, node: Node) -> bool:
    """Return whether an op of the user's makes floats, and computes them."""
    made = trace.values.get(node.outputs[0]) if node.outputs else None
    floats = made is not None and made.dtype.kind == "f"
    return floats and node.place is not None and node.kind not in (*SOURCES, *PLUMBING)


def _multiple(scene: Scene, node: Node) -> float | None:
    """Return the multiple of what an op makes with which the gradients agree, or None."""
    doubled = Cure("", at_op=_times(node, lambda n: 2.0))
    run = scene.stand.run(LOOP, [doubled], steps=scene.step + 1, ends=False)
    changes, wanted, allowed = [], [], 0.0
    for i, ours, theirs, _, tolerance in scene.gradients():
        other = run.gradients[scene.step][i]
        if other is None:
            return None
        changes.append((other.astype("f8") - ours).ravel())
        wanted.append((theirs.astype("f8") - ours).ravel())
        allowed += tolerance**2
    d, w = np.concatenate(changes), np.concatenate(wanted)
    if not d @ d:
        return None
    share = float(d @ w / (d @ d))
    within = 4 * max(1.0, abs(share)) * float(np.sqrt(allowed))
    return 1 + share if np.linalg.norm(w - share * d) <= within else None


def _cause(scene: Scene, node: Node, k: float) -> Cause:
    n = scene.sizes["the batch size"]
    by_batch = abs(k * n - 1) < 1e-3

    def factor(batch: int) -> float:
        return 1 / batch if by_batch else k

    ours = described_factor(1 / k, scene.sizes)
    return Cause(
        "part-scaled",
        f"one part of the loss, the {node.kind} there, is {ours} the reference's",
        f"multiply it by {k:.6g}",
        Cure(f"that {node.kind} of the loop multiplied by {k:.6g}", at_op=_times(node, factor)),
        on=LOOP,
        odd=not is_plain(k, scene),
        nodes=(node,),
    )


def _times(node: Node, factor: Any) -> Any:
    def scale(call: Any, other: Node, watch: Any) -> None:
        if other.key == node.key:
            by = factor(len(watch.fed[0]))
            call.outputs[0] = call.outputs[0] * tf.cast(by, call.outputs[0].dtype)

    return scale
