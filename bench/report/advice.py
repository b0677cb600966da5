"""What follows from the records of a model, in a sentence each: equal, the cost, what to do."""

from typing import TYPE_CHECKING

from bench.records.reading import AGAIN, ModelRecords, Record, holds
from bench.render.markdown import (
    count,
    counted,
    escape,
    interval,
    percent,
    significant,
    small,
    ulps,
)
from bench.report.equality import first_difference, verdict
from bench.report.speed import REFERENCE, block_seconds, speed
from bench.stats.verdicts import leaves_out_one
from bench.timing.prices import a_sample

if TYPE_CHECKING:
    from bench.stats.intervals import Ratio

WORTH_IT = 1.10
"""Times as fast: below that nobody rewrites a model."""
UNKNOWN = "not measured"


def equal_in_words(records: ModelRecords | None) -> str:
    """Return whether both sides are the same program, and how far that was walked."""
    if records is None or records.equal is None:
        return f"{UNKNOWN.capitalize()}."
    if not records.equal:
        return f"No: {where_parted(records)}."
    criteria = " and ".join(dict.fromkeys(escape(p["criterion"]) for p in records.parity))
    steps = max(p["steps"] for p in records.parity)
    said = f"Yes: {criteria} at every tensor of each of {counted(steps, 'step')}"
    if not records.accuracy:
        return f"{said}."
    longest = max(records.accuracy, key=lambda record: record["steps"])
    whole = f"over a whole training of {counted(longest['steps'], 'step')}"
    if longest["max_ulp"] == 0:
        return f"{said}, and {whole} the weights never part by a bit."
    return f"{said}; {whole} the weights end {ulps(longest['max_ulp'])} ULP apart."


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
    """Return how fast ``fit`` is, and how much faster other ways are."""
    timed = _timed(records)
    if records is None or timed is None:
        return f"{UNKNOWN.capitalize()}."
    fit = next(arm for arm in timed["arms"] if arm["arm"] == timed.get("reference", REFERENCE))
    said = f"`fit` trains {significant(speed(timed, fit))} samples a second"
    raw, keras = best(records, "raw"), best(records, "keras")
    if raw:
        said += f"; by hand `{raw['engine']}` is {_times(records, raw['arm'])} as fast"
    if keras and keras["arm"] != fit["arm"]:
        said += f", Keras's own `{keras['engine']}` {_times(records, keras['arm'])}"
    return f"{said}."


def what_to_do(records: ModelRecords | None, ladder: Record | None) -> str:
    """Return the advice for whoever trains this model on this machine."""
    raw = best(records, "raw") if records else None
    if records is None or raw is None:
        return f"{UNKNOWN.capitalize()}: run `gvk bench`."
    ratio = records.ratio(raw["arm"]) or {}
    if _failed_controls(records):
        return "Nothing follows: a control failed, so measure again on a quiet machine."
    if (ratio.get("low") or 0) <= 1:
        return "Stay with `fit`: that anything by hand is faster could not be shown."
    if ratio["ratio"] < WORTH_IT:
        return (
            f"Stay with `fit`: the best by hand is {percent(ratio['ratio'] - 1)} faster, no more."
        )
    then = _as_good(records) or (
        f"`{raw['engine']}` by hand is {_times(records, raw['arm'])} as fast."
    )
    first = _first(ladder)
    return f"{first}; {then}" if first else f"{then[0].upper()}{then[1:]}"


def _failed_controls(records: ModelRecords) -> bool:
    """Return whether a program timed against its own copy was not found alike."""
    controls = (records.throughput or {}).get("controls", [])
    return any(leaves_out_one(control.get("low"), control.get("high")) for control in controls)


def _as_good(records: ModelRecords) -> str:
    """Return the advice where another way to run the Keras model leaves nothing to win by hand."""
    keras, by_hand = best(records, "keras"), best_ratio(records)
    own = (records.ratio(keras["arm"]) if keras else None) or {}
    if keras is None or by_hand is None or by_hand.ratio >= WORTH_IT or (own.get("low") or 0) <= 1:
        return ""
    return (
        f"keep Keras's layers, trained by `{keras['engine']}`: {_times(records, keras['arm'])} as "
        f"fast as `fit`. The best by hand is {significant(by_hand.ratio)} times that, no more."
    )


def _first(ladder: Record | None) -> str:
    """Return what to try before a line is rewritten."""
    won = [o for o in (ladder or {}).get("sideways", []) if o["high"] is not None and o["high"] < 0]
    if not won or not ladder or not ladder["control"]["holds"]:
        return ""
    most = min(won, key=lambda option: option["us"])
    steps, whole = ladder["steps"], ladder.get("whole_steps", 0)
    cut = f" in epochs of {counted(steps, 'step')}" if steps < whole else ""
    won_us = significant(-most["us"])
    return f"First `{escape(most['rung'])}`, which takes {won_us} µs off a step{cut}"


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
