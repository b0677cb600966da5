"""Peers in the report: how fast each is beside ``fit`` and the best by hand, which is not timed."""

from statistics import fmean

from bench.records.reading import AGAIN, Record
from bench.render.markdown import (
    MISSING,
    counted,
    escape,
    interval,
    significant,
    small,
    table,
    whole_percent,
)
from bench.report.speed import block_seconds

METHOD = (
    "Every arm is a process of its own, on the CPU, with its library's own threads and defaults, "
    "and is asked for a slice of 10 to 100 ms in its turn; the others wait for a line. Steps "
    "alone are timed: what `fit` does between two epochs is in none, which favours it. The data "
    "lies in memory as each library likes it, and every arm gathers its batches itself from a new"
    " permutation each epoch. Before that each peer took the same steps from the same weights on "
    "the same batches as the Keras twin in exact mode, the last batch half as large, a call a "
    "step and once more in one call: after each step all weights had to lie within 8 times the "
    "noise floor of the twin. Where the model has dropout, the masks were handed over for that; "
    "timed is each library's own generator. PyTorch has its fused SGD, and images channels-last; "
    "compiled is its loss, forward and backward. JAX donates its weights; its scan is one call "
    "for an epoch, or for 150 ms of one. NumPy works in memory that it has, without a new array a"
    " step but for the biases."
)


def peers_text(record: Record) -> str:
    """Return the table, which raw engines it speaks of, and the peers that were not timed."""
    return "\n\n".join([_table(record), *_not_timed(record), _words(record)])


def _table(record: Record) -> str:
    by_hand = list(dict.fromkeys(arm for arm in record["by_hand"].values() if arm))
    columns = ["Arm", "What", "Samples/s", "µs a step", "Times fit (95 %)"]
    columns += [f"{arm} is so many times as fast (95 %)" for arm in by_hand]
    rows = [
        _row(record, arm, by_hand) for arm in _by_speed(record) if not arm["arm"].endswith(AGAIN)
    ]
    return table([*columns, "Proved"], rows, "llrrr" + "r" * len(by_hand) + "l")


def _by_speed(record: Record) -> list[Record]:
    return sorted(record["arms"], key=lambda arm: fmean(block_seconds(arm)) / arm["samples"])


def _row(record: Record, arm: Record, by_hand: list[str]) -> list[str]:
    seconds = fmean(block_seconds(arm))
    numbers = (significant(arm["samples"] / seconds), significant(1e6 * seconds / arm["steps"]))
    ratios = {each["arm"]: each for each in record["ratios"]}
    of_raw = {(each["raw"], each["peer"]): each for each in record["against"]}
    what = {"raw": "by hand", "keras": "Keras on TensorFlow"}.get(arm["impl"], arm["engine"])
    beside = [_ratio(of_raw.get((raw, arm["arm"]))) for raw in by_hand]
    return [arm["arm"], what, *numbers, _ratio(ratios.get(arm["arm"])), *beside, arm["proved"]]


def _ratio(ratio: Record | None) -> str:
    if ratio is None:
        return ""
    said = interval(ratio["ratio"], ratio.get("low"), ratio.get("high"))
    return f"{said}, no verdict" if ratio["verdict"] == "inconclusive" else said


def _not_timed(record: Record) -> list[str]:
    """Return a line for each way that was not timed, and why."""
    lines = [
        f"- {escape(check['arm'])}: {escape(check['why'])}."
        for check in record["checks"]
        if not check["holds"]
    ]
    return ["Not timed:\n\n" + "\n".join(lines)] * bool(lines)


def _words(record: Record) -> str:
    """Return versions, how near the peers came, the controls and how long it was measured."""
    timed = [check for check in record["checks"] if check["holds"]]
    named = (escape(name) for check in timed for name in check["versions"].split(", "))
    versions = ", ".join(dict.fromkeys(named))
    far = max((check["max_relative"] for check in timed), default=None)
    controls = "; ".join(f"{escape(c['arm'])} {_ratio_of(c)}" for c in record["controls"])
    return (
        f"With {versions or MISSING}. The farthest that a weight of a peer lay from Keras's: "
        f"{small(far)} of the largest in its tensor. Controls, two processes of one program, by "
        f"which every interval is widened: {controls}. While they waited, the processes took "
        f"{whole_percent(record['idle_share'])} of a core at most. "
        f"{counted(record['blocks'], 'block')}: {escape(record['stopped'])}."
    )


def _ratio_of(control: Record) -> str:
    return interval(control["ratio"], control.get("low"), control.get("high"))
