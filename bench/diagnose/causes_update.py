"""Hypotheses about what becomes of equal gradients: who is trained, how far, by which rule."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from bench.diagnose import causes_adam, causes_clip, causes_optimizer, causes_rule, causes_schedule
from bench.diagnose.causes_optimizer import rate, with_optimizer
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.relations import common, factor
from bench.diagnose.rule_numbers import decays_of
from bench.diagnose.scene import Scene
from bench.diagnose.stand import Run


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield what may be wrong with an update, the likeliest first."""
    yield from not_trained(scene)
    optimizer = None if scene.model is None else scene.model.optimizer
    if optimizer is not None:
        yield from causes_schedule.causes(scene, optimizer)
    if optimizer is not None and _is_share(rate_factor(scene, scene.step), optimizer):
        yield from causes_rule.causes(scene)  # 1 - beta left out is no rate, though as good as one
    yield from rate_factors(scene)
    if optimizer is None:
        return
    yield from _constraints(scene)
    yield from _forms_of_adam(optimizer)  # few, where clips and settings are many
    yield from causes_optimizer.causes(scene, optimizer)
    yield from causes_rule.causes(scene)
    yield from causes_clip.causes(scene, optimizer)
    yield from causes_optimizer.tried(scene, optimizer)
    yield from causes_optimizer.other_rules(optimizer)


def not_trained(scene: Scene) -> Iterator[Cause]:
    """Yield that some variables stay where they are on one side."""
    step = scene.step
    for side, still, moving in (
        ("reference", scene.ours, scene.theirs),
        ("loop", scene.theirs, scene.ours),
    ):
        stuck = _stuck(still, moving, step)
        every = len(stuck) == len(still.weights[step])
        if stuck and every and side == "reference":
            yield from _accumulated(scene)
        if not stuck or every:
            continue
        names = ", ".join(scene.name(i) for i in stuck)
        yield Cause(
            "not-trained" if side == "reference" else "frozen-trained",
            f"{names}: the loop never updates it"
            if side == "reference"
            else f"{names}: the loop trains it, the reference keeps it frozen (trainable=False)",
            "hand all of model.trainable_variables to tape.gradient and apply_gradients",
            Cure(
                f"{names} held still on the {'other' if side == 'reference' else 'loop'} side",
                after_step=restored(stuck),
            ),
            on=side,
            omission=side == "reference",
        )


def _stuck(still: Run, moving: Run, step: int) -> list[int]:
    """Return which weights a step leaves where they are in one run, and moves in the other."""
    before, after, other = still.weights[step], still.weights[step + 1], moving.weights[step + 1]
    return [
        i
        for i, (a, b, c) in enumerate(zip(before, after, other, strict=True))
        if np.array_equal(a, b) and not np.array_equal(a, c)
    ]


def _accumulated(scene: Scene) -> Iterator[Cause]:
    """Yield that gradients are gathered over some steps before the weights move."""
    if (
        scene.model is None
        or "gradient_accumulation_steps" not in scene.model.optimizer.get_config()
    ):
        return
    for n in (2, 3, 4, 5, 8):
        yield Cause(
            "accumulation",
            f"the loop gathers gradients over {n} steps before it updates; the reference "
            "updates at every step",
            "apply the gradients at every step",
            with_optimizer(
                {"gradient_accumulation_steps": n},
                f"the reference with gradient_accumulation_steps={n}",
            ),
        )


def restored(indices: list[int]) -> Any:
    """Return what sets some weights back after a step."""

    def restore(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = step
        now = program.read()
        program.write([before[i] if i in indices else v for i, v in enumerate(now)])

    return restore


def _moves(scene: Scene, step: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (ours, theirs) of each trained variable's move in a step."""
    return [
        (a1.astype("f8") - a0, b1.astype("f8") - b0)
        for a0, a1, b0, b1, g in zip(
            scene.ours.weights[step],
            scene.ours.weights[step + 1],
            scene.theirs.weights[step],
            scene.theirs.weights[step + 1],
            scene.theirs.gradients[step],
            strict=True,
        )
        if g is not None and np.any(b1 != b0)
    ]


def rate_factor(scene: Scene, step: int) -> float | None:
    """Return by what every move of ours is a multiple of theirs, or None."""
    moves = _moves(scene, step)
    factors = [factor([a], [b]) for a, b in moves]
    k = common(factors, 2e-3)
    if k is None or any(np.linalg.norm(a - k * b) > 2e-3 * np.linalg.norm(a) for a, b in moves):
        return None
    return k


def _is_share(k: float | None, optimizer: Any) -> bool:
    """Return whether a factor is 1 - beta of a running mean of an optimizer's, or one over it."""
    decays = decays_of(optimizer.get_config())
    return (
        k is not None
        and k != 0
        and any(abs(f * (1 - b) - 1) < 1e-3 for b in decays.values() for f in (k, 1 / k))
    )


def rate_factors(scene: Scene) -> Iterator[Cause]:
    """Yield that every move is one multiple of the reference's."""
    k = rate_factor(scene, scene.step)
    if not k or abs(k - 1) < 1e-5:
        return
    optimizer = None if scene.model is None else scene.model.optimizer
    now = rate(optimizer)

    def rescale(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = step
        now = program.read()
        program.write(
            [
                b + (a - b) / k if a.dtype.kind == "f" else a
                for a, b in zip(now, before, strict=True)
            ]
        )

    yield Cause(
        "learning-rate",
        _rate_words(k, now, getattr(optimizer, "momentum", None)),
        f"learning_rate = {now:.6g}" if now is not None else f"divide the learning rate by {k:.6g}",
        Cure(f"every update of the loop divided by {k:.6g}", after_step=rescale),
        on="loop",
        value=now * k if now is not None else None,
    )


def _rate_words(k: float, now: float | None, momentum: float | None) -> str:
    """Return what one factor of all moves comes to, beside the reference's rate and momentum."""
    if momentum and abs(k - (1 - momentum)) < 1e-3 * k:
        return (
            f"momentum is taken as a running mean, {momentum:g} m + {k:.4g} g (dampened): every "
            f"update is {k:.4g} times the reference's, whose momentum adds the whole gradient"
        )
    ours = f"{now * k:.6g}" if now is not None else f"{k:.6g} times as large"
    theirs = f", the reference's {now:.6g}" if now is not None else ""
    return f"the learning rate of the loop is {ours}{theirs}"


def _constraints(scene: Scene) -> Iterator[Cause]:
    assert scene.model is not None
    bound = [v for v in scene.model.trainable_variables if v.constraint is not None]
    if not bound:
        return
    kinds = ", ".join(sorted({type(v.constraint).__name__ for v in bound}))

    def unbind(program: Any) -> None:
        for variable in program.thing.trainable_variables:
            variable.constraint = None

    yield Cause(
        "constraint-skipped",
        f"the updated weights never pass through their constraint ({kinds})",
        "w.assign(w.constraint(w)) after each update",
        Cure("the reference without its constraints", setup=unbind),
        omission=False,
    )


def _forms_of_adam(optimizer: Any) -> Iterator[Cause]:
    """Yield other formulas that go by the name of Adam."""
    config = optimizer.get_config()
    if type(optimizer) not in (keras.optimizers.Adam, keras.optimizers.AdamW) or not rate(
        optimizer
    ):
        return
    yield _uncorrected(config)
    yield from causes_adam.counters(config)
    for where, divisor, code in (
        (
            "inside the root: sqrt(v + epsilon)",
            lambda v, c, e: np.sqrt(v + e) / np.sqrt(c),
            "m / (tf.sqrt(v) + epsilon)",
        ),
        (
            "to the corrected moment, as PyTorch does",
            lambda v, c, e: np.sqrt(v / c) + e,
            "epsilon as Keras has it: m / (tf.sqrt(v) + epsilon), the correction in the rate",
        ),
    ):
        yield Cause(
            "adam-epsilon", f"Adam's epsilon is added {where}; Keras adds it to sqrt(v)", code,
            Cure(f"the reference's Adam with its epsilon added {where}",
                 after_step=_other_adam(config, rate(optimizer) or 0.0, divisor)),
        )  # fmt: skip


def _other_adam(config: dict[str, Any], now: float, divisor: Any) -> Any:
    def update(program: Any, before: list[np.ndarray], step: int) -> None:
        optimizer, weights = program.thing.optimizer, program.read()
        one, two = (1 - config[b] ** (step + 1) for b in ("beta_1", "beta_2"))
        place = {id(v): i for i, v in enumerate(program.variables)}
        slots = zip(program.thing.trainable_variables, optimizer._momentums, optimizer._velocities,
                    strict=True)  # fmt: skip
        for variable, m, v in slots:
            mean = np.asarray(m, "f8") / one
            move = now * mean / divisor(np.asarray(v, "f8"), two, config["epsilon"])
            weights[place[id(variable)]] = before[place[id(variable)]] - move
        program.write(weights)

    return update


def _uncorrected(config: dict[str, Any]) -> Cause:
    """Return that Adam's correction of its first steps is left out."""

    def undo(program: Any, before: list[np.ndarray], step: int) -> None:
        ratio = (1 - config["beta_1"] ** (step + 1)) / np.sqrt(1 - config["beta_2"] ** (step + 1))
        trained = {id(v) for v in program.thing.trainable_variables}
        program.write(
            [
                b + (a - b) * ratio if id(v) in trained else a
                for v, a, b in zip(program.variables, program.read(), before, strict=True)
            ]
        )

    return Cause(
        "bias-correction",
        "Adam's bias correction is left out: sqrt(1 - beta_2^t) / (1 - beta_1^t)",
        "rate = learning_rate * tf.sqrt(1 - beta_2**t) / (1 - beta_1**t)",
        Cure("the reference's Adam without its bias correction", after_step=undo),
        omission=True,
    )
