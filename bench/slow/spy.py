"""What happens beneath each of the user's lines: counted as it runs, by Python's own hooks.

Counts are exact and the same on any machine; the seconds are those of a watched run, several times
too long, and only say where to look first.
"""

import inspect
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import func_graph

_FAST_PATH = "TFE_Py_FastPathExecute"
_FUNCTION = type(tf.function(lambda: None))
_TENSOR = type(tf.constant(0)).__mro__[1]
_READS = ("numpy", "__float__", "__int__", "__bool__", "__index__", "__array__", "__format__")
_KERAS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch",
          "compile", "save", "save_weights", "get_weights", "set_weights")  # fmt: skip


def _code(function: Any) -> CodeType:
    return inspect.unwrap(function).__code__


def _watched() -> dict[CodeType, str]:
    codes = {_code(getattr(keras.Model, name)): name for name in _KERAS}
    codes |= {_code(getattr(_TENSOR, name)): "read" for name in _READS if hasattr(_TENSOR, name)}
    return codes | {
        _code(_FUNCTION.__call__): "function",
        _code(_FUNCTION.__init__): "function made",
        _code(keras.layers.Layer.__call__): "layer",
        _code(tf.data.Dataset.__init__): "dataset made",
        _code(tf.compat.v1.Session.run): "session.run",
        _code(tf.Graph._create_op_internal): "op made",
        _code(tf.GradientTape.gradient): "gradient",
        _code(tf.py_function): "py_function",
    }


WATCHED = _watched()


@dataclass
class LineSeen:
    """What happened beneath a line.

    Attributes:
        seconds: of it and all that it calls.
        hits: how often it ran.
        events: how often what happened: ``op`` for one that ran by itself, and those above.
    """

    seconds: float = 0.0
    hits: int = 0
    events: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class FunctionCall:
    """A call of a ``tf.function`` by the user.

    Attributes:
        function: the object, held so that its id stays its own.
        name: of what it compiles.
        arguments: by place or name, described: (kind, what) of each leaf.
        traced: whether it was traced in this call.
        line: of the text, where it was called.
        defined: the line of the text on which what it compiles begins, decorators with it.
    """

    function: Any
    name: str
    arguments: dict[int | str, tuple[tuple[str, Any], ...]]
    traced: bool
    line: int
    defined: int = 0


@dataclass
class Seen:
    """What was seen of some steps.

    Attributes:
        lines: by their number in the text.
        calls: of ``tf.function``.
        batches: of each Keras call, the samples that it was given, by line and name.
        steps: how many.
    """

    steps: int = 0
    seconds: float = 0.0
    lines: dict[int, LineSeen] = field(default_factory=dict)
    calls: list[FunctionCall] = field(default_factory=list)
    batches: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    def at(self, line: int) -> LineSeen:
        """Return what is known of a line."""
        return self.lines.setdefault(line, LineSeen())

    def share(self, line: int) -> float:
        """Return how much of the time was spent on a line."""
        return self.at(line).seconds / self.seconds if self.seconds else 0.0

    def of_event(self, name: str) -> dict[int, int]:
        """Return how often something happened beneath each line."""
        return {n: line.events[name] for n, line in self.lines.items() if line.events[name]}


class Spy:
    """Watches the lines of one file.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.seen = str(path), Seen()
        self._users: list[FrameType] = []
        self._inside: list[FrameType] = []  # calls of tf.function that the user made

    @contextmanager
    def watching(self) -> Iterator[Seen]:
        """Watch this block."""
        begin = time.perf_counter()
        sys.setprofile(self._profile)
        sys.settrace(self._call)
        try:
            yield self.seen
        finally:
            sys.settrace(None)
            sys.setprofile(None)
            self._users.clear()
            self._inside.clear()
            self.seen.seconds += time.perf_counter() - begin

    def _profile(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "c_call" and getattr(arg, "__name__", "") == _FAST_PATH:
            self._note("op")

    def _note(self, what: str) -> None:
        for line in {user.f_lineno for user in self._users}:
            self.seen.at(line).events[what] += 1

    def _call(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        if code.co_filename == self.path:
            return self._entered(frame)
        what = WATCHED.get(code)
        if what is None or not self._users or self._inside:
            return None
        if what == "function":
            return self._function(frame)
        self._keras(what, frame)
        if what == "op made" and isinstance(frame.f_locals.get("self"), func_graph.FuncGraph):
            return None
        if what == "layer":
            if not isinstance(frame.f_locals.get("self"), keras.Model):
                return None
            what = "model"
        if what == "read" and frame.f_back is not self._users[-1]:
            what = "read beneath"  # by a library, and no wish of the user's
        self._note(what)
        return None

    def _keras(self, what: str, frame: FrameType) -> None:
        size = _samples(what, frame)
        if size is not None:
            key = self._users[-1].f_lineno, "model" if what == "layer" else what
            self.seen.batches.setdefault(key, []).append(size)

    def _entered(self, frame: FrameType) -> Callable[..., Any]:
        """Follow a function of the user's line by line."""
        self._users.append(frame)
        last = [0, time.perf_counter()]

        def follow(inner: FrameType, event: str, arg: Any) -> Any:
            now = time.perf_counter()
            if last[0]:
                self.seen.at(int(last[0])).seconds += now - last[1]
            if event == "line":
                last[:] = [inner.f_lineno, now]
                self.seen.at(inner.f_lineno).hits += 1
            elif event == "return":
                last[0] = 0
                if self._users and self._users[-1] is inner:
                    self._users.pop()
            return follow

        return follow

    def _function(self, frame: FrameType) -> Callable[..., Any]:
        """Wait for the end of a call of a tf.function: was it traced?"""
        given = frame.f_locals
        function, line = given["self"], self._users[-1].f_lineno
        arguments: dict[int | str, Any] = {**dict(enumerate(given["args"])), **given["kwds"]}
        told = {key: tuple(map(described, _leaves(value))) for key, value in arguments.items()}
        before = function.experimental_get_tracing_count()
        inner = inspect.unwrap(function.python_function)
        name, defined = getattr(inner, "__name__", ""), _begins(inner)
        self._note("function")
        self._inside.append(frame)
        frame.f_trace_lines = False

        def ended(_: FrameType, event: str, arg: Any) -> Any:
            if event == "return":
                if self._inside and self._inside[-1] is frame:
                    self._inside.pop()
                traced = function.experimental_get_tracing_count() > before
                if traced:
                    self._note("traced")
                self.seen.calls.append(FunctionCall(function, name, told, traced, line, defined))
            return ended

        return ended


def _begins(function: Any) -> int:
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code.co_firstlineno if code is not None else 0


def _samples(what: str, frame: FrameType) -> int | None:
    """Return how many samples a call is given, of those that take some."""
    if what == "layer":
        if not isinstance(frame.f_locals.get("self"), keras.Model):
            return None
        args = frame.f_locals.get("args") or (None,)
        given = args[0]
    elif what in ("fit", "evaluate", "predict", "train_on_batch", "predict_on_batch"):
        given = frame.f_locals.get("x")
    else:
        return None
    leaves = _leaves(given)
    shape = getattr(leaves[0], "shape", None) if leaves else None
    return int(shape[0]) if shape is not None and len(shape) and shape[0] is not None else None


def _leaves(value: Any) -> list[Any]:
    try:
        return list(tf.nest.flatten(value))
    except (TypeError, ValueError):
        return [value]


def described(value: Any) -> tuple[str, Any]:
    """Return what ``tf.function`` tells arguments apart by.

    >>> described(3), described(np.zeros((2, 3), "float32"))
    (('number', 3), ('shape', (2, 3)))
    """
    if isinstance(value, bool | int | float | str | bytes | None.__class__):
        return "text" if isinstance(value, str | bytes) else "number", value
    if isinstance(value, np.ndarray | np.generic | tf.Tensor):
        return "shape", tuple(value.shape)
    return "object", (type(value).__name__, id(value))
