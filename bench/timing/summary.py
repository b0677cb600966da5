"""From stored blocks to ratios and verdicts. Pure: the same records give the same
ratios, to the last bits that processors do not share.

What a run says at its end and what ``gvk verify`` works out again years later is this code, so
that it takes plain records and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from statistics import fmean

from bench.records.reading import AGAIN, Record
from bench.records.slices import METHOD, step_seconds
from bench.stats.batch_means import batched_ratio_of
from bench.stats.intervals import Ratio, ratio_of
from bench.stats.verdicts import INCONCLUSIVE, Verdict, judge

OWN = ("schema", "kind", "run", "digest")
"""What a record has for itself, whatever it is about."""


def seconds_of(blocks: Sequence[Record], arm: str) -> list[float]:
    """Return the mean time of an arm's segments in each block, in seconds."""
    return [
        fmean(s for name, s in zip(b["order"], b["seconds"], strict=True) if name == arm)
        for b in blocks
    ]


def end_seconds(arm: Record) -> float:
    """Return what an epoch takes beyond its steps, where that was seen, and without any wait."""
    return float(arm["epoch_end"]["without_wait"]) if "epoch_end" in arm else 0.0


def per_epoch(stand: Record, blocks: Sequence[Record]) -> dict[str, list[float]]:
    """Return by arm the seconds of one epoch in each block; a segment may hold several."""
    if stand.get("method") == METHOD:
        return {
            arm["arm"]: [
                arm["steps"] * step_seconds(block, arm["arm"]) + end_seconds(arm)
                for block in blocks
            ]
            for arm in stand["arms"]
        }
    return {
        arm["arm"]: [s / arm["epochs"] for s in seconds_of(blocks, arm["arm"])]
        for arm in stand["arms"]
    }


RatioOf = Callable[[Sequence[float], Sequence[float]], Ratio]


def ratio_by(stand: Record) -> RatioOf:
    """Return what makes a ratio of the seconds of two arms by block.

    Blocks of slices follow one another within a second, so that they may be alike; where they
    are, neighbours are put together until they are not.
    """
    return batched_ratio_of if stand.get("method") == METHOD else ratio_of


def ratios(
    seconds: Mapping[str, Sequence[float]], reference: str, of: RatioOf = ratio_of
) -> tuple[dict[str, Ratio], dict[str, Ratio]]:
    """Return the ratios of all arms to the reference, and those of the controls to their like."""
    controls = {
        name: of(seconds[name.removesuffix(AGAIN)], values)
        for name, values in seconds.items()
        if name.endswith(AGAIN)
    }
    against = {
        name: of(seconds[reference], values)
        for name, values in seconds.items()
        if name != reference and not name.endswith(AGAIN)
    }
    return against, controls


def widest(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the widest interval of a ratio to the reference."""
    of_arm, _ = ratios(per_epoch(stand, blocks), stand["reference"], ratio_by(stand))
    return max((ratio.width for ratio in of_arm.values()), default=0.0)


def throughput(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return the ratios of a stand, its controls, and a verdict on each ratio."""
    seconds = per_epoch(stand, blocks)
    of_arm, controls = ratios(seconds, stand["reference"], ratio_by(stand))
    shared = {key: value for key, value in stand.items() if key not in OWN}
    return shared | {
        "blocks": len(blocks),
        "arms": [arm | {"seconds": seconds[arm["arm"]]} for arm in stand["arms"]],
        "ratios": [_judged(arm, ratio, controls, stand["margin"]) for arm, ratio in of_arm.items()],
        "controls": [{"arm": arm, **asdict(ratio)} for arm, ratio in controls.items()],
    }


def _judged(arm: str, ratio: Ratio, controls: Mapping[str, Ratio], margin: float) -> Record:
    verdict = judge(ratio, controls.values(), margin)
    if getattr(ratio, "alike", False):
        verdict = Verdict(INCONCLUSIVE, "withheld: blocks that follow one another are still alike")
    return {"arm": arm, **asdict(ratio), "verdict": verdict.word, "why": verdict.why}
