"""Which of the user's lines are running: the Python stack, seen from within."""

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from bench.diagnose.places import HERE, Place, is_users

_DRIVERS = tuple(str(Path(__file__).parent / name) for name in ("stand.py", "epochs.py"))
_KERAS_LAYERS = ("/keras/src/layers/", "/keras/src/models/")
_ENTRANCES = ("call", "__call__", "apply", "minimize", "update_state", "result")
_INNER = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


@dataclass(frozen=True)
class Stack:
    """Who runs an op.

    Attributes:
        places: the user's lines that led to it, the innermost first.
        layer: the name of the Keras layer that runs it, if one does.
        owners: ids of the objects whose methods run between the innermost line and the op, the
            one that runs it first: layer, model, loss, optimizer.
    """

    places: tuple[Place, ...] = ()
    layer: str | None = None
    owners: tuple[int, ...] = ()


def users_stack(but: Any = None) -> Stack:
    """Return who led here, without the lines of an object's own ``__init__`` if one is given."""
    frame: FrameType | None = sys._getframe(1)
    places: list[Place] = []
    owners: list[int] = []
    layer = None
    while frame is not None and frame.f_code.co_filename.startswith(HERE):
        frame = frame.f_back  # the watcher's own
    while frame is not None:
        file = frame.f_code.co_filename
        if file in _DRIVERS:  # who called the tool does not matter
            break
        if is_users(file):
            if but is None or not _makes(frame, but):
                places.append(Place(file, frame.f_lineno, frame.f_code.co_name))
        else:
            owner = _owner(frame)
            if owner is not None and not places:
                owners.append(id(owner))
            if layer is None and any(part in file for part in _KERAS_LAYERS):
                layer = getattr(owner, "name", None)
        frame = frame.f_back
    return Stack(tuple(places), layer, tuple(dict.fromkeys(owners)))


def _owner(frame: FrameType) -> Any:
    return frame.f_locals.get("self") if frame.f_code.co_name in _ENTRANCES else None


def _makes(frame: FrameType, thing: Any) -> bool:
    return frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is thing


def of_traceback(frames: Iterable[Any]) -> tuple[Place, ...]:
    """Return the user's lines of a graph op's traceback, the innermost first."""
    inner = itertools.takewhile(lambda f: f.filename not in _DRIVERS, reversed(list(frames)))
    return tuple(Place(f.filename, f.lineno, f.name) for f in inner if is_users(f.filename))


@contextmanager
def on_return(told: Callable[[FrameType, Any], None]) -> Iterator[None]:
    """Call a function with (frame, value) whenever a function of the user's returns a value."""

    def profile(frame: FrameType, event: str, value: Any) -> None:
        if event != "return" or value is None or not is_users(frame.f_code.co_filename):
            return
        if frame.f_code.co_name not in _INNER:
            told(frame, value)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(before)


def caller(frame: FrameType) -> Place | None:
    """Return the user's line that called a function of his, or None where the tool did."""
    outer = frame.f_back
    while outer is not None and outer.f_code.co_filename not in _DRIVERS:
        if is_users(outer.f_code.co_filename) and outer.f_code.co_name not in _INNER:
            return Place(outer.f_code.co_filename, outer.f_lineno, outer.f_code.co_name)
        outer = outer.f_back
    return None


def place_of(frame: FrameType) -> Place:
    """Return the line that a frame is at."""
    return Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
