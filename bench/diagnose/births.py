"""Where the parts of a program were made: the user's line of each layer, loss and optimizer."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from bench.diagnose.op_watch import graph_gradients
from bench.diagnose.places import Place
from bench.diagnose.returns import Return, returns
from bench.diagnose.stack import users_stack

KINDS = (
    keras.layers.Layer,
    keras.losses.Loss,
    keras.metrics.Metric,
    keras.optimizers.Optimizer,
    keras.optimizers.schedules.LearningRateSchedule,
    tf.compat.v1.train.Optimizer,
)


@dataclass
class Births:
    """What a factory made, and the lines.

    Attributes:
        lines: by the id of each part; the parts are held, so that no id is used twice.
        variables: every tf.Variable, in the order of creation.
        optimizers: of Keras or TensorFlow 1.
        late: parts that were made by a step, and not by the factory.
        compiled: the lines of model.compile.
        graph_gradients: (ys, xs, gradients, lines) of each ``tf.gradients`` in a graph.
        returns: what the user's functions handed on while a graph was built.
    """

    lines: dict[int, tuple[Place, ...]] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    variables: list[Any] = field(default_factory=list)
    optimizers: list[Any] = field(default_factory=list)
    late: list[Any] = field(default_factory=list)
    compiled: tuple[Place, ...] = ()
    graph_gradients: list[tuple[Any, Any, Any, tuple[Place, ...]]] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    built: bool = False

    def place(self, part: Any) -> Place | None:
        """Return the line on which a part was made, if it is the user's."""
        lines = self.lines.get(id(part), ())
        return lines[0] if lines else None

    def note(self, part: Any) -> None:
        """Keep the line of a part that is being made."""
        if id(part) in self.lines:
            return
        self.lines[id(part)] = users_stack(but=part).places
        self.parts.append(part)
        if self.built:
            self.late.append(part)
        elif isinstance(part, keras.optimizers.Optimizer | tf.compat.v1.train.Optimizer):
            self.optimizers.append(part)


@contextmanager
def births(born: Births | None = None) -> Iterator[Births]:
    """Note what is made in this block, by a factory or, given its births, by a step."""
    with ExitStack() as stack:
        if born is None:
            born = Births()
            stack.enter_context(_building(born))
        for kind in KINDS:
            stack.enter_context(_noting(kind, born))
        yield born
    born.built = True


@contextmanager
def _noting(kind: Any, born: Births) -> Iterator[None]:
    init = kind.__init__

    def noted(self: Any, *args: Any, **kwargs: Any) -> None:
        born.note(self)
        init(self, *args, **kwargs)

    # Keras reads off it what a layer without an __init__ of its own is made with
    noted.__signature__ = inspect.signature(init)  # type: ignore[attr-defined]
    kind.__init__ = noted
    try:
        yield
    finally:
        kind.__init__ = init


@contextmanager
def _building(born: Births) -> Iterator[None]:
    """Note variables, ``compile`` and the gradients of a graph too."""
    compiles = keras.Model.compile

    def noted_compile(model: Any, *args: Any, **kwargs: Any) -> None:
        born.compiled = users_stack().places or born.compiled
        compiles(model, *args, **kwargs)

    def caught(create: Callable[..., Any], **kwargs: Any) -> Any:
        variable = create(**kwargs)
        born.variables.append(variable)
        born.note(variable)
        return variable

    def on_gradients(ys: Any, xs: Any, gradients: Any) -> None:
        born.graph_gradients.append((ys, xs, gradients, users_stack().places))

    keras.Model.compile = noted_compile
    try:
        with (
            tf.variable_creator_scope(caught),
            graph_gradients(on_gradients),
            returns(born.returns, born.parts),
        ):
            yield
    finally:
        keras.Model.compile = compiles
