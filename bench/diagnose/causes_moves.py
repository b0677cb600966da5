"""Hypotheses read off how far each weight moves: factors, decay, rows of a sparse gradient."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.causes_optimizer import rate
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.pair import leaves
from bench.diagnose.relations import common, described_factor, factor
from bench.diagnose.scene import Scene
from bench.diagnose.watch import handle_id

PART = 2e-3
"""Of a move, within which two are alike: a weight's last place may be a thousandth of its move."""
LEAST = 1e-4
"""A factor closer to one than that is none, nor is a decay of a smaller part of a move."""


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield what the moves of the step say."""
    yield from _sparse(scene)
    yield from _factors(scene)


Move = tuple[np.ndarray, np.ndarray, np.ndarray]


def _moves(scene: Scene) -> dict[int, Move]:
    """Return (ours, theirs, the weight before) of every trained weight, by its number."""
    step, moves = scene.step, {}
    sides = (scene.ours.weights, scene.theirs.weights)
    for i, gradient in enumerate(scene.theirs.gradients[step]):
        a0, a1, b0, b1 = (w[step + k][i].astype("f8") for w in sides for k in (0, 1))
        if gradient is not None and np.any(a1 != a0) and np.any(b1 != b0):
            moves[i] = a1 - a0, b1 - b0, b0
    return moves


def _alike(a: np.ndarray, b: np.ndarray, weight: np.ndarray, eps: float) -> bool:
    """Return whether two moves are one, but for what a weight's last place hides."""
    hidden = 4 * eps * float(np.linalg.norm(weight))
    return float(np.linalg.norm(a - b)) <= PART * float(np.linalg.norm(b)) + hidden


# each weight by a factor of its own


def _factors(scene: Scene) -> Iterator[Cause]:
    """Yield that some weights move farther than the reference's, each by one factor."""
    factors = {}
    for i, (ours, theirs, weight) in _moves(scene).items():
        k = factor([ours], [theirs])
        if not k or not _alike(ours, k * theirs, weight, scene.floor.eps):
            return
        factors[i] = k
    off = {i: k for i, k in factors.items() if abs(k - 1) > LEAST * 10}
    if off and (len(off) < len(factors) or common(list(off.values()), PART) is None):
        yield _scaled(scene, off)  # one factor of all is a learning rate


def _scaled(scene: Scene, off: dict[int, float]) -> Cause:
    n = len(leaves(scene.stand.batches[scene.step][0])[0])
    sums = all(abs(k - n) < PART * n for k in off.values())
    listed = "; ".join(
        f"{scene.name(i)} moves {described_factor(k, scene.sizes)} as far" for i, k in off.items()
    )

    def rescale(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = step
        now, batch = program.read(), len(program.watch.fed[0])
        for i, k in off.items():
            by = k * batch / n if abs(k - n) < PART * n else k
            now[i] = before[i] + (now[i] - before[i]) / by
        program.write(now)

    return Cause(
        "update-scaled",
        f"some weights are moved by another factor than the others: {listed}"
        + (": a sum over the batch where the others take the mean" if sums else ""),
        "tf.reduce_mean(delta, axis=0)" if sums else "use one learning rate for all weights",
        Cure("these updates of the loop divided by that", after_step=rescale),
        on="loop",
    )


# a part of the weight itself


def decays(scene: Scene) -> Iterator[Cause]:
    """Yield that weights shrink by another part of themselves than the reference's."""
    shares: dict[int, float] = {}
    for i, (ours, theirs, weight) in _moves(scene).items():
        a = factor([ours - theirs], [weight])
        if not _alike(ours, theirs + a * weight, weight, scene.floor.eps):
            return
        matters = abs(a) * np.linalg.norm(weight) > 10 * LEAST * np.linalg.norm(theirs)
        shares[i] = a if matters else 0.0
    off = {i: a for i, a in shares.items() if a}
    k, decay = common(list(off.values()), 1e-2), _decay_of_theirs(scene, off)
    left_out = k is not None and abs(decay - k) <= 1e-2 * decay and len(off) == len(shares)
    if not off or left_out:  # none at all is a setting of the optimizer
        return
    yield _apart(scene, off)
    yield _in_gradient(scene, off)


def _apart(scene: Scene, off: dict[int, float]) -> Cause:
    words, remedy = _strength(scene, off)

    def put_right(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = step
        now = program.read()
        for i, a in off.items():
            now[i] = (now[i] - a * before[i]).astype(now[i].dtype)
        program.write(now)

    return Cause(
        "weight-decay",
        words,
        remedy,
        Cure("the loop's decay of the weights put right by that", after_step=put_right),
        on="loop",
        value=_written(scene, off),
    )


def _decay_of_theirs(scene: Scene, which: Iterable[int]) -> float:
    """Return the part of some weights that the reference's optimizer takes off in a step."""
    optimizer = scene.model.optimizer if scene.model is not None else None
    decay = getattr(optimizer, "weight_decay", None) or 0.0
    variables = scene.theirs.program.variables if scene.theirs.program is not None else []
    if optimizer is None or not decay:
        return 0.0
    if not any(optimizer._use_weight_decay(variables[i]) for i in which):
        return 0.0
    return float(decay) * (rate(optimizer) or 0.0)


def _written(scene: Scene, off: dict[int, float]) -> float | None:
    """Return the part that a weight of the loop loses in a step, where it is one for all."""
    k = common(list(off.values()), 1e-2)
    return None if k is None else float(f"{_decay_of_theirs(scene, off) - k:.3g}")


def _strength(scene: Scene, off: dict[int, float]) -> tuple[str, str]:
    names, theirs = ", ".join(scene.name(i) for i in off), _decay_of_theirs(scene, off)
    k = common(list(off.values()), 1e-2)
    if k is None:
        parts = ", ".join(f"{scene.name(i)} {theirs - a:.4g}" for i, a in off.items())
        return (
            f"each step takes another part of the weights off than the reference's: {parts}, "
            f"against {theirs:.4g}",
            "decay the weights as the reference does",
        )
    optimizer = scene.model.optimizer if scene.model is not None else None
    decay = getattr(optimizer, "weight_decay", None) or 0.0
    unscaled = decay and abs((theirs - k) - decay) < 1e-2 * decay
    return (
        f"{names}: weight decay takes {theirs - k:.4g} of the weight off at each step, in the "
        f"reference {theirs:.4g}"
        + (": it is not multiplied by the learning rate" if unscaled else ""),
        f"w.assign_sub(learning_rate * {decay:g} * w)" if decay else "leave the decay out",
    )


def _in_gradient(scene: Scene, off: dict[int, float]) -> Cause:
    """Return that a multiple of the weight is added to its gradient, after the tape."""
    now = rate(scene.model.optimizer if scene.model is not None else None) or 1.0
    names = ", ".join(scene.name(i) for i in off)
    listed = ", ".join(f"{-a / now:.4g}" for a in off.values())

    numbers: dict[int, int] = {}

    def note(program: Any) -> None:
        numbers.update({h: i for i, h in enumerate(program.handles())})

    def without(gradients: list[Any], sources: Any) -> list[Any]:
        return [_less(g, s, off.get(numbers.get(handle_id(s), -1), 0.0) / now)
                for g, s in zip(gradients, sources, strict=True)]  # fmt: skip

    return Cause(
        "penalty-extra",
        f"{names}: {listed} times the weight is added to its gradient (a penalty on its squares), "
        "in the reference it is not",
        "leave it out of the gradient",
        Cure("that taken off the loop's gradients", setup=note, at_gradients=without),
        on="loop",
    )


def _less(gradient: Any, source: Any, part: float) -> Any:
    if gradient is None or not part:
        return gradient
    value = tf.convert_to_tensor(source)
    return gradient + tf.cast(part, value.dtype) * value


# a gradient of some rows of a table


def _sparse(scene: Scene) -> Iterator[Cause]:
    """Yield that the gradient of a table is made dense on one side, before the optimizer."""
    names = ", ".join(scene.name(i) for i in _tables(scene))
    if not names:
        return

    def dense(gradients: list[Any], sources: Any) -> list[Any]:
        _ = sources
        return [tf.convert_to_tensor(g) if isinstance(g, tf.IndexedSlices) else g
                for g in gradients]  # fmt: skip

    for side, words in (
        ("reference", "the loop makes the gradient of the table dense, the reference's optimizer "
         "takes it row by row: an occurrence at a time, and only the rows that occur"),
        ("loop", "the loop's optimizer takes the gradient of the table row by row, the "
         "reference's takes it dense"),
    ):  # fmt: skip
        yield Cause(
            "sparse-gradient",
            f"{names}: {words}",
            "hand tape.gradient's IndexedSlices to the optimizer as they are"
            if side == "reference"
            else "g = tf.convert_to_tensor(g)",
            Cure(f"the {side}'s gradients made dense", at_gradients=dense),
            on=side,
        )


def _tables(scene: Scene) -> list[int]:
    """Return the weights that a step gathers rows from, and that part."""
    apart = [q.key for q in scene.spot.apart if q.kind == "weight" and q.step == scene.step]
    trace, handles = scene.theirs.traces.get(scene.step), scene.theirs.handles
    gathered = set()
    for node in trace.nodes if trace else ():
        if "Gather" in node.kind and node.inputs and trace is not None:
            made = trace.maker.get(node.inputs[0])
            table = made.inputs[0] if made and made.kind == "ReadVariableOp" else node.inputs[0]
            gathered |= {handles.index(table)} if table in handles else set()
    return [i for i in apart if i in gathered]
