"""The very last resort: the reference's numbers in the place of the loop's, where no formula helps.

What it confirms is the place alone: with these numbers put right, everything after them agrees.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.align import PLUMBING, SOURCES
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.scene import Scene
from bench.diagnose.watch import handle_id

NAMES = ("gradient-otherwise", "state-otherwise")
MAX_KINDS = 6


def gradients(scene: Scene) -> Iterator[Cause]:
    """Yield that the gradients that part are the whole difference."""
    which = _apart(scene, "gradient")
    if not which:
        return
    held: dict[str, Any] = {}

    def note(program: Any) -> None:
        held["program"] = program
        held["numbers"] = {h: i for i, h in enumerate(program.handles())}

    def theirs(given: list[Any], sources: Any) -> list[Any]:
        step = held["program"].watch.step
        known = scene.theirs.gradients[step] if step < len(scene.theirs.gradients) else []
        return [_put(g, s, known, which, held["numbers"]) for g, s in
                zip(given, sources, strict=True)]  # fmt: skip

    yield Cause(
        "gradient-otherwise",
        f"{_names(scene, which)}: its gradient is computed otherwise ({_kinds(scene)}); its value "
        "is the whole difference",
        "compare how the two sides compute this gradient",
        Cure("the reference's numbers put in the place of these gradients",
             setup=note, at_gradients=theirs),
        on="loop",
    )  # fmt: skip


def _put(gradient: Any, source: Any, known: list[Any], which: list[int], numbers: Any) -> Any:
    i = numbers.get(handle_id(source), -1)
    if gradient is None or i not in which or i >= len(known) or known[i] is None:
        return gradient
    return tf.constant(known[i])


def states(scene: Scene) -> Iterator[Cause]:
    """Yield that what the weights that part become in a step is the whole difference."""
    which = _apart(scene, "weight")
    if not which:
        return

    def theirs(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = before
        if step + 1 < len(scene.theirs.weights):
            now = program.read()
            known = scene.theirs.weights[step + 1]
            program.write([known[i] if i in which else w for i, w in enumerate(now)])

    yield Cause(
        "state-otherwise",
        f"{_names(scene, which)}: each step updates it otherwise ({_kinds(scene)}); its value is "
        "the whole difference",
        "compare how the two sides update it",
        Cure("the reference's numbers put in its place after each step", after_step=theirs),
        on="loop",
    )


def _apart(scene: Scene, kind: str) -> list[int]:
    return [q.key for q in scene.spot.apart if q.kind == kind and q.step == scene.step]


def _names(scene: Scene, which: list[int]) -> str:
    return ", ".join(scene.name(i) for i in which)


def _kinds(scene: Scene) -> str:
    """Return by which ops either side goes on from what both hold."""
    parting = scene.spot.parting
    said = []
    for nodes in (parting.ours, parting.theirs) if parting else ():
        kinds = dict.fromkeys(n.kind for n in nodes if n.kind not in (*PLUMBING, *SOURCES))
        said.append(" + ".join(list(kinds)[:MAX_KINDS]) or "nothing")
    return " against ".join(said)
