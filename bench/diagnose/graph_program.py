"""A TensorFlow 1 graph with its session, run op by op, so that it is watched like any program.

``session.run`` is answered by running the ops that it needs eagerly, in the order in which they
were made, with the session's own variables read before and written back after. Gradients are
taken by a tape over that run: the graph's own gradient ops could not follow a cure.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.births import Births
from bench.diagnose.graph_ops import attributes, refuse_unknown
from bench.diagnose.op_watch import eager_mode, run_again
from bench.diagnose.programs import LoopProgram, Values
from bench.diagnose.stack import of_traceback
from bench.diagnose.watch import Watch, handle_id
from bench.errors import UserError

_SKIPPED = ("NoOp", "Assert", "PrintV2", "Print")
MAX_TURNS = 100_000  # of a while loop


class GraphProgram(LoopProgram):
    """An object that steps a session."""

    def __init__(
        self, thing: Any, name: str, born: Births, fit: dict[str, Any], session: Any
    ) -> None:
        super().__init__(thing, name, born, fit)
        self.session = session
        self.run_updates = False
        self.stand_ins: dict[str, tf.Variable] = {}

    def handles(self) -> list[int]:
        """Return the ids by which the ops of an eager run name the weights."""
        values = self.read()
        names = [v.handle.op.name for v in self.variables]
        both = zip(names, values, strict=True)
        return [handle_id(self.stand_in(name, value)) for name, value in both]

    def stand_in(self, name: str, value: np.ndarray) -> tf.Variable:
        """Return the eager variable that stands for one of the session's, holding a value."""
        if name not in self.stand_ins:
            self.stand_ins[name] = tf.Variable(value)
        self.stand_ins[name].assign(value)
        return self.stand_ins[name]

    def found_variables(self) -> list[Any]:
        """Return the listed variables, or those of the graph that can be trained or move."""
        found = getattr(self.thing, "variables", None)
        if not isinstance(found, list | tuple) or not found:
            with self.session.graph.as_default():
                found = tf.compat.v1.trainable_variables()
        refuse_unknown([v.op for v in found])
        return list(found)

    def read(self) -> Values:
        """Return copies of the weights."""
        return [np.asarray(v) for v in self.session.run(list(self.variables))]

    def write(self, values: Sequence[np.ndarray]) -> None:
        """Set the weights."""
        with self.session.graph.as_default():
            for variable, value in zip(self.variables, values, strict=True):
                variable.load(np.asarray(value, variable.dtype.as_numpy_dtype), self.session)

    @contextmanager
    def watched(self, watch: Watch) -> Iterator[None]:
        """Answer ``session.run`` by an eager run within this block."""
        cls = tf.compat.v1.Session
        plain = cls.run
        program = self

        def run(session: Any, fetches: Any, feed_dict: Any = None, *_: Any, **__: Any) -> Any:
            if session is not program.session:
                return plain(session, fetches, feed_dict)
            with eager_mode():  # should the user have entered his graph
                return GraphRun(program, plain, watch).run(fetches, feed_dict or {})

        cls.run = run
        try:
            yield
        finally:
            cls.run = plain


class GraphRun:
    """One ``session.run``, op by op."""

    def __init__(self, program: GraphProgram, plain: Any, watch: Watch) -> None:
        self.program, self.plain, self.watch = program, plain, watch
        self.session, self.graph = program.session, program.session.graph
        self.values: dict[Any, Any] = {}  # tensor name -> eager tensor
        self.handles: dict[str, tf.Variable] = {}  # op name -> the variable that stands for it
        self.before: dict[str, np.ndarray] = {}
        self.calls = self._gradient_calls()

    def _gradient_calls(self) -> dict[str, Any]:
        """Return, by the name of each gradient tensor, the call that made it."""
        calls = {}
        for call in self.program.born.graph_gradients:
            for gradient in call[2]:
                if gradient is not None and hasattr(gradient, "name"):
                    calls[gradient.name] = call
        return calls

    def run(self, fetches: Any, feeds: dict[Any, Any]) -> Any:
        """Return what the session would."""
        flat = tf.nest.flatten(fetches)
        wanted = [self.graph.as_graph_element(f) for f in flat]
        if self.program.run_updates and any(self._trains(w) for w in wanted):
            wanted += self.graph.get_collection(tf.compat.v1.GraphKeys.UPDATE_OPS)
        for key, value in feeds.items():
            tensor = self.graph.as_graph_element(key)
            self.values[tensor.name] = tf.constant(value, tensor.dtype)
        ops = self._needed(wanted)
        with self.watch.looking_away():  # what is not the user's own doing
            self._make_variables(ops)
        with tf.GradientTape(persistent=True) as self.tape:
            for call in self.program.born.graph_gradients:
                for source in tf.nest.flatten(call[1]):
                    if source.op.name in self.handles:
                        self.tape.watch(self.handles[source.op.name])
            for op in ops:
                self._run_op(op)
        with self.watch.looking_away():
            self._write_back()
        if self.watch.record:
            self._keep_returns()
        done = [self._answer(f) for f in wanted[: len(flat)]]
        return tf.nest.pack_sequence_as(fetches, done) if tf.nest.is_nested(fetches) else done[0]

    def _keep_returns(self) -> None:
        """Tell what the user's functions handed on as the graph was built, in terms of this run."""
        ids = {name: value._id for name, value in self.values.items() if hasattr(value, "_id")}
        ids |= {f"{name}:0": handle_id(variable) for name, variable in self.handles.items()}
        for each in self.program.born.returns:
            parts = tuple(ids[name] for name in each.parts if name in ids)
            self.watch.trace.returns.append(replace(each, parts=parts))

    def _trains(self, element: Any) -> bool:
        op = element if isinstance(element, tf.Operation) else element.op
        kinds = {o.type for o in self._needed([op])}
        return any("Apply" in k or k.startswith("Assign") for k in kinds)

    def _answer(self, element: Any) -> Any:
        if isinstance(element, tf.Operation):
            return None
        if element.dtype == tf.resource:
            return self.handles[element.op.name].numpy()
        return self.values[element.name].numpy()

    def _needed(self, wanted: Sequence[Any]) -> list[Any]:
        """Return the ops to run, in the order in which they were made, but for what a later change
        of the graph put before one of them: a loop that has been differentiated.
        """
        seen: dict[int, Any] = {}
        front = [self._op(w) for w in wanted if not self._is_fed(w)]
        while front:
            op = front.pop()
            if op._id not in seen:
                seen[op._id] = op
                front += self._before(op)
        refuse_unknown(list(seen.values()))
        return self._in_order(seen)

    def _in_order(self, seen: dict[int, Any]) -> list[Any]:
        done: dict[int, Any] = {}
        for i in sorted(seen):
            stack = [seen[i]]
            while stack:
                op = stack[-1]
                waiting = [o for o in self._before(op) if o._id not in done]
                stack += waiting
                if not waiting:
                    done[op._id] = stack.pop()
        return list(done.values())

    def _before(self, op: Any) -> list[Any]:
        """Return the ops that have to run before one."""
        call = next((self.calls[t.name] for t in op.outputs if t.name in self.calls), None)
        if call is not None:
            tensors = [*tf.nest.flatten(call[0]), *tf.nest.flatten(call[1])]
            return [self._op(t) for t in tensors if not self._is_fed(t)]
        return [*(t.op for t in op.inputs if not self._is_fed(t)), *op.control_inputs]

    def _is_fed(self, element: Any) -> bool:
        return not isinstance(element, tf.Operation) and element.name in self.values

    @staticmethod
    def _op(element: Any) -> Any:
        return element if isinstance(element, tf.Operation) else element.op

    def _make_variables(self, ops: Sequence[Any]) -> None:
        """Let an eager variable stand for each of the session's, holding its value."""
        names = [op for op in ops if op.type == "VarHandleOp"]
        with self.graph.as_default():
            known = {
                v.handle.op.name: v for v in tf.compat.v1.global_variables() if hasattr(v, "handle")
            }
        there = [op for op in names if op.name in known]
        now = self.plain(self.session, [known[op.name] for op in there])
        self.known = known
        for op, value in zip(there, now, strict=True):
            self.handles[op.name] = self.program.stand_in(op.name, value)
            self.before[op.name] = value

    def _write_back(self) -> None:
        for name, variable in self.handles.items():
            value = variable.numpy()
            if not np.array_equal(value, self.before[name]):
                initializer = self.known[name].initializer
                self.plain(self.session, initializer, {initializer.inputs[1]: value})

    def _run_op(self, op: Any) -> None:
        names = [t.name for t in op.outputs]
        if names and all(n in self.values for n in names):
            return
        self.watch.places = of_traceback(op.traceback)
        try:
            if any(n in self.calls for n in names):
                self._take_gradients(self.calls[next(n for n in names if n in self.calls)])
                return
            for name, value in zip(names, self._outputs(op), strict=False):
                self.values[name] = value
        finally:
            self.watch.places = None

    def _outputs(self, op: Any) -> list[Any]:
        if op.type == "VarHandleOp":
            return [self.handles[op.name].handle]
        if op.type in _SKIPPED:
            return []
        if op.type in ("If", "StatelessIf"):
            return self._branch(op)
        if op.type in ("While", "StatelessWhile"):
            return self._turns(op)
        if op.type == "Const":
            return [tf.constant(tf.make_ndarray(op.get_attr("value")))]
        inputs = [self.values[t.name] for t in op.inputs]
        return run_again(op.type, inputs, attributes(op), len(op.outputs))

    def _branch(self, op: Any) -> list[Any]:
        """Run the branch of a conditional that its predicate chooses."""
        taken = bool(self.values[op.inputs[0].name].numpy())
        name = op.get_attr("then_branch" if taken else "else_branch").name
        return self._call(name, [self.values[t.name] for t in op.inputs[1:]])

    def _turns(self, op: Any) -> list[Any]:
        """Run the body of a loop as often as its condition holds."""
        held = [self.values[t.name] for t in op.inputs]
        cond, body = op.get_attr("cond").name, op.get_attr("body").name
        for _ in range(MAX_TURNS):
            if not bool(self._call(cond, held)[0].numpy()):
                return held
            held = self._call(body, held)
        raise UserError(f"loop: a while loop goes round more than {MAX_TURNS:,} times")

    def _call(self, name: str, given: Sequence[Any]) -> list[Any]:
        """Run a function of the graph, op by op."""
        body = self.graph._get_function(name).graph
        outer, self.values = self.values, dict(self.values)
        for inner, value in zip(body.inputs, given, strict=True):
            self.values[inner.name] = value
        for each in body.get_operations():
            if each.type != "Placeholder":
                for tensor, value in zip(each.outputs, self._outputs(each), strict=False):
                    self.values[tensor.name] = value
        done = [self.values[t.name] for t in body.outputs]
        self.values = outer
        return done

    def _take_gradients(self, call: Any) -> None:
        ys, xs, gradients, _ = call
        target = [self.values[y.name] for y in tf.nest.flatten(ys)]
        sources = [self.handles.get(x.op.name, self.values.get(x.name)) for x in xs]
        given = self.tape.gradient(target[0] if len(target) == 1 else target, sources)
        for gradient, value in zip(gradients, given, strict=True):
            if gradient is not None and value is not None:
                self.values[gradient.name] = tf.convert_to_tensor(value)
