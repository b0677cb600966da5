"""From stored blocks to growth. Pure: the same records give the same figures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from bench.growth.points import ALONE, ALWAYS, FIT, FROM, NEVER, OPEN, THRESHOLD, TOGETHER
from bench.records.reading import Record
from bench.stats.intervals import Ratio, mean_of
from bench.timing.ratios import ratio_between
from bench.timing.summary import per_epoch


def summary(stands: Sequence[Record], blocks: Sequence[Record]) -> Record:
    """Return every point of a model, and by axis and arm from where on by hand is no faster.

    Args:
        stands: a record for each point, those that were not timed included.
        blocks: of all of them; each names its point.
    """
    margin = next((s["threshold"] for s in stands if "threshold" in s), THRESHOLD)
    points = [_point(s, [b for b in blocks if b["point"] == s["point"]]) for s in stands]
    axes = dict.fromkeys(point["axis"] for point in points)
    return {
        "model": stands[0]["model"],
        "task": stands[0]["task"],
        "threshold": margin,
        "points": points,
        "crossovers": {
            axis: _crossovers([p for p in points if p["axis"] == axis], margin) for axis in axes
        },
    }


def per_sample(stand: Record, blocks: Sequence[Record]) -> dict[str, list[float]]:
    """Return by arm the seconds of one sample of one seed in each block."""
    seconds = per_epoch(stand, blocks)
    return {
        arm["arm"]: [each / arm["samples"] for each in seconds[arm["arm"]]] for arm in stand["arms"]
    }


def ratio_to(stand: Record, blocks: Sequence[Record], dear: str, cheap: str) -> Ratio:
    """Return how many times as long one arm takes as another, a sample for a sample."""
    return ratio_between(stand, per_sample(stand, blocks), dear, cheap)


def _point(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return what is known of a point."""
    known = {key: stand[key] for key in ("point", "axis", "value", "samples")}
    known |= {key: stand[key] for key in ("not_measured", "unequal", "tiled") if key in stand}
    known |= {"memory_mib": stand.get("memory_mib", {})}
    if not stand["arms"] or not blocks:
        return known
    seconds = per_sample(stand, blocks)
    names = [name for name in seconds if name != FIT]
    known |= {
        "blocks": len(blocks),
        "samples_per_second": {name: 1 / mean_of(own).mean for name, own in seconds.items()},
        "ratios": {name: asdict(ratio_between(stand, seconds, FIT, name)) for name in names},
    }
    if TOGETHER in seconds:
        known["gains"] = {
            name: asdict(ratio_between(stand, seconds, name, TOGETHER))
            for name in ALONE
            if name in seconds
        }
    return known


def _crossovers(points: Sequence[Record], margin: float) -> Record:
    """Return by arm from which point of an axis on ``fit`` takes less than the margin more."""
    timed = [point for point in points if "ratios" in point]
    arms = dict.fromkeys(arm for point in timed for arm in point["ratios"])
    return {arm: _crossover([p for p in timed if arm in p["ratios"]], arm, margin) for arm in arms}


def _crossover(points: Sequence[Record], arm: str, margin: float) -> Record:
    """Return the word and the value, from the verdicts on the points, small ones first."""
    words = [_word(point["ratios"][arm], margin) for point in points]
    cheap_from = len(words)
    while cheap_from and words[cheap_from - 1] == "cheap":
        cheap_from -= 1
    if cheap_from == 0:
        return {"word": ALWAYS, "value": None}
    if cheap_from < len(words):
        return {"word": FROM, "value": points[cheap_from]["value"]}
    return {"word": NEVER if words[-1] == "dear" else OPEN, "value": None}


def _word(ratio: Mapping[str, float | None], margin: float) -> str:
    """Return whether ``fit`` is dear, cheap, or not known to be either."""
    low, high = ratio["low"], ratio["high"]
    if low is not None and low > 1 + margin:
        return "dear"
    return "cheap" if high is not None and high <= 1 + margin else "open"
