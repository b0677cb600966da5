"""Hypotheses about what a user reads: predictions and metrics."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.causes_generic import constants
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.layers import flat_layers
from bench.diagnose.pair import leaves, mapped, rows
from bench.diagnose.relations import described_factor
from bench.diagnose.scene import Scene
from bench.diagnose.stand import LOOP

AFTER: dict[str, tuple[Callable[[Any], Any], str]] = {
    "softmax": (lambda p: tf.nn.softmax(p).numpy(), "tf.nn.softmax(logits)"),
    "sigmoid": (lambda p: tf.nn.sigmoid(p).numpy(), "tf.nn.sigmoid(logits)"),
    "exp": (np.exp, "tf.exp(log_probabilities)"),
    "1 - p": (lambda p: 1 - p, "1 - p"),
    "rounding": (np.round, "tf.round(p)"),
    "argmax": (lambda p: np.argmax(p, -1), "tf.argmax(p, -1)"),
    "cut at 0.5": (lambda p: (p > 0.5).astype("f4"), "p > 0.5"),
    "a transpose": (np.transpose, "tf.transpose(p)"),
}


def prediction_causes(scene: Scene) -> Iterator[Cause]:
    """Yield what may be wrong with predictions from equal weights."""
    for name, (function, code) in AFTER.items():
        for on, words in (
            ("loop", f"the predictions lack {name}, which the reference's have"),
            ("reference", f"the predictions pass through {name}, the reference's do not"),
        ):
            yield Cause(
                "prediction-form",
                words,
                f"return {code}" if on == "loop" else f"leave out {code}",
                Cure(f"{name} applied to the {on}'s predictions", predict=_then(function)),
                on=on,
                omission=on == "loop",
            )
    yield from _affine(scene)
    yield from constants(scene)
    for size in (None, scene.stand.pair.batch_size) if scene.model is not None else ():
        yield Cause(
            "predict-training",
            "predictions are made in training mode: dropout and batch normalisation "
            "as while training",
            "model(x, training=False)",
            Cure("the reference's predictions made with training=True", predict=_training(size)),
        )


def _then(function: Callable[[Any], Any]) -> Any:
    def predict(program: Any, x: Any) -> Any:
        return mapped(lambda p: function(np.asarray(p)), program.predict(x))

    return predict


def _training(size: int | None) -> Any:
    def predict(program: Any, x: Any) -> Any:
        n = len(leaves(x)[0])
        parts = [
            program.thing(rows(x, slice(i, i + (size or n))), training=True)
            for i in range(0, n, size or n)
        ]
        return [
            np.concatenate([np.asarray(leaves(p)[k]) for p in parts])
            for k in range(len(leaves(parts[0])))
        ]

    return predict


def _affine(scene: Scene) -> Iterator[Cause]:
    ours, theirs = scene.ours.predictions, scene.theirs.predictions
    if not ours or not theirs or ours[0].size != theirs[0].size or ours[0].size < 3:
        return
    x, y = theirs[0].ravel().astype("f8"), ours[0].ravel().astype("f8")
    k, c = np.polyfit(x, y, 1) if np.ptp(x) > 0 else (1.0, 0.0)
    if np.linalg.norm(y - k * x - c) > 1e-4 * np.linalg.norm(y) or not k:
        return
    yield Cause(
        "prediction-scale",
        f"the predictions are {k:.6g} times the reference's, plus {c:.6g}",
        f"predictions = (predictions - {c:.6g}) / {k:.6g}",
        Cure("the loop's predictions set back by that", predict=_then(lambda p: (p - c) / k)),
        on="loop",
    )


def metric_causes(scene: Scene) -> Iterator[Cause]:
    """Yield what may be wrong with a metric of equal weights."""
    key = scene.spot.quantity.key
    yield _not_reset(scene)
    if scene.model is not None:
        yield from _batch_means(scene)
        yield from _thresholds(scene, key)
        yield from _without_penalties(scene)
        yield from _in_training(scene)
        yield from _over_classes(scene, key)
    yield from _cut_short(scene)
    yield from constants(scene)
    yield from _metric_factor(scene, key)


def _not_reset(scene: Scene) -> Cause:
    """Return that a metric still holds what was counted before: the first to be tried."""

    def anew(program: Any, x: Any, y: Any) -> Any:
        fresh = scene.stand.program(LOOP)
        fresh.write(program.read())
        return fresh.evaluate(x, y)

    return Cause(
        "metric-not-reset",
        "the metric is never reset: what was counted while training is in it too",
        "metric.reset_state() before it is counted",
        Cure("the loop's metrics counted by a program that has not trained", evaluate=anew),
        on="loop",
        omission=True,
    )


def _batch_sizes(scene: Scene) -> list[int]:
    """Return the sizes of batch that an evaluation may go by."""
    assert scene.ours.program is not None
    sizes = [scene.stand.pair.batch_size]
    own = getattr(scene.ours.program.thing, "evaluate", None)
    for parameter in inspect.signature(own).parameters.values() if own else ():
        if isinstance(parameter.default, int) and parameter.default > 1:
            sizes.append(parameter.default)
    return list(dict.fromkeys([*sizes, 32, 64, 128]))


def _batch_means(scene: Scene) -> Iterator[Cause]:
    for size in _batch_sizes(scene):

        def evaluate(program: Any, x: Any, y: Any, size: int = size) -> dict[str, float]:
            n = len(leaves(x)[0])
            parts = [
                program.evaluate(rows(x, slice(i, i + size)), rows(y, slice(i, i + size)))
                for i in range(0, n, size)
            ]
            return {k: float(np.mean([p[k] for p in parts])) for k in parts[0]}

        yield Cause(
            "mean-of-means",
            "the metric is the plain mean of the batches' values, so the short last "
            f"batch counts as a whole one (batches of {size})",
            "weight each batch by its samples: sum(v * len(b)) / n",
            Cure("the reference evaluated as a plain mean over batches", evaluate=evaluate),
        )


def _thresholds(scene: Scene, key: Any) -> Iterator[Cause]:
    assert scene.model is not None
    for metric in scene.model.metrics:
        inner = getattr(metric, "_metrics", None) or getattr(metric, "metrics", [metric])
        for part in inner:
            theirs = getattr(part, "threshold", None) or getattr(part, "_fn_kwargs", {}).get(
                "threshold"
            )
            if theirs is None and "threshold" not in getattr(part, "_fn_kwargs", {}):
                continue
            for value in (0.0, 0.5):
                if value != theirs:
                    yield Cause(
                        "metric-threshold",
                        f"{key} cuts the predictions at {value:g} where the reference "
                        f"cuts them at {theirs:g}",
                        f"use the threshold {theirs:g}",
                        Cure(
                            f"the reference's metric with threshold {value:g}",
                            setup=_set_threshold(part.name, value),
                        ),
                        value=value,
                    )


def _set_threshold(name: str, value: float) -> Any:
    def setup(program: Any) -> None:
        for metric in program.thing.metrics:
            for part in getattr(metric, "metrics", [metric]):
                if part.name == name and "threshold" in getattr(part, "_fn_kwargs", {}):
                    part._fn_kwargs["threshold"] = value

    return setup


def _without_penalties(scene: Scene) -> Iterator[Cause]:
    assert scene.model is not None
    if not scene.model.losses:
        return

    def evaluate(program: Any, x: Any, y: Any) -> dict[str, float]:
        for layer in flat_layers(program.thing):
            for name in ("kernel", "bias", "embeddings", "gamma", "beta", "recurrent_kernel"):
                if getattr(getattr(layer, name, None), "regularizer", None) is not None:
                    getattr(layer, name).regularizer = None
        return program.evaluate(x, y)

    yield Cause(
        "metric-penalties",
        "the reported loss leaves out the regularisation losses (model.losses)",
        "loss += tf.add_n(model.losses)",
        Cure("the reference evaluated without its penalties", evaluate=evaluate),
        omission=True,
    )


def _in_training(scene: Scene) -> Iterator[Cause]:
    for size in (None, len(leaves(scene.stand.pair.data.x_test)[0])):

        def evaluate(program: Any, x: Any, y: Any, size: int | None = size) -> dict[str, float]:
            plain = program.thing.call
            program.thing.call = lambda *a, training=None, **k: plain(*a, training=True, **k)
            program.end_batch = size
            return program.evaluate(x, y)

        yield Cause(
            "evaluate-training",
            "the metric is taken in training mode (dropout on, batch statistics)",
            "model(x, training=False)",
            Cure("the reference evaluated with training=True", evaluate=evaluate),
        )


def _over_classes(scene: Scene, key: Any) -> Iterator[Cause]:
    """Yield that a metric is averaged over the classes, each counting alike."""
    labels = np.asarray(leaves(scene.stand.pair.data.y_test)[0])
    classes = np.unique(labels)
    if labels.dtype.kind not in "iu" or labels.size != len(labels) or len(classes) > 100:
        return

    def evaluate(program: Any, x: Any, y: Any) -> dict[str, float]:
        metrics = dict(program.evaluate(x, y))
        shares = [np.flatnonzero(np.asarray(y).ravel() == c) for c in np.unique(y)]
        parts = [program.evaluate(rows(x, i), rows(y, i))[key] for i in shares]
        return {**metrics, key: float(np.mean(parts))}

    yield Cause(
        "metric-macro",
        f"{key} is averaged over the classes (macro), each class counting alike; the reference "
        "averages over the samples",
        "average over all samples at once",
        Cure("the reference's metric averaged over the classes", evaluate=evaluate),
    )


def _cut_short(scene: Scene) -> Iterator[Cause]:
    for size in _batch_sizes(scene):

        def evaluate(program: Any, x: Any, y: Any, size: int = size) -> dict[str, float]:
            whole = slice(0, len(leaves(x)[0]) // size * size)
            return program.evaluate(rows(x, whole), rows(y, whole))

        yield Cause(
            "evaluate-cut",
            f"the evaluation drops the last, smaller batch (of {size})",
            "go on to the end: range(0, len(x), batch_size)",
            Cure("the reference evaluated on whole batches alone", evaluate=evaluate),
        )


def _metric_factor(scene: Scene, key: Any) -> Iterator[Cause]:
    assert scene.ours.metrics
    assert scene.theirs.metrics
    ours, theirs = scene.ours.metrics[key], scene.theirs.metrics[key]
    sizes = scene.sizes | {
        "the number of test samples": float(len(leaves(scene.stand.pair.data.x_test)[0])),
        "percent": 100.0,
    }
    words = described_factor(ours / theirs, sizes) if theirs else ""
    if "(" not in words and not words.endswith("(it)"):
        return

    def evaluate(program: Any, x: Any, y: Any) -> dict[str, float]:
        metrics = dict(program.thing.evaluate(x, y))
        metrics[key] = metrics[key] * theirs / ours
        return metrics

    yield Cause(
        "metric-scaled",
        f"{key} is {words} the reference's",
        f"divide {key} by {ours / theirs:.6g}",
        Cure(f"{key} divided by {ours / theirs:.6g}", evaluate=evaluate),
        on="loop",
    )
