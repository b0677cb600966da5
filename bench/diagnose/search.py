"""Try causes: run one side under each cure, and see how far the pair then agrees."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.diagnose.cures import Cause, Cure, kept_to
from bench.diagnose.floor import Floor, relative
from bench.diagnose.pair import leaves
from bench.diagnose.scene import Scene
from bench.diagnose.spot import LAST, Spot, end_batch, end_parting, locate
from bench.diagnose.stand import LOOP, REFERENCE, Run, Stand

MAX_TRIALS = 160
SHRUNK = 0.2  # by that much of its ops without a counterpart a forward pass has to come closer
GENERIC = (
    "constant",
    "constants-exchanged",
    "operand",
    "computed-otherwise",
    "axis",
    "reduction",
    "padding",
    "comparison",
    "operation-extra",
    "factor-extra",
    "part-scaled",
    "term-extra",
    "epsilon-outside-root",
)
"""Of these the gradients have to agree afterwards: they are tied to ops, not to a meaning."""


@dataclass(frozen=True)
class Tried:
    """Causes tried together, and where the pair parts once they are cured; None for nowhere."""

    causes: tuple[Cause, ...]
    spot: Spot | None

    @property
    def key(self) -> tuple[int, int, int]:
        """Where the pair parts now: the later the better."""
        return self.spot.key if self.spot else (LAST + 1, 0, 0)


def best(scene: Scene, causes: Iterable[Cause | tuple[Cause, ...]]) -> Tried | None:
    """Return the first cause that mends the rung and all that follows, else the one that goes
    farthest beyond it; None where none does.
    """
    farthest: Tried | None = None
    for count, cause in enumerate(causes):
        if count >= MAX_TRIALS or (count and scene.stand.is_late):
            break
        tried = attempt(scene, list(cause) if isinstance(cause, tuple) else [cause])
        if tried is None or not _holds(tried, scene):
            continue
        if farthest is None or tried.key > farthest.key:
            farthest = _lasting(scene, tried) or farthest
        if farthest is not None and farthest.spot is None:
            break
    return farthest


def combined(
    scene: Scene,
    causes: Iterable[Cause | tuple[Cause, ...]],
    second: Callable[[Scene], Iterable[Cause | tuple[Cause, ...]]],
) -> Iterator[tuple[Cause, ...]]:
    """Yield each cause together with those that its cure alone brings to light.

    Two faults of one rung hide each other: sums under hard targets fit neither hypothesis.
    """
    for cause in causes:
        if isinstance(cause, tuple) or scene.stand.is_late:
            continue
        try:
            run = scene.stand.run(cause.on, [cause.cure], steps=scene.step + 1, ends=False)
        except Exception:  # a cure that the program cannot take is no cure
            continue
        mine = cause.on == LOOP
        seen = replace(
            scene, ours=run if mine else scene.ours, theirs=scene.theirs if mine else run
        )
        for more in second(seen):
            yield (cause, *(more if isinstance(more, tuple) else (more,)))


def _lasting(scene: Scene, tried: Tried) -> Tried | None:
    """Return what was tried up to one step as every run can take it, or None where none can."""
    if tried.spot is None or scene.spot.step == LAST:
        return tried
    in_steps = tuple(kept_to(c, ends=False) for c in tried.causes)
    for causes in (tried.causes, in_steps) if _helps_the_ends(scene, tried) else (in_steps,):
        try:
            for side in {c.on for c in causes}:
                scene.stand.run(side, [c.cure for c in causes if c.on == side])
        except Exception:  # what holds at this step fails at another, or at the ends
            continue
        return replace(tried, causes=causes)
    return None


def _helps_the_ends(scene: Scene, tried: Tried) -> bool:
    """Return whether predictions come no farther from the reference's by cures of single ops.

    The line that a step runs may be right where predictions run it, as with moving statistics.
    """
    cures = [c.cure for c in tried.causes if c.on == LOOP and c.cure.at_op]
    if not cures or tried.causes[0].name not in GENERIC:
        return True
    try:
        plain, cured = (scene.stand.run(LOOP, c, steps=0) for c in ([], cures))
    except Exception:  # a cure that predictions cannot take is none there
        return False
    theirs = scene.stand.run(REFERENCE, steps=0).predictions or []
    apart = [
        sum(relative(a, b) for a, b in zip(run.predictions or [], theirs, strict=False))
        for run in (plain, cured)
    ]
    return apart[1] <= apart[0]


def _holds(tried: Tried, scene: Scene) -> bool:
    """Return whether what a cause pushed back is a mend: a rung, or much of a long one."""
    spot = tried.spot
    if spot is None:
        return True
    same_step = spot.step == scene.spot.step
    rule = spot.rung == "update" or (not same_step and any(c.odd for c in tried.causes))
    handed = tried.causes[0].name == "other-optimizer" and _of_others(spot, scene.spot)
    if spot.rung == scene.spot.rung and rule and not handed:
        return False  # a rule that holds for a step or two is another one
    if same_step and spot.quantity.kind == "gradient":
        if spot.rung == "gradient" or not _moves_on(tried, spot, scene.spot):
            return False
        if tried.causes[0].name in GENERIC:
            return (scene.spot.rung, spot.rung) == ("forward", "loss")
        if scene.spot.rung == "forward":
            return _goes_on(spot, scene.spot)
    return not (same_step and spot.rung == scene.spot.rung)


def _of_others(after: Spot, before: Spot) -> bool:
    """Return whether none of the weights that parted before are among those that part now."""
    then, now = (
        {q.key for q in s.apart if q.kind == "weight" and q.step == s.step} for s in (before, after)
    )
    return not then & now


def _moves_on(tried: Tried, after: Spot, before: Spot) -> bool:
    """Return whether the side that no cure touched parts at a later op now: its ops are the same.

    A layer that is switched off on one side may end a parting there, and begin one before it.
    """
    sides = {c.on for c in tried.causes}
    if len(sides) != 1 or after.parting is None or before.parting is None:
        return True
    which = "their_first" if sides == {LOOP} else "first"
    now, then = (getattr(s.parting, which) for s in (after, before))
    return now is None or then is None or now.index > then.index


def _goes_on(after: Spot, before: Spot) -> bool:
    """Return whether a forward pass now parts in a later layer, and much later, or in the loss."""
    if after.rung == "loss":
        return True
    if after.layer is None or before.layer is None or after.layer <= before.layer:
        return False
    return after.depth > (1 - SHRUNK) * before.depth


def attempt(scene: Scene, causes: list[Cause]) -> Tried | None:
    """Return what a set of causes mends, or None where the pair parts no later than before."""
    step = scene.spot.step
    if step == LAST:
        causes = [kept_to(c, ends=True) for c in causes]
    try:
        if step < LAST and (spot := _spot(scene, causes, step)) is not None:
            return Tried(tuple(causes), spot) if spot.key > scene.spot.key else None
        tried = _to_the_end(scene, causes)
    except Exception:  # a cure that the program cannot take is no cure
        return None
    return tried if tried.key > scene.spot.key else None


def _to_the_end(scene: Scene, causes: list[Cause]) -> Tried:
    """Return where the pair parts in all that it does, the ends left out of a cure that they
    cannot take.
    """
    try:
        return Tried(tuple(causes), _spot(scene, causes, None))
    except Exception:
        if causes[0].name not in GENERIC:
            raise
        causes = [kept_to(c, ends=False) for c in causes]
        return Tried(tuple(causes), _spot(scene, causes, None))


def _spot(scene: Scene, causes: list[Cause], until: int | None) -> Spot | None:
    """Run the sides that a cause touches anew; return where the pair parts, up to a step."""
    runs = {LOOP: scene.ours, REFERENCE: scene.theirs}
    ends = until is None
    record: tuple[Any, ...] = (0,) if until is None else (until,)
    if scene.spot.step == LAST:
        record = ()
    for side in {c.on for c in causes}:
        cures = [c.cure for c in causes if c.on == side]
        if scene.spot.step == LAST:
            runs[side] = _ends_again(scene, side, cures)
            continue
        steps = None if until is None else until + 1
        runs[side] = scene.stand.run(side, cures, steps=steps, record=record, ends=ends)
    cut = {side: _until(run, until) for side, run in runs.items()}
    spot = locate(cut[LOOP], cut[REFERENCE], scene.floor)
    if spot is not None and scene.spot.rung == "update" and spot.step == scene.spot.step:
        spot = replace(spot, depth=0)
    return spot


def _ends_again(scene: Scene, side: str, cures: list[Cure]) -> Run:
    """Let a side predict and evaluate under cures, from the weights that its steps led to."""
    before = scene.ours if side == LOOP else scene.theirs
    run = scene.stand.run(side, cures, steps=0, start=before.weights[-1])
    return replace(before, predictions=run.predictions, metrics=run.metrics)


def _until(run: Run, step: int | None) -> Run:
    if step is None:
        return run
    return replace(
        run,
        losses=run.losses[: step + 1],
        gradients=run.gradients[: step + 1],
        weights=run.weights[: step + 2],
        predictions=None,
        metrics=None,
    )


def fresh_runs(stand: Stand, step: int) -> tuple[Run, Run]:
    """Run both sides with all cures applied so far, with a step recorded."""
    record = (0, step, "predict", "evaluate")
    return stand.run(LOOP, record=record), stand.run(REFERENCE, record=record)


def at_the_end(stand: Stand, floor: Floor, spot: Spot, ours: Run, theirs: Run) -> Spot:
    """Return a spot at predictions or metrics with the ops where both part.

    Both sides are to take as many samples at once for that.
    """
    what = "predict" if spot.quantity.kind == "prediction" else "evaluate"
    x = np.asarray(leaves(stand.pair.data.x_test)[0])
    taken = end_batch(ours.traces[what], x)
    if taken and taken != end_batch(theirs.traces[what], x):

        def take(program: Any) -> None:
            program.end_batch = taken

        theirs = stand.run(REFERENCE, [Cure("", setup=take)], record=("predict", "evaluate"))
    align, parting = end_parting(ours, theirs, spot.quantity, floor.eps)
    return replace(spot, align=align, parting=parting)
