"""The ratio of two arms, from the records of what they took: the one place that says how.

Pure, and old records give what they gave: of whole segments, each block is one observation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, hypot, log
from typing import TypeVar

from bench.records.reading import AGAIN, Record
from bench.records.slices import METHOD
from bench.stats.batch_means import batched_ratio_of
from bench.stats.intervals import Ratio, ratio_of

R = TypeVar("R", bound=Ratio)


def ratio_between(record: Record, seconds: Mapping[str, Sequence[float]], *arms: str) -> Ratio:
    """Return how many times as long the first of two arms takes as the second.

    Blocks of slices follow one another within a second, so that they may be alike; where they
    are, neighbours are put together until they are not.

    Args:
        record: of the stand, or of its summary.
        seconds: of an epoch, or of a sample, of each arm by block.
        arms: both names.
    """
    one, other = arms
    if record.get("method") != METHOD:
        return ratio_of(seconds[one], seconds[other])
    return batched_ratio_of(seconds[one], seconds[other])


def ratios(
    record: Record, seconds: Mapping[str, Sequence[float]], reference: str
) -> tuple[dict[str, Ratio], dict[str, Ratio]]:
    """Return the ratios of all arms to the reference, and those of the controls to their like."""
    copies = [name for name in seconds if name.endswith(AGAIN)]
    others = [name for name in seconds if name not in (*copies, reference)]
    against = {name: ratio_between(record, seconds, reference, name) for name in others}
    controls = {
        name: ratio_between(record, seconds, name.removesuffix(AGAIN), name) for name in copies
    }
    return against, controls


def widened(ratio: R, error: float) -> R:
    """Return a ratio whose interval has another, independent error in it, a share of its value."""
    below = log(ratio.ratio / ratio.low) if ratio.low else float("inf")
    above = log(ratio.high / ratio.ratio)
    low, high = exp(-hypot(below, error)), exp(hypot(above, error))
    return replace(ratio, low=ratio.ratio * low, high=ratio.ratio * high)
