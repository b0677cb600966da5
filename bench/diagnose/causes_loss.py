"""Hypotheses about the loss: its scale, its penalties, its targets, its kind."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose import causes_compiled
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.pair import leaves, mapped
from bench.diagnose.programs import Weighted
from bench.diagnose.relations import Relation, common, described_factor, relation
from bench.diagnose.scene import Scene
from bench.diagnose.watch import live_variable

MOST = 1e5  # a loss scale of 2^16 is one; or the pair's largest number
MOST_BESIDE = 1000  # of another cause: a whole number or one over it, or a number of the pair


def causes(scene: Scene) -> Iterator[Cause | tuple[Cause, ...]]:
    """Yield what may be wrong with a loss, the likeliest first."""
    yield from related(scene, most=max(MOST, *scene.sizes.values()))
    yield from _target_shapes(scene)
    yield from causes_compiled.causes(scene)


# what the gradients say: a factor, penalties


def related_beside(scene: Scene) -> Iterator[tuple[Cause, ...]]:
    """Yield the same where another cause has mended a part: with a factor that one would write.

    A loss of another kind may have no gradient to speak of; divided by a huge number, ours has
    none either, and both agree on standing still.
    """
    yield from related(scene, beside=True)


def related(
    scene: Scene, most: float = math.inf, beside: bool = False
) -> Iterator[tuple[Cause, ...]]:
    """Yield the factor and the penalties that turn the reference's gradients into ours.

    Args:
        most: the largest factor, and one over the smallest.
        beside: whether another cause is cured too: then the factor has to be one of the pair.
    """
    relations: dict[int, Relation] = {}
    for i, ours, theirs, weight, tolerance in scene.gradients():
        held = relation(ours, theirs, weight, tolerance)
        if held is not None:
            relations[i] = held
        elif ours.size > 2:
            return
    weights = scene.theirs.weights[scene.step]
    scales = [r.k for i, r in relations.items() if weights[i].size > 2]
    k = common(scales or [r.k for r in relations.values()])
    if not k or not 1 / most <= abs(k) <= most or (beside and not is_plain(k, scene)):
        return
    l2 = {i: r.a / 2 / k for i, r in relations.items() if abs(r.a) > 1e-7 * abs(k)}
    l1 = {i: r.b / k for i, r in relations.items() if abs(r.b) > 1e-7 * abs(k)}
    penalties = (_penalties(scene, l2, l1),) if l2 or l1 else ()
    if abs(k - 1) > 1e-4:
        for scaled in _scaled(scene, k):
            yield (scaled, *penalties)
    elif penalties:
        yield penalties


def is_plain(k: float, scene: Scene) -> bool:
    """Return whether a factor, or one over it, is a number of the pair or a small whole one."""
    numbers = [*scene.sizes.values(), *range(1, MOST_BESIDE + 1)]
    return any(abs(f - n) <= 1e-3 * n for f in (abs(k), 1 / abs(k)) for n in numbers)


def _scaled(scene: Scene, k: float) -> Iterator[Cause]:
    """Yield what a common factor of all gradients may be."""
    whole, batch = float(scene.stand.pair.batch_size), scene.sizes["the batch size"]
    if batch != whole and abs(k - batch / whole) < 1e-3 * k:
        yield _divided(
            scene,
            lambda n: n / whole,
            "loss-fixed-batch",
            f"the loss is divided by a fixed batch size of {whole:g}, also where a batch is "
            f"smaller "
            f"({batch:g} samples in the last one)",
            "loss = tf.reduce_mean(per_sample_loss)",
        )
    elif abs(k / batch - round(k / batch)) < 1e-3 and k > 1.5:
        yield _divided(
            scene,
            lambda n: k / batch * n,
            "loss-sum",
            "the loss is summed over the batch instead of averaged: it and every gradient are "
            f"{described_factor(k, scene.sizes)} the reference's",
            "loss = tf.reduce_mean(per_sample_loss)",
        )
    else:
        yield _divided(
            scene,
            lambda n: k,
            "loss-scaled",
            f"the loss is scaled: it and every gradient are {described_factor(k, scene.sizes)} the "
            "reference's",
            f"loss = loss / {k:.6g}",
            odd=not is_plain(k, scene),
        )


def _divided(
    scene: Scene, factor_of: Any, name: str, words: str, remedy: str, odd: bool = False
) -> Cause:
    batches = scene.stand.batches

    def unscale(target: Any, watch: Any) -> Any:
        x = leaves(batches[min(watch.step, len(batches) - 1)][0])[0]
        return target / tf.cast(factor_of(len(x)), target.dtype)

    return Cause(
        name,
        words,
        remedy,
        Cure("the loop's loss divided by that", at_loss=unscale),
        on="loop",
        odd=odd,
    )


PENALTIES = {
    "regularisation-missing": (
        "the layers' regularisation losses (model.losses) are not added to the loss: missing {}",
        "loss += tf.add_n(model.losses)",
    ),
    "penalty-kind": (
        "the penalty is of another kind (L1 for L2, or the other way round): {}",
        "use the reference's regularizer",
    ),
    "penalty-strength": (
        "the weight penalties are weaker than the reference's, or left out for some: {} "
        "(tf.nn.l2_loss takes half the sum of squares, Keras's L2 all of it)",
        "give the penalties the reference's strength; for tf.nn.l2_loss twice the number",
    ),
    "penalty-extra": (
        "the loss holds weight penalties (L2 in the loss) that the reference has not: {}",
        "remove the penalty from the loss",
    ),
    "penalty-missing": (
        "weight penalties are left out of the loss: {}",
        "add the missing penalties to the loss",
    ),
    "penalty-misplaced": (
        "the weight penalties fall on other variables than the reference's: {}; where they are "
        "made in a loop by lambdas, each lambda sees the loop variable's last value (late binding)",
        "bind it in the lambda: `lambda layer=layer: ...`",
    ),
}
"""What a difference of penalties is called, in words around the terms, and its remedy."""


def _penalties(scene: Scene, l2: dict[int, float], l1: dict[int, float]) -> Cause:
    """Return the cause of terms of squares and of sizes that the loop has too many or too few."""
    name = _penalty_name(l2, l1, _declared(scene))
    words, remedy = PENALTIES[name]
    listed = ", ".join(
        f"{'+' if c > 0 else '-'}{abs(c):.4g} {what}({scene.name(i)})"
        for terms, what in ((l2, "sum of squares"), (l1, "sum of sizes"))
        for i, c in terms.items()
    )
    return Cause(
        name,
        words.format(listed),
        remedy,
        Cure("those terms put right in the loop's loss", at_loss=_without(l2, l1)),
        on="loop",
        omission=name in ("regularisation-missing", "penalty-missing"),
    )


def _penalty_name(l2: dict[int, float], l1: dict[int, float], declared: dict[int, float]) -> str:
    """Return what the terms come to, a key of ``PENALTIES``.

    Args:
        l2, l1: by variable, what the loop's loss has more than the reference's of each kind.
        declared: by variable, how strongly the reference's layers regularise it.
    """
    missing = {i: -c for terms in (l2, l1) for i, c in terms.items() if c < 0}
    only_missing = len(missing) == len(l2) + len(l1)
    alike = only_missing and missing.keys() == declared.keys()
    if alike and all(abs(missing[i] - declared[i]) <= 1e-3 * declared[i] for i in missing):
        return "regularisation-missing"
    if l1 and l2:
        return "penalty-kind"
    if only_missing:
        return "penalty-strength" if declared else "penalty-missing"
    return "penalty-misplaced" if missing else "penalty-extra"


def _without(l2: dict[int, float], l1: dict[int, float]) -> Callable[[Any, Any], Any]:
    """Return what takes the terms out of a loss."""

    def mend(target: Any, watch: Any) -> Any:
        for terms, size in ((l2, tf.square), (l1, tf.abs)):
            for i, c in terms.items():
                penalty = tf.reduce_sum(size(live_variable(i, watch)))
                target -= tf.cast(c, target.dtype) * tf.cast(penalty, target.dtype)
        return target

    return mend


def _declared(scene: Scene) -> dict[int, float]:
    """Return which weights the reference's layers regularise, and how strongly."""
    assert scene.theirs.program is not None
    strengths = {}
    for i, variable in enumerate(scene.theirs.program.variables):
        regularizer = getattr(variable, "regularizer", None)
        strength = getattr(regularizer, "l2", 0.0) or getattr(regularizer, "l1", 0.0)
        if regularizer is not None:
            strengths[i] = float(np.asarray(strength))
    return strengths


# what the targets say


def _target_shapes(scene: Scene) -> Iterator[Cause]:
    y = scene.stand.batches[scene.step][1]
    targets = leaves(y[0] if isinstance(y, Weighted) else y)
    if any(t.ndim == 1 for t in targets):
        yield Cause(
            "target-broadcast",
            "the target of shape (n,) meets a prediction of shape (n, 1): their difference "
            "broadcasts to (n, n)",
            "y = tf.reshape(y, (-1, 1))",
            Cure("the loop fed targets of shape (n, 1)", batch=_columns),
            on="loop",
        )
    if any(t.ndim == 2 and t.shape[1] == 1 for t in targets):
        yield Cause(
            "target-broadcast",
            "the target of shape (n, 1) meets a tensor of shape (n,): they broadcast to (n, n)",
            "y = tf.squeeze(y, -1)",
            Cure("the loop fed targets of shape (n,)", batch=_flattened),
            on="loop",
        )


def _columns(x: Any, y: Any) -> tuple[Any, Any]:
    return x, mapped(lambda t: t[:, None] if t.ndim == 1 else t, y)


def _flattened(x: Any, y: Any) -> tuple[Any, Any]:
    return x, mapped(lambda t: t[:, 0] if t.ndim == 2 and t.shape[1] == 1 else t, y)
