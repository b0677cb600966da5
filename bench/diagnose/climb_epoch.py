"""The last rungs but one: a whole fit of the loop, and the order of its data."""

from typing import Any

import numpy as np

from bench.diagnose.causes_epoch import (
    SORTED,
    EpochScene,
    is_in_order,
    last_batch_dropped,
    plan_cause,
    run_on,
    sortedness,
    within_epoch,
)
from bench.diagnose.causes_traced import frozen_in_fit
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.epochs import can_walk, excerpt, loop_walk, reference_plan, reference_walk
from bench.diagnose.floor import Floor, Quantity, relative
from bench.diagnose.judge import Judge
from bench.diagnose.places import Place
from bench.diagnose.spot import LAST, Spot
from bench.diagnose.stand import LOOP, Stand

Met = tuple[Spot, Cause | None, tuple[Place, ...]]


def climb_epoch(stand: Stand, floor: Floor) -> list[Met] | None:
    """Return what a whole fit shows, with the causes that were confirmed."""
    if not can_walk(stand):
        return []
    data = excerpt(stand)
    walk = loop_walk(stand, data)
    scene = EpochScene(stand, floor, data, walk, reference_plan(stand, data))
    if not walk.batches:
        return _by_the_end(scene)
    if any((b < 0).any() for b in walk.batches):
        return None
    met: list[Met] = []
    plan = plan_cause(scene)
    mixed = plan is not None and plan.name == "targets-mixed"
    own = walk.fed if mixed else scene.batches(walk.batches)
    weights = reference_walk(stand, own)
    noise = scene.noise(own, weights[-1])
    if scene.apart(walk.weights[-1], weights[-1], noise):
        met.append(_inner(scene, own, weights, noise))
    elif not stand.drew:
        met += _frozen(stand, scene, noise)
    if plan is not None:
        met.append((after_the_steps("epoch", _apart_of_plan(scene), "batches"), plan, walk.lines))
    if plan is None and is_in_order(scene) and stand.pair.fit.get("shuffle", True):
        met += _order(stand, scene)
    return met


def _frozen(stand: Stand, scene: EpochScene, noise: Any) -> list[Met]:
    """Return that the loop's fit goes elsewhere once its functions are traced."""
    found = frozen_in_fit(stand, scene.data, scene.walk, lambda a, b: scene.apart(a, b, noise))
    return [(after_the_steps("epoch", found[1], "traced"), found[0], ())] if found else []


def _by_the_end(scene: EpochScene) -> list[Met] | None:
    """Judge a fit whose batches could not be seen by the weights that it leads to.

    Returns:
        None where it leads neither where all batches in their order do nor the whole ones alone.
    """
    order, size = scene.in_order(), scene.data.batch_size
    whole = [b for b in order if len(b) == size]
    if _leads_there(scene, order):
        return []
    stream = np.concatenate(order)
    on = [stream[i : i + size] for i in range(0, len(stream), size)]
    for batches, cause in (
        (whole, last_batch_dropped(scene.data)),
        (on, run_on(scene.data, len(stream))),
        (on[: len(stream) // size], run_on(scene.data, len(stream) // size * size)),
    ):
        if len(whole) != len(order) and _leads_there(scene, batches):
            return [(after_the_steps("epoch", _apart_of_plan(scene), "batches"), cause, ())]
    return None


def _leads_there(scene: EpochScene, batches: list[np.ndarray]) -> bool:
    """Return whether the reference, trained on some batches, ends where the loop's fit does."""
    fed = scene.batches(batches)
    theirs = reference_walk(scene.stand, fed)[-1]
    return not scene.apart(scene.walk.weights[-1], theirs, scene.noise(fed, theirs))


def after_the_steps(rung: str, size: float, key: Any) -> Spot:
    """Return the place of what shows only once the steps are over."""
    quantity = Quantity("weight", -1, key)
    return Spot(LAST, rung, 0, quantity, (quantity,), size)


def _apart_of_plan(scene: EpochScene) -> float:
    """Return how far the loop's batches lead from those of fit, relative."""
    theirs = reference_walk(scene.stand, scene.batches(scene.in_order()))[-1]
    gaps = [relative(a, b) for a, b in zip(scene.walk.weights[-1], theirs, strict=True)]
    return max(gaps)


def _inner(scene: EpochScene, own: Any, weights: Any, noise: Any) -> Met:
    """Explain a fit that leads elsewhere on the very same batches."""
    walk = scene.walk
    first = next(
        (
            i
            for i, (a, b) in enumerate(zip(walk.weights, weights, strict=False))
            if scene.apart(a, b, noise)
        ),
        len(weights) - 1,
    )
    size = max(relative(a, b) for a, b in zip(walk.weights[-1], weights[-1], strict=True))
    spot = after_the_steps("epoch", size, f"batch {first}")
    for cause in within_epoch(scene, first - 1):
        try:
            if _mends(scene, own, cause, weights[-1], noise):
                return spot, cause, walk.lines
        except Exception:  # a cure that the program cannot take is no cure
            continue
    return spot, None, walk.lines


def _mends(scene: EpochScene, own: Any, cause: Cause, theirs: Any, noise: Any) -> bool:
    """Return whether both end with the same weights once one side has its cure."""
    ours = scene.walk.weights[-1]
    if cause.on == LOOP:
        ours = loop_walk(scene.stand, scene.data, [cause.cure]).weights[-1]
    else:
        theirs = reference_walk(scene.stand, own, [cause.cure])[-1]
    return not scene.apart(ours, theirs, noise)


def _order(stand: Stand, scene: EpochScene) -> list[Met]:
    """Return that the data's order does harm, where it does."""
    data = stand.pair.data
    spread = sortedness(data.y, stand.pair.batch_size)
    if spread < SORTED:
        return []
    judge = Judge(stand)
    plain, cured = judge.loop(False), judge.loop(True)
    theirs = [judge.reference(seed) for seed in (1, 2)]
    middle = float(np.mean(theirs))
    width = max(abs(theirs[0] - theirs[1]), 0.05 * abs(middle))
    gap = abs(plain - middle)
    if gap <= 3 * width:
        return []
    cause = Cause(
        "not-shuffled",
        "the loop goes through sorted data in order; fit shuffles it each epoch by default (the "
        f"batches' mean targets spread {spread:.0f} times as wide as shuffled ones would)",
        "order = rng.permutation(len(x)) at each epoch; take batches from x[order], y[order]",
        Cure("the loop given its data shuffled anew each epoch"),
        on="loop",
        omission=True,
    )
    spot = after_the_steps("data", gap / max(abs(middle), 1e-12), "test loss")
    mended = abs(cured - middle) < gap / 2
    return [(spot, cause if mended else None, scene.walk.lines)]
