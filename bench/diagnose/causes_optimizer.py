"""Hypotheses about the settings of an optimizer."""

import inspect
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.diagnose.causes_generic import numbers_of_ours
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.scene import Scene

HYPER = {
    "lr": "learning_rate",
    "alpha": "learning_rate",
    "rho": "rho",
    "momentum": "momentum",
    "beta1": "beta_1",
    "beta2": "beta_2",
    "epsilon": "epsilon",
    "l1": "l1_regularization_strength",
    "l2": "l2_regularization_strength",
    "lr_power": "learning_rate_power",
}
TRIED = {
    "epsilon": (1e-7, 1e-8, 1e-10, 1e-5, 1e-3, 1e-6, 1e-9),
    "momentum": (0.0, 0.9, 0.99, 0.5),
    "rho": (0.9, 0.95, 0.99, 0.999),
    "beta_1": (0.9, 0.0, 0.5, 0.99),
    "beta_2": (0.999, 0.99, 0.95, 0.9),
    "nesterov": (True, False),
    "centered": (True, False),
    "amsgrad": (True, False),
    "weight_decay": (None,),
    "use_ema": (False,),
    "gradient_accumulation_steps": (None,),
    "initial_accumulator_value": (0.0, 0.1, 1.0),
}


def causes(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield settings that can be read off the loop."""
    yield from _of_apply_op(scene, optimizer)
    yield from _of_own_optimizer(scene, optimizer)


def tried(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield settings that are tried."""
    yield from _settings(scene, optimizer)
    yield from _slot_starts(optimizer, {})


def with_optimizer(changes: dict[str, Any], words: str, slots: float | None = None) -> Cure:
    """Return the cure that gives the reference its own optimizer with some settings changed."""

    def swap(program: Any) -> None:
        model = program.thing
        old = model.optimizer
        model.optimizer = type(old).from_config({**old.get_config(), **changes})
        model.optimizer.build(model.trainable_variables)
        if slots is not None:
            start_slots(model.optimizer, slots)

    return Cure(words, setup=swap)


def start_slots(optimizer: Any, value: float) -> None:
    """Let an optimizer's slots start at a value."""
    for variable in optimizer.variables:
        if len(variable.shape) or variable.path.count("/") > 1:
            variable.assign(tf.fill(variable.shape, tf.cast(value, variable.dtype)))


def _of_apply_op(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield the settings that the loop's optimizer op was given (TensorFlow 1, raw ops)."""
    if scene.align is None:
        return
    trace, config = scene.align.ours, optimizer.get_config()
    for node in trace.nodes:
        if not node.kind.startswith("ResourceApply"):
            continue
        names = list(inspect.signature(getattr(tf.raw_ops, node.kind)).parameters)
        given = {
            HYPER[n]: trace.scalar(t)
            for n, t in zip(names, node.inputs, strict=False)
            if n in HYPER and trace.scalar(t) is not None
        }
        differing = {k: v for k, v in given.items() if k in config and not equal(config[k], v)}
        yield from as_found(differing, config, node)
        yield from _slot_starts(optimizer, differing)
        return


def equal(a: Any, b: Any) -> bool:
    """Return whether two settings are one, but for rounding."""
    try:
        return abs(float(a) - float(b)) <= 1e-6 * max(abs(float(a)), abs(float(b)))
    except (TypeError, ValueError):
        return bool(a == b)


def as_found(
    differing: dict[str, Any], config: dict[str, Any], node: Any = None
) -> Iterator[Cause]:
    """Yield each differing setting alone, then all of them together."""
    groups = [{k: v} for k, v in differing.items()]
    if len(differing) > 1:
        groups.append(differing)
    for group in groups:
        words = ", ".join(
            f"{k} {_short(v)} against the reference's {_short(config[k])}" for k, v in group.items()
        )
        yield Cause(
            "optimizer-setting",
            f"the optimizers are set differently: {words}",
            ", ".join(f"{k}={_short(config[k])}" for k in group),
            with_optimizer(group, "the reference's optimizer set as the loop's"),
            value=next((_number(v) for v in group.values() if _number(v) is not None), None),
            nodes=(node,) if node is not None else (),
        )


def _number(value: Any) -> float | None:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain else None


def _short(value: Any) -> str:
    if isinstance(value, dict):
        inner = value.get("config", {})
        return f"{value.get('class_name')}({', '.join(f'{k}={v}' for k, v in inner.items())})"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _of_own_optimizer(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield the settings by which two Keras optimizers differ."""
    assert scene.ours.program is not None
    config = optimizer.get_config()
    for mine in scene.ours.program.optimizers:
        if not isinstance(mine, keras.optimizers.Optimizer) or not int(mine.iterations):
            continue
        own = mine.get_config()
        if type(mine) is type(optimizer):
            differing = {
                k: v
                for k, v in own.items()
                if k != "name" and k in config and not equal(config[k], v)
            }
            yield from as_found(differing, config)
        else:
            yield _swapped(type(mine), own, optimizer)


def _swapped(kind: Any, own: dict[str, Any], optimizer: Any) -> Cause:
    def swap(program: Any) -> None:
        program.thing.optimizer = kind.from_config(own)
        program.thing.optimizer.build(program.thing.trainable_variables)

    theirs = type(optimizer).__name__
    return Cause(
        "optimizer-kind",
        f"the loop's optimizer is {kind.__name__}, the reference's {theirs}",
        f"use {theirs} with the reference's settings",
        Cure(f"the reference trained by the loop's {kind.__name__}", setup=swap),
    )


def _settings(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    config = optimizer.get_config()
    for name, values in TRIED.items():
        given = numbers_of_ours(scene) if isinstance(values[0], float) else []
        for value in dict.fromkeys((*given, *values)) if name in config else ():
            if not equal(config[name], value):
                yield from _tried_setting(name, value, config)


def _tried_setting(name: str, value: Any, config: dict[str, Any]) -> Iterator[Cause]:
    cure = with_optimizer({name: value}, f"the reference's optimizer with {name}={_short(value)}")
    theirs = _short(config[name])
    if name == "weight_decay":
        yield Cause(
            "weight-decay",
            f"the loop does not decay the weights apart from the gradient; the "
            f"reference does (weight_decay={theirs})",
            f"w.assign_sub(learning_rate * {theirs} * w) at each step",
            cure,
            omission=True,
        )
        return
    yield Cause(
        "optimizer-setting",
        f"the optimizer behaves as with {name}={_short(value)}; the reference has {name}={theirs}",
        f"{name} = {theirs}",
        cure,
        value=_number(value),
    )


def _slot_starts(optimizer: Any, differing: dict[str, Any]) -> Iterator[Cause]:
    """Yield that the optimizer's slots start at another value, alone or with its settings."""
    for value in (1.0, 0.1):
        more = "".join(
            f", and {k} is {_short(v)}, not {_short(optimizer.get_config()[k])}"
            for k, v in differing.items()
        )
        yield Cause(
            "slot-start",
            f"the optimizer's accumulators (its slot of mean squares) start at {value:g}, the "
            f"reference's at zero{more}",
            "use tf.keras's optimizer, or start the slots at zero and set the same epsilon",
            with_optimizer(
                differing, f"the reference's slots started at {value:g}{more}", slots=value
            ),
        )


def other_rules(optimizer: Any) -> Iterator[Cause]:
    """Yield other optimizers at the reference's rate."""
    now = rate(optimizer)
    if now is None:
        return
    for kind in ("SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam"):
        cls = getattr(keras.optimizers, kind)
        if type(optimizer) is not cls:
            yield _swapped(cls, cls(now).get_config(), optimizer)


def rate(optimizer: Any) -> float | None:
    """Return an optimizer's learning rate, or None where it has none or a schedule."""
    try:
        return None if optimizer is None else float(np.asarray(optimizer.learning_rate))
    except (TypeError, ValueError):
        return None
