"""Hypotheses about what moves without a gradient: moving statistics."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from bench.diagnose.causes_update import restored
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.layers import flat_layers
from bench.diagnose.relations import common, factor
from bench.diagnose.scene import Scene


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield what may be wrong with what moves without a gradient: moving statistics."""
    step = scene.step
    program = scene.ours.program
    before, ours, theirs = (
        scene.theirs.weights[step],
        scene.ours.weights[step + 1],
        scene.theirs.weights[step + 1],
    )
    moved = [
        i
        for i, g in enumerate(scene.theirs.gradients[step])
        if g is None and not np.array_equal(theirs[i], before[i])
    ]
    still = [i for i in moved if np.array_equal(ours[i], scene.ours.weights[step][i])]
    names = ", ".join(scene.name(i) for i in still)
    if still and hasattr(program, "run_updates"):
        yield _update_ops(names)
    if still:
        yield Cause(
            "statistics-frozen",
            f"{names}: the loop never updates the moving statistics",
            "update them at each step: call the layer with training=True",
            Cure("the reference's moving statistics held still", after_step=restored(still)),
            omission=True,
        )
    yield from _momenta(scene, moved, before, ours, theirs)


def _update_ops(names: str) -> Cause:
    """Return that the updates which a graph has of its statistics are never run."""

    def run_them(fresh: Any) -> None:
        fresh.run_updates = True

    return Cause(
        "update-ops",
        f"{names}: the moving statistics have update ops in the graph's collection "
        "UPDATE_OPS, but nothing ever runs them",
        "with tf.control_dependencies(tf.compat.v1.get_collection('update_ops')):",
        Cure("UPDATE_OPS run with the loop's train op", setup=run_them),
        on="loop",
        omission=True,
    )


def _momenta(
    scene: Scene, moved: list[int], before: Any, ours: Any, theirs: Any
) -> Iterator[Cause]:
    if scene.model is None or not moved:
        return
    factors = {i: factor([ours[i] - before[i]], [theirs[i] - before[i]]) for i in moved}
    layers = [x for x in flat_layers(scene.model) if isinstance(x, keras.layers.BatchNormalization)]
    k = common(list(factors.values()), 2e-3)
    if k is not None and layers:
        momentum = 1 - k * (1 - layers[0].momentum)

        def swap(program: Any) -> None:
            for layer in flat_layers(program.thing):
                if isinstance(layer, keras.layers.BatchNormalization):
                    layer.momentum = momentum

        yield Cause(
            "statistics-momentum",
            f"the moving statistics have momentum {momentum:.4g}, the reference's "
            f"{layers[0].momentum:g}",
            f"momentum = {layers[0].momentum:g}",
            Cure(f"the reference's BatchNormalization with momentum={momentum:.4g}", setup=swap),
            value=momentum,
            theirs=layers[0].momentum,
        )
    if layers:
        yield _unbiased(scene, layers)


def _unbiased(scene: Scene, layers: list[Any]) -> Cause:
    assert scene.theirs.program is not None
    place = {id(v): i for i, v in enumerate(scene.theirs.program.variables)}
    keep = {place[id(layer.moving_variance)]: layer.momentum for layer in layers}

    def correct(program: Any, before: list[np.ndarray], step: int) -> None:
        now = program.read()
        x, _ = scene.stand.batches[step]
        for i, m in keep.items():
            if now[i].size:
                n = len(x) * int(np.prod(np.shape(x)[1:-1])) if np.ndim(x) > 2 else len(x)
                batch = (now[i] - m * before[i]) / (1 - m)
                now[i] = m * before[i] + (1 - m) * batch * n / (n - 1)
        program.write(now)

    return Cause(
        "statistics-unbiased",
        "the moving variance takes the unbiased variance n/(n-1), Keras's the plain one",
        "use tf.nn.moments, without Bessel's correction",
        Cure("the reference's moving variance fed unbiased variances", after_step=correct),
    )
