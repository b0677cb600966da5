"""From stored blocks to ratios and verdicts. Pure: the same records give the same
ratios, to the last bits that processors do not share.

What a run says at its end and what ``gvk verify`` works out again years later is this code, so
that it takes plain records and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from operator import add
from statistics import fmean, geometric_mean

from bench.records.epoch_end import ends_of
from bench.records.reading import Record
from bench.records.slices import METHOD, step_seconds
from bench.stats.intervals import Ratio
from bench.stats.verdicts import judge
from bench.timing.ratios import ratios

OWN = ("schema", "kind", "run", "digest")
"""What a record has for itself, whatever it is about."""


def seconds_of(blocks: Sequence[Record], arm: str) -> list[float]:
    """Return the mean time of an arm's segments in each block, in seconds."""
    return [
        fmean(s for name, s in zip(b["order"], b["seconds"], strict=True) if name == arm)
        for b in blocks
    ]


def per_epoch(stand: Record, blocks: Sequence[Record]) -> dict[str, list[float]]:
    """Return by arm the seconds of one epoch in each block.

    A segment may hold several of them. Of slices it is as many steps as an epoch has, and what
    it takes beyond them where that was seen, without any wait.
    """
    if stand.get("method") == METHOD:
        return {arm["arm"]: _by_slices(arm, blocks) for arm in stand["arms"]}
    return {
        arm["arm"]: [s / arm["epochs"] for s in seconds_of(blocks, arm["arm"])]
        for arm in stand["arms"]
    }


def _by_slices(arm: Record, blocks: Sequence[Record]) -> list[float]:
    ends = ends_of(arm["arm"], blocks)
    steps = [arm["steps"] * step_seconds(block, arm["arm"]) for block in blocks]
    return list(map(add, steps, ends["by_block"])) if ends else steps


def throughput(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return the ratios of a stand, its controls, and a verdict on each ratio.

    ``arms`` has of each the ``seconds`` of an epoch in each block. Of slices there is besides

    - ``slice_seconds``: of a step, from slices alone, over all blocks;
    - ``epoch_end`` of a ``fit`` (``bench.records.epoch_end.EpochEnd``), where it was seen: then
      ``seconds`` are of whole epochs, their end without any wait in them. ``whole_epochs`` says
      whether that is so of every ``fit``; ``epoch_samples`` what an epoch of the data has.
    """
    seconds = per_epoch(stand, blocks)
    of_arm, controls = ratios(stand, seconds, stand["reference"])
    shared = {key: value for key, value in stand.items() if key not in OWN}
    return shared | {
        "blocks": len(blocks),
        "arms": [_timed(stand, arm, seconds[arm["arm"]], blocks) for arm in stand["arms"]],
        "ratios": [_judged(arm, ratio, controls, stand["margin"]) for arm, ratio in of_arm.items()],
        "controls": [{"arm": arm, **asdict(ratio)} for arm, ratio in controls.items()],
    }


def _timed(stand: Record, arm: Record, seconds: list[float], blocks: Sequence[Record]) -> Record:
    """Return an arm with what was timed of it."""
    if stand.get("method") != METHOD:
        return arm | {"seconds": seconds}
    a_step = geometric_mean(step_seconds(block, arm["arm"]) for block in blocks)
    ends = ends_of(arm["arm"], blocks)
    seen = {"epoch_end": ends} if ends else {}
    return arm | seen | {"seconds": seconds, "slice_seconds": a_step}


def _judged(arm: str, ratio: Ratio, controls: Mapping[str, Ratio], margin: float) -> Record:
    verdict = judge(ratio, controls.values(), margin)
    return {"arm": arm, **asdict(ratio), "verdict": verdict.word, "why": verdict.why}
