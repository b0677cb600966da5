"""The layers of a Keras model beside those of the solution: the first that is another."""

from typing import Any

import keras

from bench.exercises.shows import Show

SETTINGS = (
    "units", "filters", "kernel_size", "strides", "pool_size", "padding", "activation", "use_bias",
    "rate", "noise_shape", "axis", "scale", "center", "momentum", "epsilon",
)  # fmt: skip


def other_layer(ours: keras.Model, theirs: keras.Model) -> Show | None:
    """Return the first layer that differs: its setting, its kind, one too many or too few."""
    mine, right = _layers(ours), _layers(theirs)
    if len(mine) != len(right):
        return Show("layer-missing" if len(mine) < len(right) else "layer-extra", "the model")
    for number, (a, b) in enumerate(zip(mine, right, strict=True), 1):
        if type(a) is not type(b):
            return Show("layer-kind", f"layer {number}")
        for setting in SETTINGS:
            if _setting(a, setting) != _setting(b, setting):
                return Show(f"layer-{setting}", f"layer {number}")
        if a.input.shape[1:] != b.input.shape[1:]:
            return Show("layer-called-on", f"layer {number}")
    return None


def draws(model: keras.Model) -> bool:
    """Return whether a layer of a model draws random numbers."""
    return any(hasattr(layer, "seed_generator") for layer in _layers(model))


def _layers(model: keras.Model) -> list[Any]:
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def _setting(layer: Any, name: str) -> Any:
    value = layer.get_config().get(name)
    return tuple(value) if isinstance(value, list) else value
