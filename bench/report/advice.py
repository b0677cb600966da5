"""What follows from the records of a model, in a sentence each: equal, the cost, what to do."""

from typing import TYPE_CHECKING

from bench.records.reading import AGAIN, ModelRecords, Record, holds
from bench.render.markdown import (
    count,
    counted,
    escape,
    interval,
    significant,
    small,
    ulps,
    whole_percent,
)
from bench.report.equality import first_difference, pair_name, verdict
from bench.report.speed import REFERENCE, block_seconds, speed, step_us
from bench.stats.verdicts import leaves_out_one
from bench.timing.prices import a_sample

if TYPE_CHECKING:
    from bench.stats.intervals import Ratio

WORTH_IT = 1.10
"""Times as fast: below that nobody rewrites a model."""
UNKNOWN = "not measured"
DOUBTFUL, STAY, LEAVE, BY_HAND = "a control failed", "stay with fit", "leave fit", "by hand"
OPEN = "by its loop or its layers"
"""What can follow from the times of a model, beside ``UNKNOWN``."""


def equal_in_words(records: ModelRecords | None) -> str:
    """Return whether both sides are the same program, and how far that was walked."""
    if records is None or records.equal is None:
        return f"{UNKNOWN.capitalize()}."
    if not records.equal:
        return f"No: {where_parted(records)}."
    steps = max(p["steps"] for p in records.parity)
    said = f"Yes: {criteria(records)} at every tensor of each of {counted(steps, 'step')}"
    if not records.accuracy:
        return f"{said}."
    longest = max(records.accuracy, key=lambda record: record["steps"])
    whole = f"over a whole training of {counted(longest['steps'], 'step')}"
    if longest["max_ulp"] == 0:
        return f"{said}, and {whole} the weights never differ by a bit."
    return f"{said}; {whole} the weights end {ulps(longest['max_ulp'])} ULP apart."


def criteria(records: ModelRecords) -> str:
    """Return what the pairs of a model meet: the most usual criterion, then who has another."""
    met: dict[str, list[str]] = {}
    for parity in records.parity:
        met.setdefault(parity["criterion"], []).append(f"`{pair_name(parity['config'])}`")
    usual, *others = sorted(met, key=lambda criterion: -len(met[criterion]))
    named = [f"{', '.join(dict.fromkeys(met[other]))} {escape(other)}" for other in others]
    return f"{escape(usual)} ({'; '.join(named)})" if named else escape(usual)


def where_parted(records: ModelRecords) -> str:
    """Return where two sides part first, and by how much."""
    broken = next(p for p in records.parity if not holds(p))
    engine = f"engine {escape(str(broken['config'].get('engine')))}"
    stage = first_difference(broken)
    if stage is None:
        return f"{engine} did not reach the last comparison"
    place = f"{stage['rung']} {stage['tensor']}"
    return (
        f"{engine} parts at {escape(place)}, step {count(stage.get('first_step'))}, by "
        f"{small(stage.get('max_abs'))} at most (to be met: {escape(broken['criterion'])})"
    )


def cost_in_words(records: ModelRecords | None) -> str:
    """Return what a step of ``fit`` takes, and what it takes in the fastest other ways."""
    timed = _timed(records)
    if records is None or timed is None:
        return f"{UNKNOWN.capitalize()}."
    fit = next(arm for arm in timed["arms"] if arm["arm"] == timed.get("reference", REFERENCE))
    said = [f"A step of `fit` takes {_us(timed, fit)}"]
    raw, keras = best(records, "raw"), best(records, "keras")
    if keras and keras["arm"] != fit["arm"]:
        said.append(f"of the same layers in `{keras['engine']}` {_us(timed, keras)}")
    if raw:
        said.append(f"by hand in `{raw['engine']}` {_us(timed, raw)}")
    return f"{', '.join(said)}."


def decision(records: ModelRecords) -> str:
    """Return what follows: ``UNKNOWN``, ``DOUBTFUL``, ``STAY``, ``LEAVE``, ``BY_HAND``, ``OPEN``.

    Where no other loop was timed around Keras's layers, a loop by hand that is faster than ``fit``
    may be so by its loop or by its layers: that stays open.
    """
    raw, keras = best(records, "raw"), best(records, "keras")
    if raw is None or keras is None:
        return UNKNOWN
    if failed_controls(records):
        return DOUBTFUL
    if keras["arm"] == (records.throughput or {}).get("reference", REFERENCE):
        return OPEN if _worth(records.ratio(raw["arm"])) else STAY
    if _worth(_plain(best_ratio(records))):
        return BY_HAND
    return LEAVE if _worth(records.ratio(keras["arm"])) else STAY


def what_to_do(records: ModelRecords | None, ladder: Record | None) -> str:
    """Return the advice for whoever trains this model on this machine."""
    decided = decision(records) if records else UNKNOWN
    if records is None or decided == UNKNOWN:
        return f"{UNKNOWN.capitalize()}: run `gvk bench`."
    if decided == DOUBTFUL:
        return "Nothing follows: a control failed, so measure again on a quiet machine."
    if decided == STAY:
        return f"Stay with `fit`: {_no_gain(records)}."
    then = _keep_layers(records) if decided == LEAVE else _write_it(records, decided)
    first = _first(ladder)
    return f"First {first}. Then {then[0].lower()}{then[1:]}" if first else then


def failed_controls(records: ModelRecords) -> bool:
    """Return whether a program timed against its own copy was not found alike."""
    controls = (records.throughput or {}).get("controls", [])
    return any(leaves_out_one(control.get("low"), control.get("high")) for control in controls)


def option(ladder: Record | None) -> Record | None:
    """Return the option of ``fit`` that a ladder found to win most; None where none wins."""
    won = [o for o in (ladder or {}).get("sideways", []) if o["high"] is not None and o["high"] < 0]
    if not won or not ladder or not ladder["control"]["holds"]:
        return None
    return min(won, key=lambda each: float(each["us"]))


def _worth(ratio: Record | None) -> bool:
    return ratio is not None and (ratio.get("low") or 0) > 1 and ratio["ratio"] >= WORTH_IT


def _plain(ratio: "Ratio | None") -> Record | None:
    return {"ratio": ratio.ratio, "low": ratio.low} if ratio else None


def _no_gain(records: ModelRecords) -> str:
    """Return what the fastest other way wins, where that is not worth it."""
    ways = [best(records, "raw"), best(records, "keras")]
    ratios = [ratio for way in ways if way and (ratio := records.ratio(way["arm"]))]
    most = max(ratios, key=lambda ratio: float(ratio["ratio"]), default=None)
    if most is None or (most.get("low") or 0) <= 1:
        return "that any other way is faster could not be shown"
    return f"the fastest other way wins {whole_percent(most['ratio'] - 1)}"


def _keep_layers(records: ModelRecords) -> str:
    """Return the advice where another way to run the Keras model leaves little to win by hand."""
    keras, by_hand = best(records, "keras"), best_ratio(records)
    if keras is None or by_hand is None:
        return ""
    more = "by hand it is no faster than that"
    if by_hand.low > 1:
        more = f"by hand it is only {whole_percent(by_hand.ratio - 1)} faster than that"
    return (
        f"Keep Keras's layers and train them in `{keras['engine']}`: "
        f"{_times(records, keras['arm'])} as fast as `fit`; {more}."
    )


def _write_it(records: ModelRecords, decided: str) -> str:
    raw = best(records, "raw") or {}
    fast = f"{_times(records, raw['arm'])} as fast as `fit`"
    if decided == OPEN:
        return f"`{raw['engine']}` by hand is {fast}; whether by its loop or its layers is open."
    return f"Train by hand in `{raw['engine']}`: {fast}."


def _first(ladder: Record | None) -> str:
    """Return what to try before a line is rewritten."""
    most = option(ladder)
    if most is None or ladder is None:
        return ""
    steps, whole = ladder["steps"], ladder.get("whole_steps", 0)
    cut = f" in epochs cut to {counted(steps, 'step')}" if steps < whole else ""
    won_us = significant(-most["us"])
    return f"try `{escape(most['rung'])}`, which takes {won_us} µs off a step{cut}"


def best(records: ModelRecords, impl: str) -> Record | None:
    """Return the fastest arm of a side, copies left out; None where nothing was timed."""
    timed = _timed(records)
    own = [
        arm
        for arm in (timed or {}).get("arms", [])
        if arm.get("impl") == impl and not arm["arm"].endswith(AGAIN) and block_seconds(arm)
    ]
    return max(own, key=lambda arm: speed(timed or {}, arm) or 0, default=None)


def best_ratio(records: ModelRecords) -> "Ratio | None":
    """Return how many times as fast the best by hand is as the best of Keras, by block."""
    from bench.stats.intervals import ratio_of

    raw, keras = best(records, "raw"), best(records, "keras")
    if raw is None or keras is None or len(raw["seconds"]) != len(keras["seconds"]):
        return None
    timed = records.throughput or {}
    return ratio_of(a_sample(timed, keras["arm"]), a_sample(timed, raw["arm"]))


def _timed(records: ModelRecords | None) -> Record | None:
    return records.throughput if records and records.equal else None


def _us(timed: Record, arm: Record) -> str:
    return f"{significant(step_us(timed, arm))} µs"


def _times(records: ModelRecords, arm: str) -> str:
    ratio = records.ratio(arm)
    if ratio is None:
        return "1 times"
    return f"{interval(ratio['ratio'], ratio.get('low'), ratio.get('high'))} times"


def walked(records: ModelRecords) -> str:
    """Return in a few words how far both sides lie apart, over the longest training followed.

    A walk's distance stands beside its own steps: a pair that cannot hold the same bits, walked
    for a few steps, says nothing of a whole training. Of walks as long the farthest apart counts.
    """
    if not records.equal:
        return verdict(records)
    walks = [(p["steps"], _farthest(p["rungs"])) for p in records.parity]
    walks += [(a["steps"], a["max_ulp"]) for a in records.accuracy]
    steps, apart = max(walks)
    return f"{ulps(apart)} ULP, {count(steps)} steps"


def _farthest(stages: list[Record]) -> int:
    return max((stage.get("max_ulp") or 0 for stage in stages), default=0)
