"""Hypotheses about the loss: its scale, its penalties, its targets, its kind."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.pair import leaves, mapped
from bench.diagnose.programs import Weighted
from bench.diagnose.relations import Relation, common, described_factor, relation
from bench.diagnose.scene import Scene


def causes(scene: Scene) -> Iterator[Cause | tuple[Cause, ...]]:
    """Yield what may be wrong with a loss, the likeliest first."""
    yield from related(scene)
    yield from _target_shapes(scene)
    if scene.model is not None:
        yield from _weights_left_out(scene)
        yield from _settings(scene)
        yield from _kinds(scene)


# what the gradients say: a factor, penalties


def related(scene: Scene) -> Iterator[tuple[Cause, ...]]:
    """Yield the factor and the penalties that turn the reference's gradients into ours."""
    found: dict[int, Relation] = {}
    for i, ours, theirs, weight, tolerance in scene.gradients():
        held = relation(ours, theirs, weight, tolerance)
        if held is not None:
            found[i] = held
        elif ours.size > 2:
            return
    scales = [r.k for i, r in found.items() if scene.theirs.gradients[scene.step][i].size > 2]
    k = common(scales or [r.k for r in found.values()])
    if k is None or not k:
        return
    l2 = {i: r.a / 2 / k for i, r in found.items() if abs(r.a) > 1e-7 * abs(k)}
    l1 = {i: r.b / k for i, r in found.items() if abs(r.b) > 1e-7 * abs(k)}
    penalties = (_penalties(scene, l2, l1),) if l2 or l1 else ()
    if abs(k - 1) > 1e-4:
        for scaled in _scaled(scene, k):
            yield (scaled, *penalties)
    elif penalties:
        yield penalties


def _scaled(scene: Scene, k: float) -> Iterator[Cause]:
    """Yield what a common factor of all gradients may be."""
    whole, batch = float(scene.stand.pair.batch_size), scene.sizes["the batch size"]
    if batch != whole and abs(k - batch / whole) < 1e-3 * k:
        yield _divided(
            scene, lambda n: n / whole, "loss-fixed-batch",
            f"the loss is divided by a fixed batch size of {whole:g}, also where a batch is smaller "
            f"({batch:g} samples in the last one)", "loss = tf.reduce_mean(per_sample_loss)",
        )  # fmt: skip
    elif abs(k / batch - round(k / batch)) < 1e-3 and k > 1.5:
        yield _divided(
            scene, lambda n: k / batch * n, "loss-sum",
            "the loss is summed over the batch instead of averaged: it and every gradient are "
            f"{described_factor(k, scene.sizes)} the reference's",
            "loss = tf.reduce_mean(per_sample_loss)",
        )  # fmt: skip
    else:
        yield _divided(
            scene, lambda n: k, "loss-scaled",
            f"the loss is scaled: it and every gradient are {described_factor(k, scene.sizes)} the "
            "reference's", f"loss = loss / {k:.6g}",
        )  # fmt: skip


def _divided(scene: Scene, factor_of: Any, name: str, words: str, remedy: str) -> Cause:
    batches = scene.stand.batches

    def unscale(target: Any, watch: Any) -> Any:
        x = leaves(batches[min(watch.step, len(batches) - 1)][0])[0]
        return target / tf.cast(factor_of(len(x)), target.dtype)

    return Cause(name, words, remedy, Cure("the loop's loss divided by that", at_loss=unscale), on="loop")


def _penalties(scene: Scene, l2: dict[int, float], l1: dict[int, float]) -> Cause:
    declared = _declared(scene)
    missing = {i: -c for i, c in l2.items() if c < 0} | {i: -c for i, c in l1.items() if c < 0}
    only_missing = len(missing) == len(l2) + len(l1)
    complete = only_missing and missing.keys() == declared.keys() and all(
        abs(missing[i] - declared[i]) <= 1e-3 * declared[i] for i in missing
    )  # fmt: skip
    listed = ", ".join(
        f"{'+' if c > 0 else '-'}{abs(c):.4g} {what}({scene.name(i)})"
        for terms, what in ((l2, "sum of squares"), (l1, "sum of sizes"))
        for i, c in terms.items()
    )
    if complete:
        name = "regularisation-missing"
        words = ("the layers' regularisation losses (model.losses) are not added to the loss: "
                 f"missing {listed}")  # fmt: skip
        remedy = "loss += tf.add_n(model.losses)"
    elif l1 and l2:
        name, words = "penalty-kind", f"the penalty is of another kind (L1 for L2, or the other way round): {listed}"
        remedy = "use the reference's regularizer"
    elif only_missing and declared:
        name, words = "penalty-strength", (
            f"the weight penalties are weaker than the reference's, or left out for some: {listed} "
            "(tf.nn.l2_loss takes half the sum of squares, Keras's L2 all of it)"
        )
        remedy = "give the penalties the reference's strength; for tf.nn.l2_loss twice the number"
    elif not missing:
        name, words = "penalty-extra", (
            f"the loss holds weight penalties (L2 in the loss) that the reference has not: {listed}"
        )
        remedy = "remove the penalty from the loss"
    elif only_missing:
        name, words = "penalty-missing", f"weight penalties are left out of the loss: {listed}"
        remedy = "add the missing penalties to the loss"
    else:
        name = "penalty-misplaced"
        words = (
            f"the weight penalties fall on other variables than the reference's: {listed}; where "
            "they are made in a loop by lambdas, each lambda sees the loop variable's last value "
            "(late binding)"
        )
        remedy = "bind it in the lambda: `lambda layer=layer: ...`"

    def mend(target: Any, watch: Any) -> Any:
        _ = watch
        for terms, size in ((l2, tf.square), (l1, tf.abs)):
            for i, c in terms.items():
                variable = live_variable(i, watch)
                target -= tf.cast(c, target.dtype) * tf.cast(tf.reduce_sum(size(variable)), target.dtype)
        return target

    return Cause(name, words, remedy, Cure("those terms put right in the loop's loss", at_loss=mend),
                 on="loop", omission=complete or name == "penalty-missing")  # fmt: skip


def live_variable(i: int, watch: Any) -> Any:
    """Return the TensorFlow variable that holds a weight of the program being watched."""
    variable = watch.program.variables[i]
    stand_ins = getattr(watch.program, "stand_ins", None)
    if stand_ins is not None:
        return stand_ins[variable.handle.op.name]
    inner = getattr(variable, "value", None)
    return variable if inner is None or callable(inner) else inner


def _declared(scene: Scene) -> dict[int, float]:
    """Return which weights the reference's layers regularise, and how strongly."""
    assert scene.theirs.program is not None
    found = {}
    for i, variable in enumerate(scene.theirs.program.variables):
        regularizer = getattr(variable, "regularizer", None)
        strength = getattr(regularizer, "l2", 0.0) or getattr(regularizer, "l1", 0.0)
        if regularizer is not None:
            found[i] = float(np.asarray(strength))
    return found


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


# what the reference was compiled with


def _weights_left_out(scene: Scene) -> Iterator[Cause]:
    fit = scene.stand.pair.fit
    if fit.get("class_weight"):
        def forget(program: Any) -> None:
            program.fit_options.pop("class_weight", None)

        yield Cause(
            "class-weight", f"the loss leaves out the class weights {fit['class_weight']}",
            "loss = tf.reduce_mean(per_sample_loss * tf.gather(class_weights, y))",
            Cure("the reference without class_weight", setup=forget), omission=True,
        )  # fmt: skip
    if scene.stand.pair.data.weight is not None:
        def unweighted(x: Any, y: Any) -> tuple[Any, Any]:
            return x, y[0] if isinstance(y, Weighted) else y

        yield Cause(
            "sample-weight", "the loss leaves out the samples' weights",
            "loss = tf.reduce_mean(per_sample_loss * sample_weight)",
            Cure("the reference without sample_weight", batch=unweighted), omission=True,
        )  # fmt: skip


def _compiled_loss(model: Any) -> Any:
    loss = model.loss
    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    name = getattr(loss, "__name__", "")
    kind = getattr(keras.losses, "".join(part.capitalize() for part in name.split("_")), None)
    return kind() if isinstance(kind, type) else loss


def _with_loss(loss: Any, what: str, **more: Any) -> Cure:
    def swap(program: Any) -> None:
        model = program.thing
        model.compile(optimizer=model.optimizer, loss=loss, jit_compile=False,
                      metrics=None, **more)  # fmt: skip

    return Cure(f"the reference with {what}", setup=swap)


def _settings(scene: Scene) -> Iterator[Cause]:
    """Yield the reference's loss with one of its settings changed."""
    assert scene.model is not None
    loss = _compiled_loss(scene.model)
    if isinstance(loss, list | dict | tuple):
        yield from _several(scene, loss)
        return
    config = loss.get_config() if isinstance(loss, keras.losses.Loss) else {}
    kind = type(loss)

    def changed(**settings: Any) -> Any:
        known = {k: v for k, v in config.items() if k not in ("fn",)}
        return kind(**{**known, **settings})

    smoothing = config.get("label_smoothing")
    if smoothing:
        yield Cause(
            "label-smoothing",
            f"the loss uses the hard targets; the reference smooths them by {smoothing:g} "
            "(label_smoothing)",
            f"y = y * {1 - smoothing:g} + {smoothing:g} / n_classes",
            _with_loss(changed(label_smoothing=0.0), "label_smoothing=0"), omission=True,
        )  # fmt: skip
    elif "label_smoothing" in config:
        for value in (0.1, 0.05, 0.2, 0.01, 0.3):
            yield Cause(
                "label-smoothing", f"the targets are smoothed by {value:g}, the reference's not",
                "use the targets as they are",
                _with_loss(changed(label_smoothing=value), f"label_smoothing={value:g}"), value=value,
            )  # fmt: skip
    if "from_logits" in config:
        yield _logits(config, changed)
    for name, values in (("delta", (1.0, 0.5, 1.5, 2.0)), ("gamma", (0.0, 1.0, 2.0, 3.0)),
                         ("alpha", (0.25, 0.5, 0.75, 1.0)), ("apply_class_balancing", (True, False)),
                         ("axis", (0, 1, -1))):  # fmt: skip
        for value in values if name in config else ():
            if value != config[name]:
                yield Cause(
                    f"loss-{name}", f"the loss has {name}={value}, the reference {config[name]}",
                    f"{name} = {config[name]}",
                    _with_loss(changed(**{name: value}), f"{name}={value}"), value=float(value),
                )  # fmt: skip
    if getattr(loss, "reduction", None) not in (None, "sum"):
        yield Cause(
            "loss-sum", "the loss is summed over the batch instead of averaged",
            "loss = tf.reduce_mean(per_sample_loss)",
            _with_loss(changed(reduction="sum"), 'reduction="sum"'),
        )  # fmt: skip


def _logits(config: dict[str, Any], changed: Any) -> Cause:
    if config["from_logits"]:
        return Cause(
            "from-logits", "the loss takes the raw logits for probabilities "
            "(from_logits=True is left out)",
            "loss = Loss(from_logits=True)(y, logits)",
            _with_loss(changed(from_logits=False), "from_logits=False"),
        )  # fmt: skip
    plain = changed(from_logits=True)

    def twice(y: Any, p: Any) -> Any:
        return plain(y, tf.identity(p))

    return Cause(
        "softmax-twice", "probabilities (already through softmax or sigmoid) are given to the loss "
        "as logits, which applies it a second time",
        "give the loss the logits, before softmax or sigmoid",
        _with_loss(twice, "its probabilities taken for logits"),
    )  # fmt: skip


def _several(scene: Scene, loss: Any) -> Iterator[Cause]:
    """Yield what may go wrong where there are several outputs."""
    assert scene.model is not None
    weights = scene.model._compile_loss._user_loss_weights if scene.model._compile_loss else None
    if weights:
        yield Cause(
            "loss-weights", f"the losses of the outputs are added without their weights {weights}",
            "loss = sum(w * l for w, l in zip(loss_weights, losses))",
            _with_loss(loss, "no loss_weights"), omission=True,
        )  # fmt: skip
    names = list(loss) if isinstance(loss, dict) else list(range(len(loss)))
    for name in names:
        others = {n: 0.0 if n == name else 1.0 for n in names}
        given = others if isinstance(loss, dict) else list(others.values())
        yield Cause(
            "output-forgotten", f"the loss of output {name} is not trained on",
            "add the loss of every output",
            _with_loss(loss, f"no loss at output {name}", loss_weights=given), omission=True,
        )  # fmt: skip


KINDS = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "BinaryCrossentropy",
         "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "Hinge", "SquaredHinge",
         "KLDivergence", "Poisson", "BinaryFocalCrossentropy", "CategoricalFocalCrossentropy",
         "MeanSquaredLogarithmicError", "MeanAbsolutePercentageError", "CosineSimilarity")  # fmt: skip


def _kinds(scene: Scene) -> Iterator[Cause]:
    """Yield other losses than the reference's."""
    assert scene.model is not None
    loss = _compiled_loss(scene.model)
    mine = getattr(loss, "name", getattr(loss, "__name__", str(loss)))
    for kind in KINDS:
        cls = getattr(keras.losses, kind)
        takes_logits = "from_logits" in cls().get_config()
        for settings in ({}, {"from_logits": True}) if takes_logits else ({},):
            if isinstance(loss, cls) and not settings:
                continue
            yield Cause(
                "loss-kind", f"the loss is {kind}, the reference's is {mine}",
                f"use the loss {mine}",
                _with_loss(cls(**settings), f"the loss {kind}({settings or ''})"),
            )  # fmt: skip
