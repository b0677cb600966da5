"""The layers of a Keras model, nested ones too."""

from typing import Any

import keras


def flat_layers(model: Any) -> list[Any]:
    """Return every layer of a model, nested ones too, in order."""
    layers: list[Any] = []
    for layer in list(getattr(model, "_layers", None) or getattr(model, "layers", None) or []):
        if isinstance(layer, keras.layers.InputLayer):
            continue
        inner = flat_layers(layer)
        layers += [layer, *inner] if not isinstance(layer, keras.Model) else inner
    return list(dict.fromkeys(layers))
