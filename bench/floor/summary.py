"""From the blocks of a floor to shares. Pure: the same records give the same."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import geometric_mean

from bench.floor.arms import CONTROL, ENGINE_ARMS, GATHERED, LARGE, PRODUCTS
from bench.records.reading import Record
from bench.records.slices import step_seconds
from bench.timing.ratios import ratio_between

Seconds = Mapping[str, Sequence[float]]


def summary(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return the floor of a step, and what share of each engine's time it is.

    ``share`` is the time of the products over that of the engine's step, ``with_gather`` that of
    the products and the gathering of their batch; both with an interval, from the same blocks.
    """
    seconds = _seconds(stand, blocks)
    us = {arm: 1e6 * geometric_mean(of_arm) for arm, of_arm in seconds.items()}
    of_step, large = stand["products"][:-2], stand["products"][-1]
    flops = sum(product["flops"] for product in of_step)
    control = ratio_between(stand, seconds, CONTROL, next(iter(ENGINE_ARMS)))
    return {
        **{key: stand[key] for key in ("model", "config", "products", "ways", "way", "precision")},
        "blocks": len(blocks),
        "flops": flops,
        "us": {arm: us[arm] for arm in (PRODUCTS, GATHERED, LARGE)},
        "gflops": {
            PRODUCTS: flops / us[PRODUCTS] / 1e3,
            LARGE: large["flops"] / us[LARGE] / 1e3,
        },
        "engines": [
            {
                "arm": arm,
                "us": us[arm],
                "share": asdict(ratio_between(stand, seconds, PRODUCTS, arm)),
                "with_gather": asdict(ratio_between(stand, seconds, GATHERED, arm)),
            }
            for arm in ENGINE_ARMS
        ],
        "control": {**asdict(control), "holds": control.low <= 1 <= control.high},
    }


def widest(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the widest interval of a share."""
    seconds = _seconds(stand, blocks)
    return max(ratio_between(stand, seconds, PRODUCTS, arm).width for arm in ENGINE_ARMS)


def _seconds(stand: Record, blocks: Sequence[Record]) -> Seconds:
    names = [arm["arm"] for arm in stand["arms"]]
    return {name: [step_seconds(block, name) for block in blocks] for name in names}
