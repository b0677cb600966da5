"""What ``tf.function`` froze when it traced the loop: no watched run shows it.

Watched, every function runs eagerly, so a Python number that changes from step to step does change.
Traced, it stays what it was. So the loop is run once more as its user runs it, unwatched.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.epochs import Excerpt, Walk, recorded_walk, traced_walk
from bench.diagnose.floor import Floor, Quantity, relative
from bench.diagnose.programs import Program, Values
from bench.diagnose.stand import LOOP, Run, Stand
from bench.diagnose.trace import Trace

Apart = Callable[[Values, Values], bool]
Train = Callable[[Program], bool]  # whether it trained on what the watched loop did


def frozen_in_fit(
    stand: Stand, data: Excerpt, eager: Walk, apart: Apart
) -> tuple[Cause, float] | None:
    """Return that the loop's fit, traced, leads elsewhere than run eagerly, and by how much.

    None too where it draws other batches than when it was watched.

    Args:
        eager: the watched fit.
        apart: whether two sets of weights differ by more than noise.
    """

    def fit(program: Program) -> bool:
        batches = traced_walk(program, data)
        pairs = zip(batches, eager.batches, strict=False)
        return len(batches) == len(eager.batches) and all(np.array_equal(a, b) for a, b in pairs)

    size = _parted(stand, eager.weights[-1], apart, fit)
    return (_cause(recorded_walk(stand, data)), size) if size else None


def frozen_in_steps(stand: Stand, floor: Floor, eager: Run) -> tuple[Cause, float] | None:
    """Return that the loop's steps, traced, lead elsewhere than run eagerly, and by how much."""
    last = len(stand.batches) - 1

    def steps(program: Program) -> bool:
        for x, y in stand.batches:
            program.step(x, y)
        return True

    def apart(a: Values, b: Values) -> bool:
        pairs = enumerate(zip(a, b, strict=True))
        return any(floor.apart(Quantity("weight", last, i), x, y) for i, (x, y) in pairs)

    size = _parted(stand, eager.weights[-1], apart, steps)
    if not size:
        return None
    run = stand.run(LOOP, record=(0, last), ends=False)
    return _cause([run.traces[0], run.traces[last]]), size


def _parted(stand: Stand, eager: Values, apart: Apart, train: Train) -> float:
    """Return how far away the loop leads unwatched, relative: twice to the same weights; else 0.

    A loop that draws random numbers, or has a cure, cannot be compared so.
    """
    if stand.applied[LOOP] or hasattr(stand.first[LOOP], "stand_ins"):
        return 0.0
    ends: list[Values] = []
    for _ in range(2):
        program = stand.program(LOOP)
        program.write(stand.start)
        try:
            comparable = train(program)
        except Exception:  # what fails unwatched was told when it was built
            return 0.0
        if not comparable:
            return 0.0
        ends.append(program.read())
        if not apart(ends[-1], eager):
            return 0.0
    if apart(ends[0], ends[1]):
        return 0.0
    return max(relative(a, b) for a, b in zip(ends[0], eager, strict=True))


def _cause(traces: list[Trace]) -> Cause:
    found = _changing(traces[0], traces[-1])
    names = sorted({f"{a:.6g} at first, {b:.6g} later" for _, a, b in found})
    at = f" (line {found[0][0].place.line}: {'; '.join(names)})" if found else ""
    return Cause(
        "frozen-in-trace",
        "a Python value that changes from step to step is frozen into the traced tf.function: "
        f"it stays what it was when the function was traced{at}",
        "keep it in a tf.Variable, or hand it to the function as a tensor",
        Cure("the loop's functions run eagerly"),
        on="loop",
        nodes=tuple(node for node, _, _ in found[:1]),
    )


def _changing(first: Trace, last: Trace) -> list[tuple[Any, float, float]]:
    """Return the ops that are given another number as it stands in the last step, with both."""
    later = {node.key: node for node in last.nodes}
    found = []
    for node in first.nodes:
        twin = later.get(node.key)
        for a, b in zip(node.inputs, twin.inputs if twin else (), strict=False):
            before, after = _number(first, a), _number(last, b)
            if before is not None and after is not None and before != after and node.place:
                found.append((node, before, after))
    return found


def _number(trace: Trace, tensor: int) -> float | None:
    value = trace.values.get(tensor)
    given = value is not None and tensor not in trace.maker and np.ndim(value) == 0
    return trace.scalar(tensor) if given else None
