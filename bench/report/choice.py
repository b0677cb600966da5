"""What follows from the times of a model: stay with ``fit``, give it an option, or leave it."""

from typing import TYPE_CHECKING

from bench.records.reading import AGAIN, ModelRecords, Record
from bench.report.speed import REFERENCE, block_seconds, speed
from bench.stats.verdicts import off_by
from bench.timing.prices import a_sample, controls_of

if TYPE_CHECKING:
    from bench.stats.intervals import Ratio

WORTH_IT = 1.10
"""Times as fast: below that nobody rewrites a model."""
UNKNOWN, DOUBTFUL = "not measured", "a control failed"
STAY, OPTION, LEAVE = "stay with fit", "give fit an option", "leave fit for an own loop"
BY_HAND, OPEN = "write it by hand", "by its loop or its layers"
"""What can follow."""
SWITCHES = {"untuned": "autotune.enabled=False"}
"""What turns an option of ``fit`` on, where an arm is called otherwise."""


def decision(records: ModelRecords) -> str:
    """Return what follows, one of the words above.

    Where no other loop was timed around Keras's layers, a loop by hand that is faster than ``fit``
    may be so by its loop or by its layers: that stays open. Where a control failed, it has to
    follow as well if all ratios are off by as much as the control is, either way.
    """
    if best(records, "raw") is None:
        return UNKNOWN
    off = off_by(controls_of(records.throughput or {}))
    follows = {_follows(records, off=each) for each in {1.0, off, 1 / off}}
    return follows.pop() if len(follows) == 1 else DOUBTFUL


def _follows(records: ModelRecords, off: float) -> str:
    """Return what follows if every ratio is so many times as large as it is."""
    raw, loop = best(records, "raw"), best_loop(records)
    assert raw is not None
    if loop is None:
        return OPEN if _worth(records.ratio(raw["arm"]), off) else STAY
    if _worth(between(records, loop, raw), off):
        return BY_HAND
    if not _worth(records.ratio(loop["arm"]), off):
        return STAY
    given = timed_option(records)
    return OPTION if given and not _worth(between(records, given, loop), off) else LEAVE


def option_name(records: ModelRecords, ladder: Record | None) -> str:
    """Return the option of ``fit`` that wins most, as one writes it; empty where none is known to.

    Of those that took turns with all other arms, if there are any, else of those of the ladder.
    """
    if any(_is_option(arm["arm"]) for arm in (timed(records) or {}).get("arms", [])):
        given = timed_option(records)
        return switch(given["arm"]) if given else ""
    won = ladder_option(ladder)
    return str(won["rung"]) if won else ""


def timed_option(records: ModelRecords) -> Record | None:
    """Return the arm of the option of ``fit`` that wins most; None where none is worth it."""
    arms = [arm for arm in (timed(records) or {}).get("arms", []) if _is_option(arm["arm"])]
    worth = {arm["arm"]: ratio for arm in arms if _worth(ratio := records.ratio(arm["arm"]))}
    won = [arm for arm in arms if arm["arm"] in worth]
    return max(won, key=lambda arm: float((worth[arm["arm"]] or {})["ratio"]), default=None)


def switch(arm: str) -> str:
    """Return what turns on the option that an arm of ``fit`` has."""
    name = arm.removeprefix(f"{REFERENCE}, ")
    return SWITCHES.get(name, name)


def ladder_option(ladder: Record | None) -> Record | None:
    """Return the option of ``fit`` that a ladder found to win most; None where none wins."""
    won = [o for o in (ladder or {}).get("sideways", []) if o["high"] is not None and o["high"] < 0]
    if not won or not ladder or not ladder["control"]["holds"]:
        return None
    return min(won, key=lambda each: float(each["us"]))


def timed(records: ModelRecords | None) -> Record | None:
    """Return the throughput of a model that was proved equal."""
    return records.throughput if records and records.equal else None


def best(records: ModelRecords, impl: str) -> Record | None:
    """Return the fastest arm of a side, copies left out; None where nothing was timed."""
    return _fastest(records, [arm for arm in _arms(records) if arm.get("impl") == impl])


def best_loop(records: ModelRecords) -> Record | None:
    """Return the fastest arm around Keras's layers that is not ``fit``, if there is one."""
    keras = [arm for arm in _arms(records) if arm.get("impl") == "keras"]
    return _fastest(records, [arm for arm in keras if not arm["arm"].startswith(REFERENCE)])


def between(records: ModelRecords, dear: Record, cheap: Record) -> "Ratio | None":
    """Return how many times as long the first of two arms takes as the second, by block."""
    from bench.timing.ratios import ratio_between

    record = timed(records)
    if record is None or len(dear["seconds"]) != len(cheap["seconds"]):
        return None
    arms = (dear["arm"], cheap["arm"])
    return ratio_between(record, {arm: a_sample(record, arm) for arm in arms}, *arms)


def _worth(ratio: "Record | Ratio | None", off: float = 1.0) -> bool:
    """Return whether a ratio, so many times as large as it is, is above 1 for sure, by enough."""
    if ratio is None:
        return False
    plain = ratio if isinstance(ratio, dict) else {"ratio": ratio.ratio, "low": ratio.low}
    return (plain.get("low") or 0) * off > 1 and plain["ratio"] * off >= WORTH_IT


def _is_option(arm: str) -> bool:
    return arm.startswith(f"{REFERENCE}, ") and not arm.endswith(AGAIN)


def _arms(records: ModelRecords) -> list[Record]:
    arms = (timed(records) or {}).get("arms", [])
    return [arm for arm in arms if not arm["arm"].endswith(AGAIN) and block_seconds(arm)]


def _fastest(records: ModelRecords, arms: list[Record]) -> Record | None:
    return max(arms, key=lambda arm: speed(timed(records) or {}, arm) or 0, default=None)
