"""A finished object in place of a factory: each time it is asked for, it is as it was at first."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.diagnose.layers import flat_layers


class SetBack:
    """Gives out one and the same object, its variables and attributes as they were at first.

    A cure may change a layer, so attributes of models, layers and optimizers are set back too.
    What lies deeper (a list that grows) stays as the last run left it.
    """

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        if isinstance(thing, keras.Model) and thing.optimizer is not None and thing.built:
            thing.optimizer.build(thing.trainable_variables)
        self.kept = [(v, np.array(v.numpy())) for v in variables_of(thing)]
        changeable = [p for p in _parts(thing) if hasattr(p, "__dict__")]
        self.attributes = [(part, dict(vars(part))) for part in changeable]

    def __call__(self) -> Any:
        """Return the object, set back."""
        for part, attributes in self.attributes:
            vars(part).clear()
            vars(part).update(attributes)
        for variable, value in self.kept:
            variable.assign(value)
        return self.thing


def _parts(thing: Any) -> list[Any]:
    """Return an object, its layers, its optimizer and their variables."""
    held = (
        [v for v in vars(thing).values() if isinstance(v, keras.layers.Layer)]
        if hasattr(thing, "__dict__")
        else []
    )
    models = [m for m in (thing, *held) if isinstance(m, keras.layers.Layer)]
    layers = [layer for model in models for layer in flat_layers(model)]
    optimizers = [m.optimizer for m in models if getattr(m, "optimizer", None) is not None]
    variables = [v for m in models for v in m.variables]
    parts = {id(p): p for p in (thing, *models, *layers, *optimizers, *variables)}
    return list(parts.values())


def variables_of(thing: Any, depth: int = 4) -> list[Any]:
    """Return every variable that can be reached from an object, each once."""
    by_id: dict[int, Any] = {}
    _reach(thing, depth, by_id, set())
    return list(by_id.values())


def _reach(thing: Any, depth: int, by_id: dict[int, Any], seen: set[int]) -> None:
    if depth < 0 or id(thing) in seen or isinstance(thing, str | bytes | np.ndarray | type):
        return
    seen.add(id(thing))
    if isinstance(thing, tf.Variable | keras.Variable):
        by_id[id(thing)] = thing
        return
    if isinstance(thing, keras.Model | keras.optimizers.Optimizer | keras.layers.Layer):
        for variable in thing.variables:
            by_id[id(variable)] = variable
        if getattr(thing, "optimizer", None) is not None:
            _reach(thing.optimizer, depth - 1, by_id, seen)
        return
    parts = thing.values() if isinstance(thing, dict) else thing
    if not isinstance(thing, list | tuple | set | dict):
        parts = vars(thing).values() if hasattr(thing, "__dict__") else ()
    for part in list(parts):
        _reach(part, depth - 1, by_id, seen)
