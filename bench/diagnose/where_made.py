"""Lines on which the parts of the user's program were made: losses, layers, optimizers, lists."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.diagnose.births import Births
from bench.diagnose.causes_compiled import compiled_loss
from bench.diagnose.cures import Cause
from bench.diagnose.layers import flat_layers
from bench.diagnose.places import Place, argument_of, assigned, loop_header, returned
from bench.diagnose.spot import main_call
from bench.diagnose.stand import Run
from bench.diagnose.trace import Node, Trace

PENALTIES = ("Square", "L2Loss", "Abs")
NOT_COMPARED = ("name", "dtype", "trainable", "seed", "batch_shape", "build_config")
OPTIMIZERS = (keras.optimizers.Optimizer, tf.compat.v1.train.Optimizer)
ASKED = 1
"""Which argument of ``tape.gradient`` the variables are."""


def owner_of(born: Births, node: Node | None, kinds: Any) -> Any:
    """Return the object of some kinds, made by the user, whose method ran an op, or None."""
    parts = {id(part): part for part in born.parts}
    owners = [parts.get(owner) for owner in (node.owners if node is not None else ())]
    made = [part for part in owners if isinstance(part, kinds) and born.place(part) is not None]
    return made[0] if made else None


def made_otherwise(ours: Run, theirs: Run, node: Node) -> Place | None:
    """Return where the layer or loss was made that ran an op, if the other side has none like it.

    What is set up alike on both sides is not at fault: where it is called may be.
    """
    if ours.program is None or theirs.program is None:
        return None
    born = ours.program.born
    part = owner_of(born, node, (keras.layers.Layer, keras.losses.Loss))
    model = theirs.program.thing
    if part is None or not isinstance(model, keras.Model):
        return None
    layered = isinstance(part, keras.layers.Layer)
    others = flat_layers(model) if layered else [compiled_loss(model)]
    known = layered or isinstance(others[0], keras.losses.Loss)
    if not known or any(is_like(part, other) for other in others):
        return None
    return born.place(part)


def is_like(part: Any, other: Any) -> bool:
    """Return whether two layers or losses are of one kind, with the same settings."""
    if type(part).__name__ != type(other).__name__:
        return False
    ours, theirs = settings(part), settings(other)
    return all(ours[k] == theirs[k] for k in ours.keys() & theirs.keys())


def settings(part: Any) -> dict[str, Any]:
    """Return what a part was made with, but for its start and what an op behind it may do too."""
    try:
        config = dict(part.get_config())
    except (NotImplementedError, TypeError, ValueError):  # of the user's own, without a config
        return {}
    apart = (*NOT_COMPARED, "activation") if "use_bias" in config else NOT_COMPARED
    return {k: v for k, v in config.items() if k not in apart and not k.endswith("_initializer")}


def loss_line(born: Births, node: Node | None, cause: Cause) -> Place | None:
    """Return where the loss was made that ran an op, if it is set as a cause says it is."""
    loss = owner_of(born, node, keras.losses.Loss)
    as_said = {
        "loss-kind": type(loss).__name__ in cause.words,
        "loss-sum": getattr(loss, "reduction", None) == "sum",
        "from-logits": not getattr(loss, "from_logits", False),
    }
    return born.place(loss) if loss is not None and as_said.get(cause.name, True) else None


def optimizer_line(born: Births, used: bool = False) -> Place | None:
    """Return where an optimizer was made; if asked, one that took a step."""
    made = optimizers_used(born) if used else born.optimizers
    return next((line for line in map(born.place, made) if line), None)


def setting_line(born: Births, cause: Cause) -> Place | None:
    """Return where the optimizer in use was made, or, if that differs, its schedule of rates."""
    schedules = [getattr(o, "_learning_rate", None) for o in optimizers_used(born)]
    made = [line for line in map(born.place, schedules) if line]
    return made[0] if made and "learning_rate" in cause.words else optimizer_line(born, used=True)


def is_optimizer(part: Any) -> bool:
    """Return whether a part is an optimizer of Keras or TensorFlow 1."""
    return isinstance(part, OPTIMIZERS)


def optimizers_used(born: Births) -> list[Any]:
    """Return the optimizers that took a step, those that a step made first."""
    late = [part for part in born.late if is_optimizer(part)]
    return [o for o in [*late, *born.optimizers] if _took_a_step(o)]


def rate_of(optimizer: Any) -> float | None:
    """Return the learning rate that an optimizer was made with, where it is one number."""
    given = getattr(optimizer, "_lr", getattr(optimizer, "_learning_rate", None))
    try:
        return float(np.asarray(given))
    except (TypeError, ValueError, NotImplementedError):
        return None


def _took_a_step(optimizer: Any) -> bool:
    iterations = getattr(optimizer, "iterations", None)
    return iterations is None or int(np.asarray(iterations)) > 0


def layer_line(run: Run, name: str) -> Place | None:
    """Return where a layer of a run's model was made."""
    program = run.program
    layers = flat_layers(program.thing) if program else []
    made = [program.born.place(x) for x in layers if x.name == name] if program else []
    return made[0] if made else None


def penalty_line(trace: Trace) -> Place | None:
    """Return where the squares or sizes of weights are taken on the way to the loss."""
    call = main_call(trace)
    if call is None:
        return None
    nodes = [
        n
        for n in trace.ancestors(call.targets[0])
        if n.kind in PENALTIES and n.place and _of_weights(trace, n)
    ]
    return nodes[-1].place if nodes else None


def _of_weights(trace: Trace, node: Node) -> bool:
    made = [trace.maker.get(i) for i in node.inputs]
    return any(m is not None and m.kind == "ReadVariableOp" for m in made)


def trained_line(trace: Trace) -> Place | None:
    """Return where it was decided which variables are trained.

    Where the tape was asked about a variable and found no way to it, that is where the way leaves
    TensorFlow; else the function of the user's that handed on the list that the tape was asked
    about; else the assignment of that list; else the line that asks the tape.
    """
    call = main_call(trace)
    if call is None:
        return None
    if None in call.results and (left := _left_tensorflow(trace)):
        return left
    asked = set(call.sources)
    lists = [r for r in trace.returns if not r.alone and r.parts and set(r.parts) == asked]
    if lists:
        return lists[0].place
    place = call.places[0] if call.places else None
    name = argument_of(place, "gradient", ASKED) if place else None
    return (assigned(place, name) if place and name else None) or place


def _left_tensorflow(trace: Trace) -> Place | None:
    """Return where an array was handed on that ops then were given: no gradient passes there."""
    given = [
        trace.values[i]
        for node in trace.nodes
        for i in node.inputs
        if i in trace.values and i not in trace.maker
    ]
    for each in trace.returns:
        array = each.array if each.caller is not None else None
        if array is not None and any(_equal(array, value) for value in given):
            return each.place
    return None


def _equal(array: np.ndarray, value: np.ndarray) -> bool:
    return array.shape == value.shape and np.array_equal(array, value)


def seed_line(trace: Trace, node: Node) -> Place | None:
    """Return where the seed of a random op was handed on, or the line of the op itself."""
    seeds = {i for n in trace.ancestors(node.outputs[0]) for i in n.inputs}
    handed = [r.place for r in trace.returns if r.alone and seeds & set(r.parts)]
    return handed[-1] if handed else node.place


def listed_line(trace: Trace, apart: set[int]) -> Place | None:
    """Return where it was decided which variables a line writes, if it is right for some of them.

    Args:
        apart: handles of the weights that the line should not write, or otherwise.
    """
    written: dict[Place, set[int]] = {}
    for node in trace.nodes:
        if node.kind.startswith("Assign") and node.place is not None and not node.owners:
            written.setdefault(node.place, set()).add(node.inputs[0])
    for place, handles in written.items():
        if not apart < handles:
            continue
        header = loop_header((place,))
        if header is None or header == place:  # no loop: two writes that share a line
            continue
        for each in trace.returns:
            to = each.caller
            given = to is not None and to.line == header.line
            if given and not each.alone and handles <= set(each.parts):
                return returned(each.place)
        return header
    return None
