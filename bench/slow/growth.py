"""What grows from step to step: lists and other containers that a program keeps, and its graph."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import tensorflow as tf

_GROWING = (list, dict, set, np.ndarray, tf.Tensor)
_DEEP = 3


def sizes(thing: Any, module: ModuleType) -> dict[str, int]:
    """Return the lengths of the containers that a program or its file holds, by their name.

    A name is that of the attribute or of the variable: ``losses`` of ``self.losses``.
    """
    found: dict[str, int] = {}
    for name, value in [*_held(thing), *vars(module).items()]:
        if isinstance(value, _GROWING) or type(value).__name__ == "deque":
            found[name] = max(found.get(name, 0), _length(value))
    return found


def _length(value: Any) -> int:
    shape = getattr(value, "shape", None)
    if shape is None:
        return len(value)
    return int(shape[0]) if len(shape) and shape[0] is not None else 0


def _held(thing: Any, deep: int = _DEEP) -> Iterator[tuple[str, Any]]:
    """Yield what an object holds, and what the user's objects in it hold."""
    if isinstance(thing, dict):
        attributes: Any = {k: v for k, v in thing.items() if isinstance(k, str)}
    else:
        attributes = getattr(thing, "__dict__", {})
    for name, value in list(attributes.items()):
        yield name, value
        module = str(getattr(type(value), "__module__", ""))
        own = not module.startswith(("keras", "tensorflow", "numpy", "builtins"))
        if deep and (own or isinstance(value, dict)):
            yield from _held(value, deep - 1)


def graph_size(program: Any) -> int:
    """Return how many ops the graph of a program with a session has; 0 without one."""
    session = getattr(program, "session", None)
    return len(session.graph.get_operations()) if isinstance(session, tf.compat.v1.Session) else 0
