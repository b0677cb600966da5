"""Hypotheses about the loss the reference was compiled with: its settings, weights and kind."""

from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from bench.diagnose.cures import Cause, Cure
from bench.diagnose.programs import Weighted
from bench.diagnose.scene import Scene


def causes(scene: Scene) -> Iterator[Cause]:
    """Yield the reference's loss changed in one way; nothing where it is no Keras model."""
    if scene.model is not None:
        yield from _weights_left_out(scene)
        yield from _settings(scene)
        yield from _kinds(scene)


def _weights_left_out(scene: Scene) -> Iterator[Cause]:
    fit = scene.stand.pair.fit
    if fit.get("class_weight"):

        def forget(program: Any) -> None:
            program.fit_options.pop("class_weight", None)

        yield Cause(
            "class-weight",
            f"the loss leaves out the class weights {fit['class_weight']}",
            "loss = tf.reduce_mean(per_sample_loss * tf.gather(class_weights, y))",
            Cure("the reference without class_weight", setup=forget),
            omission=True,
        )
    if scene.stand.pair.data.weight is not None:

        def unweighted(x: Any, y: Any) -> tuple[Any, Any]:
            return x, y[0] if isinstance(y, Weighted) else y

        yield Cause(
            "sample-weight",
            "the loss leaves out the samples' weights",
            "loss = tf.reduce_mean(per_sample_loss * sample_weight)",
            Cure("the reference without sample_weight", batch=unweighted),
            omission=True,
        )


def compiled_loss(model: Any) -> Any:
    """Return the loss that a model was compiled with, as an object where its name was given."""
    loss = model.loss
    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    name = getattr(loss, "__name__", "")
    kind = getattr(keras.losses, "".join(part.capitalize() for part in name.split("_")), None)
    return kind() if isinstance(kind, type) else loss


def with_loss(loss: Any, what: str, **more: Any) -> Cure:
    """Return the cure that compiles the reference with another loss, told in words."""

    def swap(program: Any) -> None:
        model = program.thing
        model.compile(optimizer=model.optimizer, loss=loss, jit_compile=False, metrics=None, **more)

    return Cure(f"the reference with {what}", setup=swap)


def _settings(scene: Scene) -> Iterator[Cause]:
    """Yield the reference's loss with one of its settings changed."""
    assert scene.model is not None
    loss = compiled_loss(scene.model)
    if isinstance(loss, list | dict | tuple):
        yield from _several(scene, loss)
        return
    config = loss.get_config() if isinstance(loss, keras.losses.Loss) else {}
    config |= {
        k: v for k, v in getattr(loss, "_fn_kwargs", {}).items() if isinstance(v, int | float)
    }
    kind = type(loss)

    def changed(**settings: Any) -> Any:
        known = {k: v for k, v in config.items() if k not in ("fn",)}
        return kind(**{**known, **settings})

    yield from _smoothing(config, changed, kind)
    if "from_logits" in config:
        yield _logits(config, changed)
    yield from _numbers(config, changed)
    if getattr(loss, "reduction", None) not in (None, "sum"):
        yield Cause(
            "loss-sum",
            "the loss is summed over the batch instead of averaged",
            "loss = tf.reduce_mean(per_sample_loss)",
            with_loss(changed(reduction="sum"), 'reduction="sum"'),
        )


def _smoothing(config: dict[str, Any], changed: Any, kind: Any) -> Iterator[Cause]:
    """Yield that the targets are smoothed on one side alone."""
    smoothing = config.get("label_smoothing")
    if smoothing:
        yield Cause(
            "label-smoothing",
            f"the loss uses the hard targets; the reference smooths them by {smoothing:g} "
            "(label_smoothing)",
            f"y = y * {1 - smoothing:g} + {smoothing:g} / n_classes",
            with_loss(changed(label_smoothing=0.0), "label_smoothing=0"),
            omission=True,
        )
    elif "label_smoothing" in config:
        for value in (0.1, 0.05, 0.2, 0.01, 0.3):
            yield Cause(
                "label-smoothing",
                f"the targets are smoothed by {value:g}, the reference's not",
                "use the targets as they are",
                with_loss(changed(label_smoothing=value), f"label_smoothing={value:g}"),
                value=value,
            )
    elif kind is keras.losses.SparseCategoricalCrossentropy:
        yield from _smoothed_labels(config)


def _numbers(config: dict[str, Any], changed: Any) -> Iterator[Cause]:
    """Yield other values of what a loss is set to."""
    for name, values in (
        ("delta", (1.0, 0.5, 1.5, 2.0)),
        ("gamma", (0.0, 1.0, 2.0, 3.0)),
        ("alpha", (0.25, 0.5, 0.75, 1.0)),
        ("apply_class_balancing", (True, False)),
        ("axis", (0, 1, -1)),
    ):
        for value in values if name in config else ():
            if value != config[name]:
                yield Cause(
                    f"loss-{name}",
                    f"the loss has {name}={value}, the reference {config[name]}",
                    f"{name} = {config[name]}",
                    with_loss(changed(**{name: value}), f"{name}={value}"),
                    value=float(value),
                )


def _smoothed_labels(config: dict[str, Any]) -> Iterator[Cause]:
    """Yield that labels are made one-hot and smoothed, which the reference's loss cannot do."""
    for value in (0.1, 0.05, 0.2, 0.01):
        plain = keras.losses.CategoricalCrossentropy(config["from_logits"], label_smoothing=value)

        def smoothed(y: Any, p: Any, plain: Any = plain) -> Any:
            classes = tf.one_hot(tf.reshape(tf.cast(y, tf.int32), tf.shape(p)[:-1]), p.shape[-1])
            return plain(classes, p)

        yield Cause(
            "label-smoothing",
            f"the targets are smoothed by {value:g}, the reference's not",
            "use the labels as they are",
            with_loss(smoothed, f"its labels smoothed by {value:g}"),
        )


def _logits(config: dict[str, Any], changed: Any) -> Cause:
    if config["from_logits"]:
        return Cause(
            "from-logits",
            "the loss takes the raw logits for probabilities (from_logits=True is left out)",
            "loss = Loss(from_logits=True)(y, logits)",
            with_loss(changed(from_logits=False), "from_logits=False"),
        )
    plain = changed(from_logits=True)

    def twice(y: Any, p: Any) -> Any:
        return plain(y, tf.identity(p))

    return Cause(
        "softmax-twice",
        "probabilities (already through softmax or sigmoid) are given to the loss "
        "as logits, which applies it a second time",
        "give the loss the logits, before softmax or sigmoid",
        with_loss(twice, "its probabilities taken for logits"),
    )


def _several(scene: Scene, loss: Any) -> Iterator[Cause]:
    """Yield what may go wrong where there are several outputs."""
    assert scene.model is not None
    weights = scene.model._compile_loss._user_loss_weights if scene.model._compile_loss else None
    if weights:
        yield Cause(
            "loss-weights",
            f"the losses of the outputs are added without their weights {weights}",
            "loss = sum(w * l for w, l in zip(loss_weights, losses))",
            with_loss(loss, "no loss_weights"),
            omission=True,
        )
    names = list(loss) if isinstance(loss, dict) else list(range(len(loss)))
    for name in names:
        others = {n: 0.0 if n == name else 1.0 for n in names}
        given = others if isinstance(loss, dict) else list(others.values())
        yield Cause(
            "output-forgotten",
            f"the loss of output {name} is not trained on",
            "add the loss of every output",
            with_loss(loss, f"no loss at output {name}", loss_weights=given),
            omission=True,
        )


KINDS = (
    "MeanSquaredError",
    "MeanAbsoluteError",
    "Huber",
    "LogCosh",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "Hinge",
    "SquaredHinge",
    "KLDivergence",
    "Poisson",
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "MeanSquaredLogarithmicError",
    "MeanAbsolutePercentageError",
    "CosineSimilarity",
)


def _kinds(scene: Scene) -> Iterator[Cause]:
    """Yield other losses than the reference's."""
    assert scene.model is not None
    loss = compiled_loss(scene.model)
    mine = getattr(loss, "name", getattr(loss, "__name__", str(loss)))
    for kind in KINDS:
        cls = getattr(keras.losses, kind)
        takes_logits = "from_logits" in cls().get_config()
        for settings in ({}, {"from_logits": True}) if takes_logits else ({},):
            if isinstance(loss, cls) and not settings:
                continue
            yield Cause(
                "loss-kind",
                f"the loss is {kind}, the reference's is {mine}",
                f"use the loss {mine}",
                with_loss(cls(**settings), f"the loss {kind}({settings or ''})"),
            )
