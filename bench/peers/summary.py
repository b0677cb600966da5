"""From the blocks of a stand of peers to ratios: to ``fit``, and to the best by hand. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from bench.records.reading import AGAIN, Record
from bench.stats.intervals import Ratio
from bench.stats.verdicts import judge
from bench.timing import summary as summaries
from bench.timing.prices import a_sample
from bench.timing.ratios import ratio_between

BEST, BEST_SAME_BITS = "best", "best with the same bits"
"""Of the raw engines, by the time that was measured."""


def summary(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return what the blocks say of each arm.

    Beside what ``bench.timing.summary.throughput`` has there is

    - ``by_hand``: which raw arm is the best, and which the best with the same bits as Keras;
    - ``against``: of each of these and each peer, how many times as fast the raw arm is.
    """
    record = summaries.throughput(stand, blocks)
    by_hand = {
        BEST: _fastest(record, [arm for arm in record["arms"] if arm["impl"] == "raw"]),
        BEST_SAME_BITS: _fastest(record, [arm for arm in record["arms"] if arm.get("same_bits")]),
    }
    raw = dict.fromkeys(arm for arm in by_hand.values() if arm)
    peers = [arm["arm"] for arm in record["arms"] if arm["impl"] == "peer"]
    against = [_against(record, one, peer) for one in raw for peer in peers]
    return record | {"by_hand": by_hand, "against": against}


def width(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the widest interval of all that is said."""
    record = summary(stand, blocks)
    ends = [(each["low"], each["high"]) for each in (*record["ratios"], *record["against"])]
    return max((high / low - 1 if low > 0 else float("inf") for low, high in ends), default=0.0)


def _fastest(record: Record, arms: Sequence[Record]) -> str | None:
    own = [arm["arm"] for arm in arms if not arm["arm"].endswith(AGAIN)]
    return min(own, key=lambda arm: fmean(a_sample(record, arm)), default=None)


def _against(record: Record, raw: str, peer: str) -> Mapping[str, Any]:
    """Return how many times as fast a raw arm is as a peer, a sample for a sample."""
    ratio = ratio_between(record, {arm: a_sample(record, arm) for arm in (peer, raw)}, peer, raw)
    controls = [
        Ratio(*(_finite(each, key) for key in ("ratio", "low", "high")), each["blocks"])
        for each in record["controls"]
    ]
    verdict = judge(ratio, controls, record["margin"])
    return {
        "raw": raw, "peer": peer, **asdict(ratio), "verdict": verdict.word, "why": verdict.why,
    }  # fmt: skip


def _finite(ratio: Mapping[str, Any], key: str) -> float:
    """Return an end of an interval; a record has null for one that is not finite."""
    value = ratio[key]
    return (0.0 if key == "low" else float("inf")) if value is None else float(value)
