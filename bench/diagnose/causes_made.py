"""Hypotheses read off the user's own objects: a layer or loss that is set up as the other's is not.

No value has to be guessed: the reference's layer is given the settings of the one in the loop.
"""

from collections.abc import Iterator
from typing import Any

import keras

from bench.diagnose.causes_compiled import with_loss
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.layers import flat_layers
from bench.diagnose.scene import Scene
from bench.diagnose.where_made import is_like, owner_of, settings

PLAIN = (bool, int, float, str, type(None))


def layers(scene: Scene) -> Iterator[Cause]:
    """Yield the reference's layer at the parting set up as ours is, or of our layer's kind."""
    part, parting = _part(scene, keras.layers.Layer), scene.spot.parting
    node = parting.their_first if parting else None
    if part is None or scene.model is None or node is None:
        return
    theirs = flat_layers(scene.model)
    for i, layer in enumerate(theirs):
        if layer.name == node.layer and not is_like(part, layer):
            if type(layer) is type(part):
                yield _set_up(scene, i, part, layer)
            elif not layer.weights and not part.weights and not isinstance(part, keras.Model):
                yield _of_kind(scene, i, part, layer)


def losses(scene: Scene) -> Iterator[Cause]:
    """Yield the reference with the loss that our step calls, where it is another of Keras's."""
    part = _part(scene, keras.losses.Loss)
    model = scene.model
    if part is None or model is None or not type(part).__module__.startswith("keras."):
        return
    theirs = model.loss if isinstance(model.loss, keras.losses.Loss) else None
    if theirs is None or is_like(part, theirs) or part.reduction != theirs.reduction:
        return
    ours = type(part).from_config(part.get_config())
    yield Cause(
        "loss-made",
        f"the loss is {_told(part, theirs)}, the reference's {_told(theirs, part)}",
        f"use {_told(theirs, part)}",
        with_loss(ours, _told(part, theirs)),
    )


def _part(scene: Scene, kind: Any) -> Any:
    """Return the object of the user's that runs our first op, of a kind, or None."""
    program, parting = scene.ours.program, scene.spot.parting
    node = parting.first if parting else None
    return owner_of(program.born, node, kind) if program is not None else None


def _set_up(scene: Scene, i: int, part: Any, layer: Any) -> Cause:
    ours, theirs = _plain_settings(part), _plain_settings(layer)
    apart = {k: v for k, v in ours.items() if k in theirs and theirs[k] != v}

    def as_ours(program: Any) -> None:
        for name, value in apart.items():
            setattr(flat_layers(program.thing)[i], name, value)

    key = next(iter(_apart(part, layer)), "settings")
    return Cause(
        f"layer-{key}",
        f"{scene.layer_name(i)}: the loop's layer is {_told(part, layer)}, the reference's "
        f"{_told(layer, part)}",
        f"set it up as {_told(layer, part)}",
        Cure(f"the reference's {scene.layer_name(i)} as {_told(part, layer)}", setup=as_ours),
    )


def _plain_settings(layer: Any) -> dict[str, Any]:
    """Return what a layer keeps as numbers and words, and lists of such."""
    kept = {k: v for k, v in vars(layer).items() if k not in ("_name", "name", "built", "_path")}
    return {
        k: v
        for k, v in kept.items()
        if all(isinstance(e, PLAIN) for e in (v if isinstance(v, tuple | list) else (v,)))
    }


def _of_kind(scene: Scene, i: int, part: Any, layer: Any) -> Cause:
    config = part.get_config()

    def as_ours(program: Any) -> None:
        flat_layers(program.thing)[i].call = type(part).from_config(config).call

    ours, theirs = type(part).__name__, type(layer).__name__
    return Cause(
        "layer-kind",
        f"{scene.layer_name(i)}: the loop has a {ours} layer where the reference has {theirs}",
        f"use {theirs}",
        Cure(f"{ours} in the place of the reference's {scene.layer_name(i)}", setup=as_ours),
    )


def _apart(part: Any, other: Any) -> dict[str, Any]:
    ours, theirs = settings(part), settings(other)
    return {k: v for k, v in ours.items() if k not in theirs or theirs[k] != v}


def _told(part: Any, other: Any) -> str:
    """Return an object as it is written, with those of its settings that the other has not."""
    said = ", ".join(f"{k}={v!r}" for k, v in _apart(part, other).items())
    return f"{type(part).__name__}({said})"
