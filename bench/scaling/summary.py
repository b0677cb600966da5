"""From the blocks of a scaling to its points, model and projections. Pure."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from bench.records.reading import AGAIN, Record
from bench.scaling.found import Found
from bench.scaling.laws import law_of, projections
from bench.scaling.points import COMPUTE, EXCHANGE, KINDS, WHOLE
from bench.stats.intervals import mean_of
from bench.timing.ratios import ratio_between

SHARED = ("model", "config", "cores", "on", "gpus", "order", "gradients", "parted", "proofs",
          "left_out", "precision", "margin", "project", "network")  # fmt: skip


def summary(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return what each number of each kind does, what its steps are made of, and the model.

    There are no points where something was not equal.
    """
    shared = {key: stand[key] for key in SHARED}
    if not stand["arms"]:  # not equal, and so not timed
        return shared | {"blocks": 0, "points": [], "laws": {}, "projections": []}
    found = Found(stand, blocks)
    control = ratio_between(stand, found.seconds, found.reference, found.reference + AGAIN)
    laws = {kind: law for kind in KINDS if (law := law_of(found, kind))}
    return {
        **shared,
        "blocks": len(blocks),
        "points": [_point(found, arm) for arm in found.arms(WHOLE)],
        "laws": {kind: law.record for kind, law in laws.items()},
        "projections": [
            each for kind, law in laws.items() if law.record["holds"]
            for each in projections(found, kind, law)
        ],
        "control": {**asdict(control), "holds": control.low <= 1 <= control.high},
    }  # fmt: skip


def widest(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the widest interval of a ratio to one."""
    found = Found(stand, blocks)
    ratios = [
        ratio_between(stand, found.seconds, found.reference, arm["arm"])
        for arm in found.arms(WHOLE) if arm["n"] > 1
    ]  # fmt: skip
    return max((ratio.width for ratio in ratios), default=0.0)


def _point(found: Found, arm: Record) -> Record:
    """Return what a number of a kind does with a batch, and what its step is made of.

    ``efficiency`` is its throughput over n times that of one; ``ideal`` the most that can be, where
    n share fewer cores. ``left`` is what computation and communication, each by itself, leave of
    the step: waiting, or, below zero, what was done at the same time.
    """
    n, batch = arm["n"], arm["batch_size"]
    more = batch / found.batch_size
    ratio = ratio_between(found.stand, found.seconds, found.reference, arm["arm"])
    speedup = {"value": more * ratio.ratio, "low": more * ratio.low, "high": more * ratio.high}
    step = _mean(np.array(found.seconds[arm["arm"]]))
    return {
        **{key: arm[key] for key in ("arm", "kind", "n", "batch_size")},
        "seconds": step,
        "samples_per_second": batch / step["value"],
        "speedup": speedup,
        "efficiency": {key: value / n for key, value in speedup.items()},
        "ideal": min(n, found.cores) / n,
        **_made_of(found, arm),
    }


def _made_of(found: Found, arm: Record) -> Record:
    """Return computation, communication and what they leave of a step; nothing of one alone."""
    if arm["n"] == 1:
        return {}
    like = {"kind": arm["kind"], "n": arm["n"]}
    (compute,) = found.arms(COMPUTE, **like, batch_size=arm["batch_size"])
    (exchange,) = found.arms(EXCHANGE, **like, times=1)
    whole, alone, sent = (np.array(found.seconds[a["arm"]]) for a in (arm, compute, exchange))
    parts = {"compute": alone, "exchange": sent, "left": whole - alone - sent}
    return {name: _mean(each) for name, each in parts.items()}


def _mean(seconds: np.ndarray) -> Record:
    mean = mean_of(seconds)
    return {"value": mean.mean, "low": mean.low, "high": mean.high}
