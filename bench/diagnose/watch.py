"""Watch the steps of one program: record, deal out random numbers, apply cures."""

import itertools
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.cures import Cure
from bench.diagnose.op_watch import OpCall, watching
from bench.diagnose.places import Place
from bench.diagnose.returns import returns
from bench.diagnose.stack import Stack, users_stack
from bench.diagnose.trace import GradientCall, Node, Trace, bounded, handle

_UNIFORM = ("RandomUniform", "StatelessRandomUniform", "StatelessRandomUniformV2")
_NORMAL = ("RandomStandardNormal", "StatelessRandomNormal", "StatelessRandomNormalV2")
_TRUNCATED = ("TruncatedNormal", "StatelessTruncatedNormal", "StatelessTruncatedNormalV2")
RANDOM = (*_UNIFORM, *_NORMAL, *_TRUNCATED)


class Watch:
    """What watches one program through its steps.

    Attributes:
        trace: of the step in progress.
        live: the tensors of the step by id, for cures that compute with them.
        drew: whether the program drew random numbers.
        at_end: whether the program predicts or evaluates, and does not step.
        repeated: whether it drew the very same ones more than once.
        places: lines that stand for those of the Python stack, while a graph is run op by op.
    """

    def __init__(self, cures: Sequence[Cure] = (), record: bool = True, mirrored: bool = False):
        self.cures, self.record, self.mirrored = tuple(cures), record, mirrored
        self.trace, self.step, self.at_end = Trace(), 0, False
        self.live: dict[int, Any] = {}
        self.drew, self.repeated = False, False
        self._seeds: dict[Any, list[int]] = {}  # dealt by, for what the program drew itself
        self.program: Any = None  # whose steps these are
        self.fed: list[np.ndarray] = []  # the arrays of the step's batch
        self.gradients: list[dict[int, np.ndarray]] = []  # of the step, by variable, call by call
        self.places: tuple[Place, ...] | None = None
        self._seen: Counter[Any] = Counter()
        self._drawn: Counter[Any] = Counter()
        self.by_key: dict[tuple[Any, int], Any] = {}  # tensors of the step by op, for cures
        self._new_ids = itertools.count(-1, -1)

    @contextmanager
    def running(self) -> Iterator["Watch"]:
        """Watch what runs in this block."""
        gradient = tf.GradientTape.gradient
        watch = self

        def watched(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
            return watch._gradient(gradient, tape, target, sources, *args, **kwargs)

        tf.GradientTape.gradient = watched
        try:
            with watching(self._on_op):
                yield self
        finally:
            tf.GradientTape.gradient = gradient

    def keeping(self) -> AbstractContextManager[None]:
        """Keep what the user's functions return in this block, if the step is recorded."""
        return returns(self.trace.returns, self.trace.nodes) if self.record else nullcontext()

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        """Record nothing of what runs in this block."""
        record, self.record = self.record, False
        try:
            yield
        finally:
            self.record = record

    def begin(self, step: int, at_end: bool = False) -> None:
        """Start the record of a step afresh; random numbers depend on the step."""
        self.trace, self.live, self.step, self.at_end = Trace(), {}, step, at_end
        self.gradients = []
        self.by_key = {}
        self._seen.clear()
        self._drawn.clear()

    # ops

    def _on_op(self, call: OpCall) -> None:
        if call.kind in RANDOM:
            self.drew = True
            call.outputs[0] = self._draw(call.kind, call.outputs[0])
        if not (self.record or any(c.at_op for c in self.cures)):
            return
        node = self._node(call)
        for cure in self.cures:
            if cure.at_op:
                cure.at_op(call, node, self)
                self.by_key |= {(node.key, i): t for i, t in enumerate(call.outputs)}
        if self.record:
            self._keep(call, node)

    def _draw(self, kind: str, like: Any) -> Any:
        """Return random numbers that depend on the step, the shape and the order alone.

        A program that draws in a step what it drew in an earlier one, as from a seed that stands
        still, is dealt the same. Within a step that is no fault: layers may have one seed.
        """
        own = kind, tuple(like.shape), zlib.crc32(like.numpy().tobytes())
        seed = self._next_seed(kind, tuple(like.shape))
        first = self._seeds.setdefault(own, seed)
        again = first[0] != self.step and like.shape.num_elements() > 1
        self.repeated |= again
        fresh = not again or any(c.fresh for c in self.cures)
        return self._numbers(kind, like, seed if fresh else first)

    def _next_seed(self, kind: str, shape: tuple[int, ...]) -> list[int]:
        family = "u" if kind in _UNIFORM else "n"
        self._drawn[family, shape] += 1
        return [self.step, zlib.crc32(repr((family, shape)).encode()), self._drawn[family, shape]]

    def _numbers(self, kind: str, like: Any, seed: list[int]) -> Any:
        rng, shape = np.random.default_rng(seed), tuple(like.shape)
        drawn = rng.random(shape) if kind in _UNIFORM else rng.standard_normal(shape)
        if kind in _UNIFORM and self.mirrored:
            drawn = 1 - drawn
        if kind in _TRUNCATED:
            drawn = np.clip(drawn, -2, 2)
        return tf.constant(drawn, like.dtype)

    def _node(self, call: OpCall) -> Node:
        who = users_stack() if self.places is None else Stack(self.places)
        like = (call.kind, tuple((p.file, p.line) for p in who.places[:1]))  # layers are renamed
        self._seen[like] += 1
        trace = self.trace
        inputs = [t._id for t in call.inputs if hasattr(t, "_id")]
        if call.kind == "ReadVariableOp" and inputs[0] in trace.written:
            inputs.append(trace.written[inputs[0]])
        outputs = [t._id for t in call.before if hasattr(t, "_id")]
        return Node(
            len(trace.nodes),
            call.kind,
            tuple(inputs),
            tuple(outputs),
            call.attrs,
            who.places,
            who.layer,
            (*like, self._seen[like]),
            who.owners,
            self._upon(call),
        )

    def _upon(self, call: OpCall) -> tuple[int, ...]:
        """Return the value that a write adds to, where it was written in this step too."""
        written = self.trace.written.get(call.inputs[0]._id) if call.is_write else None
        return () if written is None or call.kind == "AssignVariableOp" else (written,)

    def _keep(self, call: OpCall, node: Node) -> None:
        trace = self.trace
        for tensor in call.inputs:
            if hasattr(tensor, "_id") and tensor._id not in trace.values:
                self._see(tensor)
        outputs = []
        if call.is_write and (value := call.read_back()) is not None:
            written = next(self._new_ids)
            trace.written[call.inputs[0]._id] = written
            trace.values[written], trace.shapes[written] = value.numpy(), tuple(value.shape)
            outputs.append(written)
        for tensor in call.outputs:
            if hasattr(tensor, "_id"):
                self._see(tensor)
                outputs.append(tensor._id)
        node = replace(node, outputs=tuple(outputs))
        trace.nodes.append(node)
        trace.maker |= dict.fromkeys(outputs, node)

    def _see(self, tensor: Any) -> None:
        if tensor.dtype not in (tf.resource, tf.variant):
            self.live[tensor._id] = tensor
        if tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_bool:
            value, sampled = bounded(tensor.numpy())
            self.trace.values[tensor._id] = value
            self.trace.shapes[tensor._id] = tuple(tensor.shape)
            self.trace.sampled |= sampled

    # the tape

    def _gradient(
        self, gradient: Any, tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any
    ) -> Any:
        # before it runs: ops of the way back are recorded as nodes too
        at, places = len(self.trace.nodes), self.places or users_stack().places
        for cure in self.cures:
            if cure.at_loss:
                target = self._other_loss(cure, tape, target)
        given = gradient(tape, target, sources, *args, **kwargs)
        flat = tf.nest.flatten(given, expand_composites=False)
        wanted = tf.nest.flatten(sources)
        for cure in self.cures:
            if cure.at_gradients:
                flat = list(cure.at_gradients(flat, wanted))
        flat_dense = [_dense(g) for g in flat]
        self.gradients.append(
            {
                handle_id(s): g.numpy()
                for s, g in zip(wanted, flat_dense, strict=False)
                if g is not None
            }
        )
        if self.record:
            self._keep_gradients(target, wanted, flat_dense, at, places)
        return tf.nest.pack_sequence_as(sources, flat) if len(wanted) == len(flat) else given

    def _other_loss(self, cure: Cure, tape: Any, target: Any) -> Any:
        """Let a cure compute with the loss while the tape still looks on."""
        assert cure.at_loss is not None
        if getattr(tape, "_recording", False):
            return cure.at_loss(target, self)
        with tape:
            return cure.at_loss(target, self)

    def _keep_gradients(self, target: Any, sources: Any, flat: Any, at: int, places: Any) -> None:
        results = []
        for result in flat:
            if result is not None and result._id not in self.trace.values:
                self._see(result)
            results.append(None if result is None else result._id)
        targets = tuple(t._id for t in tf.nest.flatten(target) if hasattr(t, "_id"))
        self.trace.gradients.append(
            GradientCall(targets, tuple(handle_id(s) for s in sources), tuple(results), at, places)
        )


def _dense(gradient: Any) -> Any:
    return tf.convert_to_tensor(gradient) if isinstance(gradient, tf.IndexedSlices) else gradient


def handle_id(variable: Any) -> int:
    """Return the id by which the ops of a step name a variable."""
    named = handle(variable)
    return getattr(named, "_id", -id(named))


def live_variable(i: int, watch: Any) -> Any:
    """Return the TensorFlow variable that holds a weight of the program being watched."""
    variable = watch.program.variables[i]
    stand_ins = getattr(watch.program, "stand_ins", None)
    if stand_ins is not None:
        return stand_ins[variable.handle.op.name]
    inner = getattr(variable, "value", None)
    return variable if inner is None or callable(inner) else inner
