"""Where the parts of a program were made: the user's line of each layer, loss and optimizer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from bench.diagnose.places import Place, users_stack


@dataclass
class Births:
    """What a factory made, and the lines.

    Attributes:
        lines: by the id of each part; the parts are held, so that no id is used twice.
        variables: every tf.Variable, in the order of creation.
        optimizers: of Keras or TensorFlow 1.
        compiled: the lines of model.compile.
        graph_gradients: (ys, xs, gradients, lines) of each ``tf.gradients`` in a graph.
    """

    lines: dict[int, tuple[Place, ...]] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    variables: list[Any] = field(default_factory=list)
    optimizers: list[Any] = field(default_factory=list)
    compiled: tuple[Place, ...] = ()
    graph_gradients: list[tuple[Any, Any, Any, tuple[Place, ...]]] = field(default_factory=list)

    def place(self, part: Any) -> Place | None:
        """Return the line on which a part was made, if it is the user's."""
        lines = self.lines.get(id(part), ())
        return lines[0] if lines else None

    def note(self, part: Any) -> None:
        """Keep the line of a part that is being made."""
        if id(part) not in self.lines:
            self.lines[id(part)] = users_stack()[0]
            self.parts.append(part)


@contextmanager
def births() -> Iterator[Births]:
    """Note what is made in this block."""
    from bench.diagnose.op_watch import graph_gradients

    born = Births()
    kinds = (
        keras.layers.Layer,
        keras.losses.Loss,
        keras.metrics.Metric,
        keras.optimizers.Optimizer,
        tf.compat.v1.train.Optimizer,
    )
    plain = [kind.__init__ for kind in kinds]
    compiles = keras.Model.compile
    for kind in kinds:
        kind.__init__ = _noting(kind.__init__, born)

    def noted_compile(model: Any, *args: Any, **kwargs: Any) -> None:
        born.compiled = users_stack()[0] or born.compiled
        compiles(model, *args, **kwargs)

    keras.Model.compile = noted_compile

    def caught(create: Callable[..., Any], **kwargs: Any) -> Any:
        variable = create(**kwargs)
        born.variables.append(variable)
        born.note(variable)
        return variable

    def on_gradients(ys: Any, xs: Any, gradients: Any) -> None:
        born.graph_gradients.append((ys, xs, gradients, users_stack()[0]))

    try:
        with tf.variable_creator_scope(caught), graph_gradients(on_gradients):
            yield born
    finally:
        keras.Model.compile = compiles
        for kind, init in zip(kinds, plain, strict=True):
            kind.__init__ = init


def _noting(init: Callable[..., None], born: Births) -> Callable[..., None]:
    def noted(self: Any, *args: Any, **kwargs: Any) -> None:
        born.note(self)
        if isinstance(self, keras.optimizers.Optimizer | tf.compat.v1.train.Optimizer):
            born.optimizers.append(self)
        init(self, *args, **kwargs)

    noted.__wrapped__ = init  # type: ignore[attr-defined]
    return noted
