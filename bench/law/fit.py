"""From stored blocks to the law of overhead. Pure: the same records give the same law.

A step of an engine takes ``t(b) = fixed + slope * b`` seconds, b the samples of a batch; over
widths b is the MFLOP of a step. What one call takes apart from its steps (a pipeline, callbacks)
is taken off first: each block holds a run of many steps and a run of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bench.law.points import (
    ALWAYS,
    BATCH,
    BATCH_SIZES,
    FROM,
    KERAS,
    MATRIX,
    NEVER,
    NOTHING_TO_WIDEN,
    OPEN,
    RAW,
    STRAIGHT,
    THRESHOLD,
    WIDTH,
)
from bench.records.reading import Record
from bench.rounding import lean
from bench.stats.costs import costs
from bench.stats.intervals import CONFIDENCE, RESAMPLING_SEED, mean_of, ratio_of
from bench.timing.summary import seconds_of

RESAMPLES = 2000
OPEN_FACTOR = 16
"""Two places of the sweep: a crossover known no better than that stays open."""
DISTURBED = 0.01
"""The least share of a run that its steps are taken to be, if one step took longer than many."""


def summary(stands: Sequence[Record], blocks: Sequence[Record]) -> Record:
    """Return the laws, the crossover and the floor of one model's stands and blocks.

    Args:
        stands: a record for each point, those that were not timed included, and for the matrix
            product.
        blocks: of all of them; each names its point.
    """
    threshold = next((s["threshold"] for s in stands if "threshold" in s), THRESHOLD)
    of = {stand["point"]: [b for b in blocks if b["point"] == stand["point"]] for stand in stands}
    matrix = next((s for s in stands if s["point"] == MATRIX), None)
    points = [s for s in stands if s["point"] != MATRIX]
    timed = [s for s in points if s["arms"] and of[s["point"]]]
    steps = {s["point"]: step_seconds(s, of[s["point"]]) for s in timed}
    draws = _resampled(steps)
    sweeps = {sweep: [s for s in timed if s["sweep"] == sweep] for sweep in (BATCH, WIDTH)}
    laws = {sweep: _laws(of_sweep, steps, draws) for sweep, of_sweep in sweeps.items()}
    return {
        "model": stands[0]["model"],
        "task": stands[0]["task"],
        "threshold": threshold,
        "points": [_point(s, of[s["point"]]) for s in points],
        "laws": {sweep: _plain_law(by_engine) for sweep, by_engine in laws.items()},
        "width_words": _width_words(points, laws[WIDTH]),
        "crossover": _crossover(laws[BATCH], threshold),
        "floor": _floor(matrix, of.get(MATRIX, [])),
    }


def step_seconds(stand: Record, blocks: Sequence[Record]) -> dict[str, list[float]]:
    """Return by engine what one more step took in each block, in seconds.

    ``(seconds of n steps - seconds of one) / (n - 1)``: what a call takes once falls out.
    """
    by_engine = {}
    for arm in stand["arms"]:
        if arm["steps"] > 1:
            many, one = seconds_of(blocks, arm["arm"]), seconds_of(blocks, arm["one_step"])
            by_engine[arm["arm"]] = [
                max(long - short, DISTURBED * long) / (arm["steps"] - 1)
                for long, short in zip(many, one, strict=True)
            ]
    return by_engine


def fit(x: np.ndarray, seconds: np.ndarray) -> tuple[float, float]:
    """Return fixed cost and slope of the line through some points, neither below zero.

    >>> fixed, slope = fit(np.array([1.0, 10.0, 100.0]), np.array([5.0, 23.0, 203.0]))
    >>> round(fixed, 6), round(slope, 6)
    (3.0, 2.0)
    """
    fixed, slope = costs([np.ones(len(x)), x], seconds)
    return fixed, slope


def crossover_of(
    raw: tuple[float, float], keras: tuple[float, float], threshold: float = THRESHOLD
) -> float:
    """Return the batch size from which Keras costs no more than the threshold; inf for never.

    Args:
        raw, keras: fixed cost and cost a sample of each.
        threshold: what Keras may cost beyond the raw code, as a share of it.

    >>> round(crossover_of((100.0, 1.0), (205.0, 1.0)))
    2000
    """
    more = 1 + threshold
    fixed, slope = keras[0] - more * raw[0], more * raw[1] - keras[1]
    if slope < 0 or (slope == 0 and fixed > 0):
        return float("inf")  # the ratio of the slopes is what it ends in
    return max(1.0, fixed / slope) if fixed > 0 else 1.0


def _resampled(
    steps: Mapping[str, Mapping[str, Sequence[float]]],
) -> dict[str, dict[str, np.ndarray]]:
    """Return by point and engine the means of blocks drawn anew, alike for every engine.

    What is drawn are the blocks' relative deviations from the mean of their point, from those of
    all points together: noise is a share of the time everywhere (so do the weights suppose), and
    the few blocks of one point would tell too little of it. Deviations from a mean of n are too
    small by ``(n - 1) / n``: they are stretched by that.
    """
    rng, drawn = np.random.default_rng(RESAMPLING_SEED), {}
    engines = list(next(iter(steps.values()), {}))
    deviations = {e: np.concatenate([_deviations(p[e]) for p in steps.values()]) for e in engines}
    for point, by_engine in steps.items():
        n = len(by_engine[engines[0]])
        chosen = rng.integers(0, len(deviations[engines[0]]), (RESAMPLES, n))
        drawn[point] = {
            engine: np.mean(seconds)
            * np.maximum(1 + deviations[engine][chosen].mean(axis=1), DISTURBED)
            for engine, seconds in by_engine.items()
        }
    return drawn


def _deviations(seconds: Sequence[float]) -> np.ndarray:
    values, n = np.asarray(seconds), len(seconds)
    return (values / values.mean() - 1) * np.sqrt(n / max(n - 1, 1))


def _laws(
    stands: Sequence[Record],
    steps: Mapping[str, Mapping[str, Sequence[float]]],
    draws: Mapping[str, Mapping[str, np.ndarray]],
) -> dict[str, Record]:
    """Return the law of each engine over a sweep; nothing below two points."""
    if len(stands) < 2:
        return {}
    x = np.array([_x(stand) for stand in stands])
    names = [stand["point"] for stand in stands]
    laws = {}
    for engine in steps[names[0]]:
        seconds = np.array([np.mean(steps[name][engine]) for name in names])
        drawn = np.stack([draws[name][engine] for name in names], 1)  # (resamples, points)
        line = fit(x, seconds)
        laws[engine] = {
            "line": line,
            "lines": np.array([fit(x, row) for row in drawn]),  # (resamples, 2)
            **_goodness(names, line[0] + line[1] * x, [steps[name][engine] for name in names]),
        }
    return laws


def _x(stand: Record) -> float:
    """Return what a step's time is a line over: its samples, or its MFLOP."""
    return float(stand["batch_size"] if stand["sweep"] == BATCH else stand["flops"] / 1e6)


def _goodness(names: Sequence[str], line: np.ndarray, seconds: Sequence[Sequence[float]]) -> Record:
    """Return how far the worst point lies off the line, as a share of the line, and which it is.

    The line does not hold where a point is far off and its interval leaves the line out; if there
    are such points, the worst is one of them.
    """
    means = [mean_of(each) for each in seconds]
    residuals = np.array([each.mean for each in means]) / line - 1
    beside = [not each.low <= at <= each.high for each, at in zip(means, line, strict=True)]
    bent = np.array(beside) & (np.abs(residuals) > STRAIGHT)
    off = np.abs(residuals) * (bent if bent.any() else 1)
    worst = int(np.argmax(np.round(off, 9)))  # of a tie the first, whatever its last bits are
    return {
        "residual": float(residuals[worst]),
        "worst": names[worst],
        "straight": not bool(bent.any()),
    }


def _plain_law(laws: Mapping[str, Record]) -> dict[str, Record]:
    """Return the coefficients of each engine's law with their intervals, in seconds."""
    return {
        engine: {
            "fixed": with_interval(law["line"][0], law["lines"][:, 0]),
            "slope": with_interval(law["line"][1], law["lines"][:, 1]),
            **{key: law[key] for key in ("residual", "worst", "straight")},
        }
        for engine, law in laws.items()
    }


def with_interval(value: float, drawn: Sequence[float] | np.ndarray) -> Record:
    """Return a value, and the interval that holds 95 % of those of blocks drawn anew."""
    # no value between two draws: they may be infinite
    low, high = np.quantile(
        drawn, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2], method="closest_observation"
    )
    return {"value": value, "low": float(low), "high": float(high)}


def _crossover(laws: Mapping[str, Record], threshold: float) -> Record:
    """Return from which batch size Keras costs under the threshold, and what that is in a word.

    ``always``, ``from``, ``never`` (within the sweep), or ``open``; an end that is None is beyond
    every batch size.
    """
    if RAW not in laws or KERAS not in laws:
        return {"word": OPEN, "why": "fewer than two batch sizes were timed"}
    value = crossover_of(laws[RAW]["line"], laws[KERAS]["line"], threshold)
    pairs = zip(laws[RAW]["lines"], laws[KERAS]["lines"], strict=True)
    crossover = with_interval(value, [crossover_of(raw, keras, threshold) for raw, keras in pairs])
    word, why = _judged(crossover)
    finite = {key: end if np.isfinite(end) else None for key, end in crossover.items()}
    return {"word": word, "why": why, **finite}


def _judged(crossover: Mapping[str, float]) -> tuple[str, str]:
    largest = BATCH_SIZES[-1]
    low, high = crossover["low"], crossover["high"]
    if low > largest:
        return NEVER, f"not within 1 to {largest}"
    if high <= 1:
        return ALWAYS, "from the smallest batch on"
    if high > largest:
        return OPEN, "the intervals are too wide: it may lie beyond every batch size"
    if high > OPEN_FACTOR * low:
        apart = lean(high / low)
        return OPEN, f"the intervals are too wide: its ends are {apart:.0f} times apart"
    return FROM, "within the interval"


def _width_words(points: Sequence[Record], laws: Mapping[str, Any]) -> str:
    """Return why there is no law over widths; empty where there is one."""
    if laws:
        return ""
    if not any(point["sweep"] == WIDTH for point in points):
        return NOTHING_TO_WIDEN
    return "not measured: fewer than two widths were timed"


def _point(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return what was measured at a point, or why nothing was."""
    keys = ("point", "sweep", "batch_size", "width", "flops", "not_measured", "unequal")
    known = {key: stand[key] for key in keys if key in stand} | {"blocks": len(blocks)}
    if not blocks or not stand["arms"]:
        return known
    steps = step_seconds(stand, blocks)
    return known | {
        "engines": {
            arm["arm"]: {
                **asdict(mean_of(steps[arm["arm"]])),
                "steps": arm["steps"],
                "call": float(np.mean(seconds_of(blocks, arm["one_step"]))),
                "proved": arm["proved"],
            }
            for arm in stand["arms"]
            if arm["steps"] > 1
        },
        "ratio": asdict(ratio_of(steps[KERAS], steps[RAW])),
    }


def _floor(stand: Record | None, blocks: Sequence[Record]) -> Record:
    """Return the best rate of the machine's large matrix product, and the mean with interval."""
    if stand is None or not blocks:
        return {}
    every = [second for block in blocks for second in block["seconds"]]
    rates = [stand["flops"] / s / 1e9 for s in seconds_of(blocks, MATRIX)]
    return {
        "size": stand["size"],
        "best_gflops": stand["flops"] / min(every) / 1e9,
        "mean_gflops": asdict(mean_of(rates)),
    }
