"""What the trials of a calibration say. Pure, so that ``gvk verify`` can work it out again."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bench.records.reading import Record
from bench.records.slices import METHOD, step_seconds
from bench.rounding import lean
from bench.stats.verdicts import DEFAULT_MARGIN, FASTER, SLOWER, judge
from bench.timing.ratios import ratios
from bench.timing.summary import seconds_of

COVERAGE = (0.93, 0.97)
FALSE_VERDICTS = 2
PLANTED = 0.05
FOUND = 0.9
SPREAD = 1 / 3


def trial_summary(facts: Record, blocks: Sequence[Record]) -> Record:
    """Return ratio of a over b, controls and verdict of one trial."""
    sliced = facts.get("method") == METHOD
    seconds = {
        arm: [step_seconds(block, arm) for block in blocks] if sliced else seconds_of(blocks, arm)
        for arm in facts["arms"]
    }
    of_arm, controls = ratios(facts, seconds, "a")
    verdict = judge(of_arm["b"], controls.values(), DEFAULT_MARGIN)
    return {
        "ratio": asdict(of_arm["b"]),
        "controls": {arm: asdict(control) for arm, control in controls.items()},
        "width": of_arm["b"].width,
        "verdict": verdict.word,
    }


def part_summary(part: str, records: Sequence[Record]) -> Record:
    """Return what is claimed of a part, what was found, and whether that holds."""
    claim, finding, holds = _PARTS[part](records)
    trials = sum(record.get("runs", 1) for record in records)
    return {"part": part, "claim": claim, "found": finding, "holds": holds, "trials": trials}


Outcome = tuple[str, str, bool]


def _simulation(records: Sequence[Record]) -> Outcome:
    shares = {record["noise"]: record["covered"] / record["runs"] for record in records}
    low, high = COVERAGE
    return (
        f"95 % intervals hold the truth in {low:.0%} to {high:.0%} of the runs",
        ", ".join(
            f"{noise} {share:.1%} of {records[0]['runs']:,}" for noise, share in shares.items()
        ),
        all(low <= share <= high for share in shares.values()),
    )


def _alike(records: Sequence[Record]) -> Outcome:
    words = [record["verdict"] for record in records]
    false = sum(word in (FASTER, SLOWER) for word in words)
    counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    return (
        f"at most {FALSE_VERDICTS} false verdicts on a program against its own copy",
        f"{false} false of {len(words)} ({counts})",
        false <= FALSE_VERDICTS,
    )


def _planted(records: Sequence[Record]) -> Outcome:
    hits = sum(record["verdict"] == SLOWER for record in records)
    ratio = lean(np.exp(np.mean([np.log(record["ratio"]["ratio"]) for record in records])))
    return (
        f"{PLANTED:.0%} of work added is found in {FOUND:.0%} of the runs",
        f"found in {hits} of {len(records)}, mean ratio {ratio:.4f}, true {1 / (1 + PLANTED):.4f}",
        hits >= FOUND * len(records),
    )


def _spread(records: Sequence[Record]) -> Outcome:
    paired = _deviation([record["ratio"]["ratio"] for record in records])
    sequential = _deviation([record["sequential"] for record in records])
    return (
        "the ratio spreads over runs a third as much as one of sequential timings",
        f"standard deviation of the log ratio {lean(paired):.4f} paired, "
        f"{lean(sequential):.4f} sequential: {lean(paired / sequential):.2f} times",
        paired <= SPREAD * sequential,
    )


def _deviation(measured: Sequence[float]) -> float:
    return float(np.std(np.log(measured), ddof=1)) if len(measured) > 1 else float("nan")


_PARTS: dict[str, Any] = {
    "simulation": _simulation,
    "quiet": _alike,
    "loaded": _alike,
    "planted": _planted,
    "spread": _spread,
}
