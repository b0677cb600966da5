"""Hypotheses about how gradients are clipped: by what norm, at which bound, or not at all."""

from collections.abc import Iterator
from typing import Any

import keras

from bench.diagnose.causes_generic import numbers_of_ours
from bench.diagnose.causes_optimizer import as_found, equal, with_optimizer
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.scene import Scene

CLIPS = {
    "clipnorm": "each variable's gradient by its own norm",
    "global_clipnorm": "all gradients together by their common norm",
    "clipvalue": "each number of a gradient",
}


def causes(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield the ways in which gradients may be clipped otherwise."""
    config = optimizer.get_config()
    theirs = next((name for name in CLIPS if config.get(name) is not None), None)
    if theirs is None:
        yield from _extra_clips()
        return
    bound = config[theirs]
    for other in numbers_of_ours(scene):
        if other > 0 and not equal(other, bound):
            yield from as_found({theirs: other}, config)
    yield from _unclipped(theirs, bound)
    for name, what in CLIPS.items():
        if name != theirs:
            yield Cause(
                "clipping-kind",
                f"the loop clips {what}; {theirs} of the reference clips {CLIPS[theirs]}",
                _clip_code(theirs, bound),
                with_optimizer(
                    {theirs: None, name: bound},
                    f"the reference with {name}={bound:g} in place of {theirs}",
                ),
                value=bound,
            )


def _extra_clips() -> Iterator[Cause]:
    for name, what in CLIPS.items():
        for bound in (0.01, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0):
            yield Cause(
                "clipping-extra",
                f"the loop clips {what} ({name}={bound:g}); the reference does not clip",
                "leave out the clipping",
                with_optimizer({name: bound}, f"the reference with {name}={bound:g}"),
                value=bound,
            )


def _unclipped(name: str, bound: float) -> Iterator[Cause]:
    """Yield that the loop does not clip: the reference rid of it, or the loop given it.

    Steps that nothing clips may carry rounding farther than the reference's noise floor knows of.
    """
    clip = keras.optimizers.SGD(**{name: bound})._clip_gradients
    for on, cure in (
        ("reference", with_optimizer({name: None}, f"the reference without {name}")),
        ("loop", Cure(f"the loop's gradients clipped ({name}={bound:g})",
                      at_gradients=lambda gradients, _: clip(gradients))),
    ):  # fmt: skip
        yield Cause(
            "clipping-missing",
            f"the gradients are not clipped; the reference clips {CLIPS[name]} ({name}={bound:g})",
            _clip_code(name, bound),
            cure,
            on=on,
            omission=True,
        )


def _clip_code(name: str, bound: float) -> str:
    return {
        "clipnorm": f"grads = [tf.clip_by_norm(g, {bound:g}) for g in grads]",
        "global_clipnorm": f"grads, _ = tf.clip_by_global_norm(grads, {bound:g})",
        "clipvalue": f"grads = [tf.clip_by_value(g, -{bound:g}, {bound:g}) for g in grads]",
    }[name]
