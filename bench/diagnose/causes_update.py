"""Hypotheses about what becomes of equal gradients: the optimizer, its start, what is frozen."""

import inspect
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.relations import common, factor
from bench.diagnose.scene import Scene, flat_layers

HYPER = {"lr": "learning_rate", "alpha": "learning_rate", "rho": "rho", "momentum": "momentum",
         "beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon", "l1": "l1_regularization_strength",
         "l2": "l2_regularization_strength", "lr_power": "learning_rate_power"}  # fmt: skip
TRIED = {
    "epsilon": (1e-7, 1e-8, 1e-10, 1e-5, 1e-3, 1e-6, 1e-9),
    "momentum": (0.0, 0.9, 0.99, 0.5), "rho": (0.9, 0.95, 0.99, 0.999), "beta_1": (0.9, 0.0, 0.5, 0.99),
    "beta_2": (0.999, 0.99, 0.95, 0.9), "nesterov": (True, False), "centered": (True, False),
    "amsgrad": (True, False), "weight_decay": (None,), "use_ema": (False,),
    "gradient_accumulation_steps": (None,), "initial_accumulator_value": (0.0, 0.1, 1.0),
}  # fmt: skip
CLIPS = {"clipnorm": "each variable's gradient by its own norm",
         "global_clipnorm": "all gradients together by their common norm",
         "clipvalue": "each number of a gradient"}  # fmt: skip


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield what may be wrong with an update, the likeliest first."""
    yield from _not_trained(scene)
    yield from _rate_factor(scene)
    optimizer = _optimizer(scene)
    if optimizer is None:
        return
    yield from _constraints(scene)
    yield from _schedules(scene, optimizer)
    yield from _of_apply_op(scene, optimizer)
    yield from _of_own_optimizer(scene, optimizer)
    yield from _clips(optimizer)
    yield from _settings(optimizer)
    yield from _slot_starts(optimizer, {})
    yield from _uncorrected(optimizer)
    yield from _other_rules(scene, optimizer)
    yield _by_their_rule(scene, optimizer)


def _uncorrected(optimizer: Any) -> Iterator[Cause]:
    """Yield that Adam's correction of its first steps is left out."""
    config = optimizer.get_config()
    if not {"beta_1", "beta_2"} <= config.keys():
        return

    def undo(program: Any, before: list[np.ndarray], step: int) -> None:
        ratio = (1 - config["beta_1"] ** (step + 1)) / np.sqrt(1 - config["beta_2"] ** (step + 1))
        trained = {id(v) for v in program.thing.trainable_variables}
        program.write([b + (a - b) * ratio if id(v) in trained else a
                       for v, a, b in zip(program.variables, program.read(), before, strict=True)])

    yield Cause(
        "bias-correction", "Adam's bias correction is left out: sqrt(1 - beta_2^t) / (1 - beta_1^t)",
        "rate = learning_rate * tf.sqrt(1 - beta_2**t) / (1 - beta_1**t)",
        Cure("the reference's Adam without its bias correction", after_step=undo), omission=True,
    )  # fmt: skip


def _by_their_rule(scene: Scene, optimizer: Any) -> Cause:
    """Return the cure that needs no name: the reference's optimizer given the loop's gradients."""
    made: dict[int, tuple[Any, list[Any]]] = {}
    trained = [i for i, g in enumerate(scene.theirs.gradients[scene.step]) if g is not None]

    def update(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = step
        handles = program.handles()
        given = {h: g for call in program.watch.gradients for h, g in call.items()}
        if id(program) not in made:
            rule = type(optimizer).from_config(optimizer.get_config())
            held = [keras.Variable(before[i]) for i in trained]
            rule.build(held)
            made[id(program)] = rule, held
        rule, held = made[id(program)]
        rule.apply([tf.constant(given[handles[i]]) for i in trained], held)
        now = program.read()
        for i, variable in zip(trained, held, strict=True):
            now[i] = np.asarray(variable)
        program.write(now)

    name = type(optimizer).__name__
    parting = scene.spot.parting
    kinds = list(dict.fromkeys(n.kind for n in parting.ours)) if parting else []
    return Cause(
        "update-otherwise", f"the loop makes another update of the same gradients ({' + '.join(kinds[:6])}) "
        f"than the reference's {name}", f"compute the update as {name} does",
        Cure(f"the reference's {name} put in the place of the loop's update", after_step=update), on="loop",
    )  # fmt: skip


def _optimizer(scene: Scene) -> Any:
    return None if scene.model is None else scene.model.optimizer


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


# what moved, and by how much


def _not_trained(scene: Scene) -> Iterator[Cause]:
    """Yield that some variables stay where they are on one side."""
    step = scene.step
    for side, still, moving in (("reference", scene.ours, scene.theirs),
                                ("loop", scene.theirs, scene.ours)):  # fmt: skip
        before, after, other = still.weights[step], still.weights[step + 1], moving.weights[step + 1]
        stuck = [i for i, (a, b, c) in enumerate(zip(before, after, other, strict=True))
                 if np.array_equal(a, b) and not np.array_equal(a, c)]  # fmt: skip
        if stuck and len(stuck) == len(before) and side == "reference":
            yield from _accumulated(scene)
        if not stuck or len(stuck) == len(before):
            continue
        names = ", ".join(scene.name(i) for i in stuck)
        yield Cause(
            "not-trained" if side == "reference" else "frozen-trained",
            f"{names}: the loop never updates it" if side == "reference"
            else f"{names}: the loop trains it, the reference keeps it frozen (trainable=False)",
            "hand all of model.trainable_variables to tape.gradient and apply_gradients",
            Cure(f"{names} held still on the {'other' if side == 'reference' else 'loop'} side",
                 after_step=_restore(stuck)),
            on=side, omission=side == "reference",
        )  # fmt: skip


def _accumulated(scene: Scene) -> Iterator[Cause]:
    """Yield that gradients are gathered over some steps before the weights move."""
    if scene.model is None or "gradient_accumulation_steps" not in scene.model.optimizer.get_config():
        return
    for n in (2, 3, 4, 5, 8):
        yield Cause(
            "accumulation", f"the loop gathers gradients over {n} steps before it updates; the reference "
            "updates at every step", "apply the gradients at every step",
            with_optimizer({"gradient_accumulation_steps": n},
                           f"the reference with gradient_accumulation_steps={n}"),
        )  # fmt: skip


def _restore(indices: list[int]) -> Any:
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
            scene.ours.weights[step], scene.ours.weights[step + 1], scene.theirs.weights[step],
            scene.theirs.weights[step + 1], scene.theirs.gradients[step], strict=True,
        )
        if g is not None and np.any(b1 != b0)
    ]  # fmt: skip


def rate_factor(scene: Scene, step: int) -> float | None:
    """Return by what every move of ours is a multiple of theirs, or None."""
    moves = _moves(scene, step)
    factors = [factor([a], [b]) for a, b in moves]
    k = common(factors, 2e-3)
    if k is None or any(np.linalg.norm(a - k * b) > 2e-3 * np.linalg.norm(a) for a, b in moves):
        return None
    return k


def _rate_factor(scene: Scene) -> Iterator[Cause]:
    k = rate_factor(scene, scene.step)
    if k is None or abs(k - 1) < 1e-5:
        return
    rate = _rate(scene)
    ours = f"{rate * k:.6g}" if rate is not None else f"{k:.6g} times as large"
    theirs = f", the reference's {rate:.6g}" if rate is not None else ""

    def rescale(program: Any, before: list[np.ndarray], step: int) -> None:
        _ = step
        now = program.read()
        program.write([b + (a - b) / k if a.dtype.kind == "f" else a
                       for a, b in zip(now, before, strict=True)])  # fmt: skip

    yield Cause(
        "learning-rate", f"the learning rate of the loop is {ours}{theirs}",
        f"learning_rate = {rate:.6g}" if rate is not None else f"divide the learning rate by {k:.6g}",
        Cure(f"every update of the loop divided by {k:.6g}", after_step=rescale), on="loop",
        value=rate * k if rate is not None else None,
    )  # fmt: skip


def _rate(scene: Scene) -> float | None:
    optimizer = _optimizer(scene)
    try:
        return None if optimizer is None else float(np.asarray(optimizer.learning_rate))
    except (TypeError, ValueError):
        return None


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
        "constraint-skipped", f"the updated weights never pass through their constraint ({kinds})",
        "w.assign(w.constraint(w)) after each update", Cure("the reference without its constraints",
        setup=unbind), omission=False,
    )  # fmt: skip


# settings that can be read off


def _of_apply_op(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield the settings that the loop's optimizer op was given (TensorFlow 1, raw ops)."""
    if scene.align is None:
        return
    trace, config = scene.align.ours, optimizer.get_config()
    for node in trace.nodes:
        if not node.kind.startswith("ResourceApply"):
            continue
        names = list(inspect.signature(getattr(tf.raw_ops, node.kind)).parameters)
        given = {HYPER[n]: trace.scalar(t) for n, t in zip(names, node.inputs, strict=False)
                 if n in HYPER and trace.scalar(t) is not None}  # fmt: skip
        differing = {k: v for k, v in given.items() if k in config and not _equal(config[k], v)}
        yield from _as_found(differing, config, node)
        yield from _slot_starts(optimizer, differing)
        return


def _equal(a: Any, b: Any) -> bool:
    try:
        return abs(float(a) - float(b)) <= 1e-6 * max(abs(float(a)), abs(float(b)))
    except (TypeError, ValueError):
        return bool(a == b)


def _as_found(differing: dict[str, Any], config: dict[str, Any], node: Any = None) -> Iterator[Cause]:
    """Yield each differing setting alone, then all of them together."""
    groups = [{k: v} for k, v in differing.items()]
    if len(differing) > 1:
        groups.append(differing)
    for group in groups:
        words = ", ".join(f"{k} {_short(v)} against the reference's {_short(config[k])}"
                          for k, v in group.items())  # fmt: skip
        yield Cause(
            "optimizer-setting", f"the optimizers are set differently: {words}",
            ", ".join(f"{k}={_short(config[k])}" for k in group),
            with_optimizer(group, "the reference's optimizer set as the loop's"),
            value=next((_number(v) for v in group.values() if _number(v) is not None), None),
            nodes=(node,) if node is not None else (),
        )  # fmt: skip


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
        if not isinstance(mine, keras.optimizers.Optimizer):
            continue
        own = mine.get_config()
        if type(mine) is type(optimizer):
            differing = {k: v for k, v in own.items()
                         if k != "name" and k in config and not _equal(config[k], v)}  # fmt: skip
            yield from _as_found(differing, config)
        else:
            yield _swapped(type(mine), own, optimizer)


def _swapped(kind: Any, own: dict[str, Any], optimizer: Any) -> Cause:
    def swap(program: Any) -> None:
        program.thing.optimizer = kind.from_config(own)
        program.thing.optimizer.build(program.thing.trainable_variables)

    theirs = type(optimizer).__name__
    return Cause(
        "optimizer-kind", f"the loop's optimizer is {kind.__name__}, the reference's {theirs}",
        f"use {theirs} with the reference's settings",
        Cure(f"the reference trained by the loop's {kind.__name__}", setup=swap),
    )  # fmt: skip


# settings that are tried


def _settings(optimizer: Any) -> Iterator[Cause]:
    config = optimizer.get_config()
    for name, values in TRIED.items():
        for value in values if name in config else ():
            if not _equal(config[name], value):
                yield from _tried_setting(name, value, config)


def _tried_setting(name: str, value: Any, config: dict[str, Any]) -> Iterator[Cause]:
    cure = with_optimizer({name: value}, f"the reference's optimizer with {name}={value}")
    theirs = _short(config[name])
    if name == "weight_decay":
        yield Cause("weight-decay", f"the loop does not decay the weights apart from the gradient; the "
                    f"reference does (weight_decay={theirs})",
                    f"w.assign_sub(learning_rate * {theirs} * w) at each step", cure,
                    omission=True)  # fmt: skip
        return
    yield Cause("optimizer-setting", f"the optimizer behaves as with {name}={_short(value)}; the "
                f"reference has {name}={theirs}", f"{name} = {theirs}", cure,
                value=_number(value))  # fmt: skip


def _clips(optimizer: Any) -> Iterator[Cause]:
    """Yield the ways in which gradients may be clipped otherwise."""
    config = optimizer.get_config()
    theirs = next((name for name in CLIPS if config.get(name) is not None), None)
    if theirs is None:
        for name in CLIPS:
            for bound in (0.01, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0):
                yield Cause("clipping-extra", f"the loop clips {CLIPS[name]} ({name}={bound:g}); the "
                            "reference does not clip", "leave out the clipping",
                            with_optimizer({name: bound}, f"the reference with {name}={bound:g}"),
                            value=bound)  # fmt: skip
        return
    bound = config[theirs]
    yield Cause("clipping-missing", f"the gradients are not clipped; the reference clips "
                f"{CLIPS[theirs]} ({theirs}={bound:g})",
                _clip_code(theirs, bound), with_optimizer({theirs: None}, f"the reference without {theirs}"),
                omission=True)  # fmt: skip
    for name in CLIPS:
        if name != theirs:
            yield Cause("clipping-kind", f"the loop clips {CLIPS[name]}; {theirs} of the reference "
                        f"clips {CLIPS[theirs]}", _clip_code(theirs, bound),
                        with_optimizer({theirs: None, name: bound}, f"the reference with {name}={bound:g} "
                                       f"in place of {theirs}"), value=bound)  # fmt: skip


def _clip_code(name: str, bound: float) -> str:
    return {
        "clipnorm": f"grads = [tf.clip_by_norm(g, {bound:g}) for g in grads]",
        "global_clipnorm": f"grads, _ = tf.clip_by_global_norm(grads, {bound:g})",
        "clipvalue": f"grads = [tf.clip_by_value(g, -{bound:g}, {bound:g}) for g in grads]",
    }[name]


def _slot_starts(optimizer: Any, differing: dict[str, Any]) -> Iterator[Cause]:
    """Yield that the optimizer's slots start at another value, alone or with its settings."""
    for value in (1.0, 0.1):
        more = "".join(f", and {k} is {_short(v)}, not {_short(optimizer.get_config()[k])}"
                       for k, v in differing.items())  # fmt: skip
        yield Cause(
            "slot-start", f"the optimizer's accumulators (its slot of mean squares) start at {value:g}, the "
            f"reference's at zero{more}",
            "use tf.keras's optimizer, or start the slots at zero and set the same epsilon",
            with_optimizer(differing, f"the reference's slots started at {value:g}{more}", slots=value),
        )  # fmt: skip


def _schedules(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield other ways to walk the reference's schedule of learning rates."""
    schedule = getattr(optimizer, "_learning_rate", None)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return
    name = type(schedule).__name__
    ways = {
        "stays at its first value": lambda step: 0,
        "is one step ahead": lambda step: step + 1,
        "is one step behind": lambda step: max(step - 1, 0),
    }
    steps = max(1, -(-len(scene.stand.pair.data) // scene.stand.pair.batch_size))
    per_epoch = getattr(schedule, "decay_steps", None)
    ways["is decayed once an epoch"] = lambda step: (step // steps) * (per_epoch or 1)
    ways["takes the epoch for the step"] = lambda step: step // steps
    for words, way in ways.items():
        yield Cause(
            "schedule", f"the loop's learning rate {words}; the reference's schedule ({name}) changes it "
            "at every step", f"learning_rate = {name}(...)(optimizer.iterations)",
            walked(schedule, way, f"the reference's schedule that {words}"),
            value=float(schedule(0)),
        )  # fmt: skip


def walked(schedule: Any, way: Any, words: str) -> Cure:
    """Return the cure that walks the reference's schedule in another way."""

    class Walked(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return schedule(way(int(step)))

        def get_config(self) -> dict[str, Any]:
            return {}

    def swap(program: Any) -> None:
        old = program.thing.optimizer
        config = {**old.get_config(), "learning_rate": 0.0}
        program.thing.optimizer = type(old).from_config(config)
        program.thing.optimizer._learning_rate = Walked()
        program.thing.optimizer.build(program.thing.trainable_variables)
        program.thing.run_eagerly = True

    return Cure(words, setup=swap)


def _other_rules(scene: Scene, optimizer: Any) -> Iterator[Cause]:
    """Yield other optimizers at the reference's rate."""
    rate = _rate(scene)
    if rate is None:
        return
    for kind in ("SGD", "Adam", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam"):
        cls = getattr(keras.optimizers, kind)
        if type(optimizer) is not cls:
            yield _swapped(cls, cls(rate).get_config(), optimizer)


def state_causes(scene: Scene) -> Iterator[Cause]:
    """Yield what may be wrong with what moves without a gradient: moving statistics."""
    step = scene.step
    program = scene.ours.program
    before, ours, theirs = (scene.theirs.weights[step], scene.ours.weights[step + 1],
                            scene.theirs.weights[step + 1])  # fmt: skip
    moved = [i for i, g in enumerate(scene.theirs.gradients[step])
             if g is None and not np.array_equal(theirs[i], before[i])]  # fmt: skip
    still = [i for i in moved if np.array_equal(ours[i], scene.ours.weights[step][i])]
    names = ", ".join(scene.name(i) for i in still)
    if still and hasattr(program, "run_updates"):
        def run_them(fresh: Any) -> None:
            fresh.run_updates = True

        yield Cause(
            "update-ops", f"{names}: the moving statistics have update ops in the graph's collection "
            "UPDATE_OPS, but nothing ever runs them",
            "with tf.control_dependencies(tf.compat.v1.get_collection('update_ops')): train_op = ...",
            Cure("UPDATE_OPS run with the loop's train op", setup=run_them), on="loop", omission=True,
        )  # fmt: skip
    if still:
        yield Cause(
            "statistics-frozen", f"{names}: the loop never updates the moving statistics",
            "update them at each step: call the layer with training=True",
            Cure("the reference's moving statistics held still", after_step=_restore(still)),
            omission=True,
        )  # fmt: skip
    yield from _momenta(scene, moved, before, ours, theirs)


def _momenta(scene: Scene, moved: list[int], before: Any, ours: Any, theirs: Any) -> Iterator[Cause]:
    if scene.model is None or not moved:
        return
    factors = {i: factor([ours[i] - before[i]], [theirs[i] - before[i]]) for i in moved}
    layers = [x for x in flat_layers(scene.model) if isinstance(x, keras.layers.BatchNormalization)]
    k = common(list(factors.values()), 2e-3)
    if k is not None and layers:
        momentum = 1 - k * (1 - layers[0].momentum)

        def swap(program: Any) -> None:
            for layer in flat_layers(program.thing):
                if isinstance(layer, keras.layers.BatchNormalization):
                    layer.momentum = momentum

        yield Cause(
            "statistics-momentum", f"the moving statistics have momentum {momentum:.4g}, the reference's "
            f"{layers[0].momentum:g}", f"momentum = {layers[0].momentum:g}",
            Cure(f"the reference's BatchNormalization with momentum={momentum:.4g}", setup=swap),
            value=momentum,
        )  # fmt: skip
    if layers:
        yield _unbiased(scene, layers)


def _unbiased(scene: Scene, layers: list[Any]) -> Cause:
    assert scene.theirs.program is not None
    place = {id(v): i for i, v in enumerate(scene.theirs.program.variables)}
    keep = {place[id(layer.moving_variance)]: layer.momentum for layer in layers}

    def correct(program: Any, before: list[np.ndarray], step: int) -> None:
        now = program.read()
        x, _ = scene.stand.batches[step]
        for i, m in keep.items():
            if now[i].size:
                n = len(x) * int(np.prod(np.shape(x)[1:-1])) if np.ndim(x) > 2 else len(x)
                batch = (now[i] - m * before[i]) / (1 - m)
                now[i] = m * before[i] + (1 - m) * batch * n / (n - 1)
        program.write(now)

    return Cause(
        "statistics-unbiased", "the moving variance takes the unbiased variance n/(n-1), Keras's the "
        "plain one", "use tf.nn.moments, without Bessel's correction",
        Cure("the reference's moving variance fed unbiased variances", after_step=correct),
    )  # fmt: skip
