"""From the blocks of a stand of peers to ratios: to ``fit``, and to the best by hand. Pure.

Two processes of one program differ a little by themselves, by where their memory lies. The controls
say how far, a copy each of ``fit`` and of the best by hand in a process of its own. No ratio of two
processes is known better than that, so that every interval is widened by the farther of the two.
"""

from collections.abc import Sequence
from dataclasses import asdict
from math import inf, log
from statistics import fmean
from typing import Any

from bench.records.reading import AGAIN, Record
from bench.stats.intervals import Ratio
from bench.stats.verdicts import judge
from bench.timing import summary as summaries
from bench.timing.prices import a_sample
from bench.timing.ratios import ratio_between, ratios, widened

BEST, BEST_SAME_BITS = "best", "best with the same bits"
"""Of the raw engines, by the time that was measured."""


def summary(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return what the blocks say of each arm.

    It is what ``bench.timing.summary.throughput`` has, its ratios widened, and

    - ``by_hand``: which raw arm is the best, and which the best with the same bits as Keras;
    - ``against``: of each of these and each peer, how many times as fast the raw arm is;
    - ``process_error``: what the ratios are widened by, as a logarithm;
    - ``idle_share``: of a core, the most that the processes took while they waited, in any block.
    """
    record = summaries.throughput(stand, blocks)
    times = {arm["arm"]: a_sample(record, arm["arm"]) for arm in record["arms"]}
    of_fit, controls = ratios(stand, times, stand["reference"])
    error, margin = max(map(reach, controls.values()), default=inf), stand["margin"]
    by_hand = {
        BEST: _fastest(record, [arm for arm in record["arms"] if arm["impl"] == "raw"]),
        BEST_SAME_BITS: _fastest(record, [arm for arm in record["arms"] if arm.get("same_bits")]),
    }
    peers = [arm["arm"] for arm in record["arms"] if arm["impl"] == "peer"]
    return record | {
        "ratios": [{"arm": a, **_judged(ratio, error, margin)} for a, ratio in of_fit.items()],
        "by_hand": by_hand,
        "against": [
            {"raw": raw, "peer": peer}
            | _judged(ratio_between(record, times, peer, raw), error, margin)
            for raw in dict.fromkeys(filter(None, by_hand.values()))
            for peer in peers
        ],
        "process_error": error,
        "idle_share": max((block.get("idle_share") or 0.0 for block in blocks), default=0.0),
    }


def width(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the widest interval of all that is said."""
    record = summary(stand, blocks)
    said = [*record["ratios"], *record["against"]]
    return max((r["high"] / r["low"] - 1 if r["low"] > 0 else inf for r in said), default=0.0)


def reach(control: Ratio) -> float:
    """Return how far from 1 a control's interval reaches, as a logarithm."""
    return max(-log(control.low), log(control.high)) if control.low > 0 else inf


def _fastest(record: Record, arms: Sequence[Record]) -> str | None:
    own = [arm["arm"] for arm in arms if not arm["arm"].endswith(AGAIN)]
    return min(own, key=lambda arm: fmean(a_sample(record, arm)), default=None)


def _judged(ratio: Ratio, error: float, margin: float) -> dict[str, Any]:
    """Return a ratio that is known no better than two processes are alike, and its verdict."""
    wide = widened(ratio, error)
    verdict = judge(wide, (), margin)
    return {**asdict(wide), "verdict": verdict.word, "why": verdict.why}
