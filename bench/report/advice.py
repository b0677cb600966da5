"""What follows from the records of a model, in a sentence each: equal, the cost, what to do."""

from bench.records.reading import ModelRecords, Record, holds
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
from bench.report import choice
from bench.report.choice import UNKNOWN, best, best_loop, timed
from bench.report.equality import first_difference, pair_name, verdict
from bench.report.speed import REFERENCE, step_us
from bench.report.two_prices import engine


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
    named = [f"{', '.join(dict.fromkeys(met[other]))}: {escape(other)}" for other in others]
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


# The cost, and what to do about it


def cost_in_words(records: ModelRecords | None) -> str:
    """Return what a step of ``fit`` takes, and what it takes in the fastest other ways."""
    record = timed(records)
    if records is None or record is None:
        return f"{UNKNOWN.capitalize()}."
    fit = next(arm for arm in record["arms"] if arm["arm"] == record.get("reference", REFERENCE))
    said = [f"A step takes {_us(record, fit)} in `fit`"]
    if loop := best_loop(records):
        said.append(f"{_us(record, loop)} with the same layers in `{engine(loop['arm'])}`")
    if raw := best(records, "raw"):
        said.append(f"{_us(record, raw)} by hand in `{engine(raw['arm'])}`")
    return f"{', '.join(said)}."


def what_to_do(records: ModelRecords | None, ladder: Record | None) -> str:
    """Return the advice for whoever trains this model on this machine."""
    decided = choice.decision(records) if records else UNKNOWN
    if records is None or decided == UNKNOWN:
        return f"{UNKNOWN.capitalize()}: run `gvk bench`."
    if decided == choice.DOUBTFUL:
        return "Nothing follows: a control failed, so measure again on a quiet machine."
    if decided == choice.STAY:
        return f"Stay with `fit`: {_no_gain(records)}."
    first = _first(records, ladder)
    if decided == choice.OPTION:
        return f"Stay with `fit` and {first}: an own loop would win little more."
    then = _keep_layers(records) if decided == choice.LEAVE else _write_it(records, decided)
    return f"First {first}. Then {then[0].lower()}{then[1:]}" if first else then


def _no_gain(records: ModelRecords) -> str:
    """Return what the fastest other way wins, where that is not worth it."""
    ways = [best(records, "raw"), best(records, "keras")]
    ratios = [ratio for way in ways if way and (ratio := records.ratio(way["arm"]))]
    most = max(ratios, key=lambda ratio: float(ratio["ratio"]), default=None)
    if most is None or (most.get("low") or 0) <= 1:
        return "that any other way is faster could not be shown"
    return f"the fastest other way wins {whole_percent(most['ratio'] - 1)}"


def _keep_layers(records: ModelRecords) -> str:
    """Return the advice where another loop around Keras's layers leaves little to win by hand."""
    raw, loop = best(records, "raw") or {}, best_loop(records) or {}
    by_hand = choice.between(records, loop, raw)
    more = "by hand it is no faster than that"
    if by_hand and by_hand.low > 1:
        more = f"by hand it is only {whole_percent(by_hand.ratio - 1)} faster than that"
    return (
        f"Keep Keras's layers and train them in `{engine(loop['arm'])}`: "
        f"{_times(records, loop['arm'])} as fast as `fit`; {more}."
    )


def _write_it(records: ModelRecords, decided: str) -> str:
    raw = best(records, "raw") or {}
    name, fast = engine(raw["arm"]), f"{_times(records, raw['arm'])} as fast as `fit`"
    if decided == choice.OPEN:
        return f"`{name}` by hand is {fast}; whether by its loop or its layers is open."
    return f"Train by hand in `{name}`: {fast}."


def _first(records: ModelRecords, ladder: Record | None) -> str:
    """Return what to give ``fit`` before a line is rewritten, and what that wins."""
    name, given = choice.option_name(records, ladder), choice.timed_option(records)
    if not name:
        return ""
    if given:
        return f"try `{escape(name)}`, {_times(records, given['arm'])} as fast"
    won, steps, whole = choice.ladder_option(ladder) or {}, *_steps(ladder or {})
    cut = f" in epochs cut to {counted(steps, 'step')}" if steps < whole else ""
    return f"try `{escape(name)}`, which takes {significant(-won['us'])} µs off a step{cut}"


def _steps(ladder: Record) -> tuple[int, int]:
    """Return the steps of a ladder's epoch, and of a whole one."""
    return int(ladder["steps"]), int(ladder.get("whole_steps", 0))


def _us(record: Record, arm: Record) -> str:
    return f"{significant(step_us(record, arm))} µs"


def _times(records: ModelRecords, arm: str) -> str:
    ratio = records.ratio(arm)
    if ratio is None:
        return "1 times"
    return f"{interval(ratio['ratio'], ratio.get('low'), ratio.get('high'))} times"
