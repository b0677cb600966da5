"""Hypotheses about a batch normalisation that is frozen in the reference."""

from collections.abc import Callable, Iterator
from typing import Any

import keras

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.layers import flat_layers
from bench.diagnose.scene import Scene


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield that a frozen normalisation goes by the batch's statistics, moving its own or not."""
    assert scene.model is not None
    names = [
        scene.layer_name(i) for i, layer in enumerate(flat_layers(scene.model)) if _frozen(layer)
    ]
    for moves in (False, True) if names else ():
        yield Cause(
            "frozen-norm",
            f"{', '.join(names)}: a frozen batch normalisation (trainable=False) goes by its "
            "moving statistics in Keras, also while training; the loop goes by the batch's"
            + (" and updates them" if moves else ""),
            "normalise by the moving mean and variance",
            Cure("the reference's frozen normalisation by the batch's statistics",
                 setup=_by_batch(moves)),
        )  # fmt: skip


def _frozen(layer: Any) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization) and not layer.trainable


def _by_batch(moves: bool) -> Callable[[Any], None]:
    def setup(program: Any) -> None:
        for layer in flat_layers(program.thing):
            if _frozen(layer):
                layer.call = _thawed(layer, layer.call, moves)

    return setup


def _thawed(layer: Any, call: Any, moves: bool) -> Callable[..., Any]:
    """Return the layer's call as if it were not frozen while it trains."""

    def thawed(*args: Any, training: Any = None, **kwargs: Any) -> Any:
        if not training:
            return call(*args, training=training, **kwargs)
        held = [v.numpy() for v in (layer.moving_mean, layer.moving_variance)]
        layer._trainable = True
        try:
            return call(*args, training=True, **kwargs)
        finally:
            layer._trainable = False
            if not moves:
                layer.moving_mean.assign(held[0])
                layer.moving_variance.assign(held[1])

    return thawed
