"""Hypotheses about the mean of the weights over the steps, which fit puts in their place (EMA)."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.diagnose.causes_optimizer import with_optimizer
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.stand import REFERENCE, Stand

MOMENTA = (0.9, 0.99, 0.999, 0.95, 0.9999)

Start = Callable[[float, Any, Any], Any]


def causes(stand: Stand) -> Iterator[Cause]:
    """Yield other ways to keep a running mean of the weights; nothing without a Keras optimizer."""
    optimizer = getattr(stand.first[REFERENCE].thing, "optimizer", None)
    if optimizer is None or not hasattr(optimizer, "use_ema"):
        return
    if not optimizer.use_ema:
        for m in MOMENTA:
            yield Cause(
                "average-extra",
                f"the loop ends with a running mean of its weights (momentum {m:g}), the "
                "reference with the weights themselves",
                "keep the weights of the last step",
                with_optimizer({"use_ema": True, "ema_momentum": m},
                               f"the reference with use_ema=True, ema_momentum={m:g}"),
                value=m,
            )  # fmt: skip
        return
    yield from _starts(optimizer.ema_momentum)
    yield _never()
    for m in dict.fromkeys((round(1 - optimizer.ema_momentum, 6), *MOMENTA)):
        if m != optimizer.ema_momentum:
            yield Cause(
                "average-momentum",
                f"the running mean of the weights has momentum {m:g}, the reference's "
                f"{optimizer.ema_momentum:g}",
                f"momentum = {optimizer.ema_momentum:g}",
                with_optimizer({"ema_momentum": m}, f"the reference with ema_momentum={m:g}"),
                value=m,
                theirs=optimizer.ema_momentum,
            )


def _starts(momentum: float) -> Iterator[Cause]:
    ways: dict[str, Start] = {
        "begins with the weights before the first step": lambda m, w0, w1: m * w0 + (1 - m) * w1,
        "begins at zero": lambda m, w0, w1: (1 - m) * w1,
    }
    for words, start in ways.items():
        yield Cause(
            "average-start",
            f"the running mean of the weights {words}; Keras's begins with those after the "
            f"first step (use_ema, momentum {momentum:g})",
            "average = weights after the first step",
            Cure(f"the reference's mean of the weights that {words}",
                 after_step=_begun(start, momentum)),
        )  # fmt: skip


def _begun(start: Start, momentum: float) -> Any:
    def begin(program: Any, before: list[np.ndarray], step: int) -> None:
        if step:
            return
        optimizer, place = (
            program.thing.optimizer,
            {id(v): i for i, v in enumerate(program.variables)},
        )
        held = zip(program.thing.trainable_variables, optimizer._model_variables_moving_average,
                   strict=True)  # fmt: skip
        for variable, average in held:
            if average is not None:
                now = np.asarray(variable)
                average.assign(start(momentum, before[place[id(variable)]], now))

    return begin


def _never() -> Cause:
    def keep(program: Any) -> None:
        program.finish = lambda: None

    return Cause(
        "average-missing",
        "the loop ends with the weights of its last step; the reference's fit puts their running "
        "mean in their place (use_ema)",
        "at the end: w.assign(average) for every weight",
        Cure("the reference without that", setup=keep),
        omission=True,
    )
