"""Hypotheses about random numbers: a seed that stands still, one mask for several samples."""

from collections.abc import Iterator

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.scene import Scene
from bench.diagnose.watch import RANDOM


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield that one side draws the same numbers again and again, where the other does not."""
    for side, mine, other, trace in (
        ("loop", scene.ours, scene.theirs, scene.align.ours if scene.align else None),
        ("reference", scene.theirs, scene.ours, scene.align.theirs if scene.align else None),
    ):
        if not mine.repeated or other.repeated:
            continue
        nodes = [n for n in trace.nodes if n.kind in RANDOM] if trace else []
        yield Cause(
            "random-repeats",
            f"the {side} draws the same random numbers again and again (its seed stands still: "
            "each step drops the same units); the other side draws new ones",
            "let the seed move: seed=(seed, step), or a tf.random.Generator",
            Cure(f"new random numbers for the {side} each time", fresh=True),
            on=side,
            nodes=tuple(nodes[:1]) if side == "loop" else (),
        )
