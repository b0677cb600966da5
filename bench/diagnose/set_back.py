"""A finished object in place of a factory: each time it is asked for, its variables are reset."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf


class SetBack:
    """Gives out one and the same object, its variables as they were at first.

    What is no variable (a Python counter, a list) stays as the last run left it.
    """

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        if isinstance(thing, keras.Model) and thing.optimizer is not None and thing.built:
            thing.optimizer.build(thing.trainable_variables)
        self.kept = [(v, np.array(v.numpy())) for v in variables_of(thing)]

    def __call__(self) -> Any:
        """Return the object, set back."""
        for variable, value in self.kept:
            variable.assign(value)
        return self.thing


def variables_of(thing: Any, depth: int = 4) -> list[Any]:
    """Return every variable that can be reached from an object, each once."""
    found: dict[int, Any] = {}
    _reach(thing, depth, found, set())
    return list(found.values())


def _reach(thing: Any, depth: int, found: dict[int, Any], seen: set[int]) -> None:
    if depth < 0 or id(thing) in seen or isinstance(thing, str | bytes | np.ndarray | type):
        return
    seen.add(id(thing))
    if isinstance(thing, tf.Variable | keras.Variable):
        found[id(thing)] = thing
        return
    if isinstance(thing, keras.Model | keras.optimizers.Optimizer | keras.layers.Layer):
        for variable in thing.variables:
            found[id(variable)] = variable
        if getattr(thing, "optimizer", None) is not None:
            _reach(thing.optimizer, depth - 1, found, seen)
        return
    parts = thing.values() if isinstance(thing, dict) else thing
    if not isinstance(thing, list | tuple | set | dict):
        parts = vars(thing).values() if hasattr(thing, "__dict__") else ()
    for part in list(parts):
        _reach(part, depth - 1, found, seen)
