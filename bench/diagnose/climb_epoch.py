"""The last rungs: a whole fit of the loop, the order of its data, the weights it starts from."""

from typing import Any

import keras
import numpy as np

from bench.diagnose.causes_epoch import (
    SORTED,
    EpochScene,
    is_in_order,
    last_batch_dropped,
    plan_cause,
    sortedness,
    within_epoch,
)
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.epochs import can_walk, excerpt, loop_walk, reference_walk
from bench.diagnose.floor import Floor, Quantity, relative
from bench.diagnose.pair import rows
from bench.diagnose.places import Place
from bench.diagnose.spot import LAST, Spot
from bench.diagnose.stand import LOOP, REFERENCE, Stand

Met = tuple[Spot, Cause | None, tuple[Place, ...]]
START_RATIO = 2.0  # weights twice as wide send a signal four times as strong through a layer


def climb_epoch(stand: Stand, floor: Floor) -> list[Met] | None:
    """Return what a whole fit shows, with the causes that were confirmed."""
    if not can_walk(stand):
        return []
    data = excerpt(stand)
    walk = loop_walk(stand, data)
    scene = EpochScene(stand, floor, data, walk)
    if not walk.batches:
        return _by_the_end(scene)
    if any((b < 0).any() for b in walk.batches):
        return None
    found: list[Met] = []
    plan = plan_cause(scene)
    mixed = plan is not None and plan.name == "targets-mixed"
    own = walk.fed if mixed else scene.batches(walk.batches)
    weights = reference_walk(stand, own)
    noise = scene.noise(own, weights[-1])
    if scene.apart(walk.weights[-1], weights[-1], noise):
        found.append(_inner(scene, own, weights, noise))
    if plan is not None:
        found.append((_spot("epoch", _apart_of_plan(scene), "batches"), plan, walk.lines))
    if plan is None and is_in_order(scene) and stand.pair.fit.get("shuffle", True):
        found += _order(stand, scene)
    return found


def _by_the_end(scene: EpochScene) -> list[Met] | None:
    """Judge a fit whose batches could not be seen by the weights that it leads to.

    Returns:
        None where it leads neither where all batches in their order do nor the whole ones alone.
    """
    end, order = scene.walk.weights[-1], scene.in_order()
    whole = [b for b in order if len(b) == scene.data.batch_size]
    for batches in (order, whole):
        fed = scene.batches(batches)
        theirs = reference_walk(scene.stand, fed)[-1]
        if not scene.apart(end, theirs, scene.noise(fed, theirs)):
            if batches is order or len(whole) == len(order):
                return []
            size = _apart_of_plan(scene)
            return [(_spot("epoch", size, "batches"), last_batch_dropped(scene.data), ())]
    return None


def _spot(rung: str, size: float, key: Any) -> Spot:
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
    spot = _spot("epoch", size, f"batch {first}")
    for cause in within_epoch(scene, first - 1):
        cured = reference_walk(scene.stand, own, [cause.cure])[-1]
        if not scene.apart(walk.weights[-1], cured, noise):
            return spot, cause, walk.lines
    return spot, None, walk.lines


def _order(stand: Stand, scene: EpochScene) -> list[Met]:
    """Return that the data's order does harm, where it does."""
    data = stand.pair.data
    spread = sortedness(data.y, stand.pair.batch_size)
    if spread < SORTED:
        return []
    judge = _Judge(stand)
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
    spot = _spot("data", gap / max(abs(middle), 1e-12), "test loss")
    mended = abs(cured - middle) < gap / 2
    return [(spot, cause if mended else None, scene.walk.lines)]


class _Judge:
    """Trains either side as its user does and asks the reference for the loss on the test data."""

    def __init__(self, stand: Stand) -> None:
        self.stand, self.data = stand, stand.pair.data
        self.epochs = min(int(stand.pair.fit.get("epochs") or 2), 3)

    def loop(self, shuffled: bool) -> float:
        """Train the loop, on data shuffled for it or as it lies."""
        program = self.stand.program(LOOP)
        program.write(self.stand.drawn[REFERENCE])
        rng, n = np.random.default_rng(5), len(self.data)
        for _ in range(self.epochs):
            order = rng.permutation(n) if shuffled else np.arange(n)
            program.fit(
                rows(self.data.x, order),
                rows(self.data.y, order),
                epochs=1,
                batch_size=self.stand.pair.batch_size,
            )
        return self._loss(program.read())

    def reference(self, seed: int) -> float:
        """Train the reference by its own fit."""
        program = self.stand.program(REFERENCE)
        program.write(self.stand.drawn[REFERENCE])
        keras.utils.set_random_seed(seed)
        program.fit(self.data.x, self.data.y, epochs=self.epochs)
        return self._loss(program.read())

    def _loss(self, weights: Any) -> float:
        program = self.stand.program(REFERENCE)
        program.write(weights)
        return float(program.evaluate(self.data.x_test, self.data.y_test)["loss"])


def climb_start(stand: Stand) -> list[Met]:
    """Return that the loop starts from weights of another spread than the reference's."""
    ours, theirs = stand.drawn[LOOP], stand.drawn[REFERENCE]
    kernels = [
        (float(np.std(a)), float(np.std(b)))
        for a, b in zip(ours, theirs, strict=True)
        if b.ndim > 1 and b.size > 15
    ]
    if not kernels:
        return []
    a, b = (max(pair[k] for pair in kernels) for k in (0, 1))
    if not b or 1 / START_RATIO <= a / b <= START_RATIO:
        return []
    cause = Cause(
        "start-spread",
        f"the loop's starting weights are spread {a / b:.3g} times as wide as the "
        f"reference's initializer draws them (standard deviation {a:.3g} against {b:.3g})",
        "draw them as Keras does: keras.initializers.GlorotUniform()(shape)",
        Cure("both started from the reference's weights"),
        on="loop",
        value=None,
    )
    return [(_spot("start", abs(a / b - 1), "spread"), cause, ())]
