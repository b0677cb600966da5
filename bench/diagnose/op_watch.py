"""Every TensorFlow op of a piece of code, as it runs: the one file that leans on internals.

``op_callbacks`` of ``tensorflow.python.framework`` calls back after each op that runs eagerly;
with ``tf.function`` switched to eager that is all of a program: forward, tape and optimizer, in
user code and in Keras alike. The list of outputs that the callback is given is the one that the
caller gets, so whoever writes into it puts another tensor in an op's place. The tape then holds
the way by which that tensor was made. ``tests/bench/diagnose/test_op_watch.py`` says so when a
version of TensorFlow changes any of this.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context, execute
from tensorflow.python.framework import op_callbacks
from tensorflow.python.ops import gen_resource_variable_ops, gradients_util

eager_mode = context.eager_mode
WRITES = ("AssignVariableOp", "AssignSubVariableOp", "AssignAddVariableOp")


@dataclass
class OpCall:
    """One op that has just run; writing into ``outputs`` changes what its caller gets."""

    kind: str
    inputs: tuple[Any, ...]
    attrs: tuple[Any, ...]
    outputs: list[Any]

    def __post_init__(self) -> None:
        self.before = list(self.outputs)

    @property
    def is_write(self) -> bool:
        """Whether the op changes a variable: its first input."""
        return (
            self.kind in WRITES or "Apply" in self.kind or self.kind.startswith("ResourceScatter")
        )

    def read_back(self) -> Any:
        """Return what the variable that the op wrote now holds, or None where it has no number."""
        handle = self.inputs[0]
        data = getattr(handle, "_handle_data", None)
        if handle.dtype != tf.resource or data is None or not data.shape_and_type:
            return None
        dtype = tf.dtypes.as_dtype(data.shape_and_type[0].dtype)
        return gen_resource_variable_ops.read_variable_op(handle, dtype)


@contextmanager
def watching(on_op: Callable[[OpCall], None]) -> Iterator[None]:
    """Call a function after every op that runs in this block, ``tf.function`` run eagerly.

    Ops that the function itself runs are not seen; the tape sees them.
    """
    teller = _Teller(on_op)
    callback = teller.tell
    execute.record_gradient = teller.record_once
    op_callbacks.add_op_callback(callback)
    try:
        with _functions_run_eagerly():
            yield
    finally:
        op_callbacks.remove_op_callback(callback)
        execute.record_gradient = teller.record_gradient


class _Teller:
    """Tells of each op once, and keeps the tape from hearing twice of one that was replaced."""

    def __init__(self, on_op: Callable[[OpCall], None]) -> None:
        self.on_op, self.record_gradient = on_op, execute.record_gradient
        self.busy = self.skip = False

    def tell(self, kind, inputs, attrs, outputs, op_name=None, graph=None):  # type: ignore[no-untyped-def]
        """Take the call that TensorFlow makes after an op."""
        _ = op_name
        if self.busy or graph is not None or not isinstance(outputs, list):
            return
        slow = isinstance(kind, bytes)  # the path that tells the tape after this, not before
        call = OpCall(kind.decode() if slow else kind, tuple(inputs), tuple(attrs), outputs)
        self.busy = True
        try:
            self.on_op(call)
        finally:
            self.busy = False
        self.skip = slow and any(a is not b for a, b in zip(call.before, outputs, strict=True))

    def record_once(self, *given: Any) -> None:
        """Tell the tape, unless it knows the new output already, by the way it was made."""
        if not self.skip:
            self.record_gradient(*given)
        self.skip = False


@contextmanager
def _functions_run_eagerly() -> Iterator[None]:
    """Run ``tf.function`` eagerly, with tensors for arrays, as it would get them if traced."""
    before, function = tf.config.functions_run_eagerly(), type(tf.function(lambda: None))
    call_function = function.__call__

    def with_tensors(self: Any, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = tf.nest.map_structure(_as_tensor, (args, kwargs))
        return call_function(self, *args, **kwargs)

    function.__call__ = with_tensors
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        function.__call__ = call_function
        tf.config.run_functions_eagerly(before)


def _as_tensor(value: Any) -> Any:
    return tf.constant(value) if isinstance(value, np.ndarray) else value


def run_again(kind: str, inputs: Sequence[Any], attrs: Sequence[Any], n_outputs: int) -> list[Any]:
    """Run an op by its name, under tape and watch, with attributes as an op's callback has them.

    An attribute that its caller left to its default comes as None, and is left to it here too.
    """
    tensors = list(inputs)
    pairs = zip(attrs[::2], attrs[1::2], strict=True)
    given = tuple(part for name, value in pairs if value is not None for part in (name, value))
    named = kind.encode()  # as the path does that tells the tape after the callback
    done = execute.execute(named, n_outputs, tensors, given, context.context())
    if execute.must_record_gradient():
        execute.record_gradient(kind, tensors, tuple(attrs), done)
    return list(done)


@contextmanager
def graph_gradients(on_gradients: Callable[[Any, Any, Any], None]) -> Iterator[None]:
    """Call a function with (ys, xs, gradients) of each ``tf.gradients`` in a graph."""
    helper = gradients_util._GradientsHelper

    def watched(ys: Any, xs: Any, *args: Any, **kwargs: Any) -> Any:
        gradients = helper(ys, xs, *args, **kwargs)
        on_gradients(ys, xs, gradients)
        return gradients

    gradients_util._GradientsHelper = watched
    try:
        yield
    finally:
        gradients_util._GradientsHelper = helper
