"""From what a user's function returns to a program: a graph, a Keras model or a loop."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from bench.diagnose.births import births
from bench.diagnose.graph_program import GraphProgram
from bench.diagnose.programs import KerasProgram, LoopProgram, Program
from bench.errors import UserError

SEED = 1


def build(make: Callable[[], Any], name: str, fit: dict[str, Any]) -> Program:
    """Return a fresh program of a user's factory.

    Raises:
        UserError: the factory fails, or what it returns cannot be trained.
    """
    keras.utils.set_random_seed(SEED)
    with births() as born, _graphs_seeded():
        thing = make()
    if thing is None:
        raise UserError(f"{name}: the function returned nothing: let it return the program")
    if _graph_session(thing) is not None:
        return GraphProgram(thing, name, born, fit, _graph_session(thing))
    if isinstance(thing, keras.Model) and not _steps_by_pairs(thing):
        return KerasProgram(thing, name, born, fit)
    return LoopProgram(thing, name, born, fit)


@contextmanager
def _graphs_seeded() -> Iterator[None]:
    """Give each graph that is made in this block the seed, as the program around it has it.

    A graph has a seed to itself: without one it starts from other weights with every build, and
    from none at all once something in the process has asked for op determinism.
    """
    init = tf.Graph.__init__

    def seeded(graph: tf.Graph, *args: Any, **kwargs: Any) -> None:
        init(graph, *args, **kwargs)
        graph.seed = SEED

    tf.Graph.__init__ = seeded
    try:
        yield
    finally:
        tf.Graph.__init__ = init


def _steps_by_pairs(model: Any) -> bool:
    """Return whether a model's own train_step takes (x, y) and is called by hand."""
    own = type(model).train_step is not keras.Model.train_step
    required = [
        p
        for p in inspect.signature(model.train_step).parameters.values()
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    return own and len(required) == 2


def _graph_session(thing: Any) -> Any:
    held = [getattr(thing, "session", None), getattr(thing, "sess", None)]
    held += list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    return next((s for s in held if isinstance(s, tf.compat.v1.Session)), None)
