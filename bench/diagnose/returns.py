"""What the user's own functions hand back: the lines through which a value came.

Many a fault stands on a line without an op: ``return self.state``, ``return sorted(names)``. An op
does not know of it, but the value that the op was given passed there.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from bench.diagnose.places import Place
from bench.diagnose.stack import caller, on_return, place_of
from bench.diagnose.trace import handle

MAX_PARTS = 300


@dataclass(frozen=True)
class Return:
    """One value that a function of the user's handed on.

    Attributes:
        place: the line of the ``return``.
        caller: the line that it was handed to; None where that is the tool.
        at: how many ops had run by then.
        parts: ids (in a graph: names) of the tensors and variables in it.
        number: itself, where it is one number.
        array: itself, where it is an array of NumPy's.
        alone: whether it is one tensor or variable, and no list of some.
    """

    place: Place
    caller: Place | None
    at: int
    parts: tuple[Any, ...] = ()
    number: float | None = None
    array: np.ndarray | None = None
    alone: bool = False


def returns(kept: list[Return], nodes: list[Any]) -> AbstractContextManager[None]:
    """Keep what the user's functions return to each other, while a list of ops grows."""

    def told(frame: FrameType, value: Any) -> None:
        kept.append(_return(place_of(frame), caller(frame), len(nodes), value))

    return on_return(told)


def _return(place: Place, to: Place | None, at: int, value: Any) -> Return:
    parts = tuple(p for p in map(_name, _leaves(value)) if p is not None)
    number = _number(value)
    array = value if isinstance(value, np.ndarray) and value.size > 1 else None
    return Return(place, to, at, parts, number, array, _name(value) is not None)


def _leaves(value: Any) -> Iterator[Any]:
    """Yield what a value holds, two levels deep and not without end."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        yield value
        return
    for part in value[:MAX_PARTS]:
        yield from part[:MAX_PARTS] if isinstance(part, list | tuple) else (part,)


def _name(value: Any) -> Any:
    """Return by what the ops of a step name a tensor or variable, or None of anything else."""
    if not hasattr(value, "dtype") or isinstance(value, np.ndarray | np.generic):
        return None
    tensor = handle(value) if hasattr(value, "assign") else value
    if hasattr(tensor, "op"):  # of a graph
        return tensor.name
    return getattr(tensor, "_id", None)


def _number(value: Any) -> float | None:
    plain = isinstance(value, int | float | np.floating | np.integer)
    return float(value) if plain and not isinstance(value, bool) else None
