"""From the blocks of a ladder's pairs to its figures. Pure: the same records give the same.

Every pair has blocks of its own, so that the sum of the rungs is not the whole by algebra: that
the two agree is a check.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.ladder.advice import advice
from bench.ladder.rungs import CONTROL, END, LEFT_OUT, NOT_OF_FIT, RUNG, SIDEWAYS, WHOLE
from bench.records.reading import Record
from bench.records.slices import step_seconds
from bench.stats.combining import difference, quotient, share, total
from bench.stats.intervals import Estimate, mean_of, ratio_of

SHARED = ("model", "samples", "steps", "whole_steps", "validation", "margin", "precision")
"""What the stands of a ladder have in common and its summary repeats."""

SMALL = 0.05
"""Of the whole: a rung that is less than that is as good as free."""

Blocks = Mapping[str, Sequence[Record]]


def summary(stands: Sequence[Record], blocks: Blocks) -> Record:
    """Return what each rung costs, whether that adds up, what stands beside, and the advice.

    Args:
        stands: one a pair, all of one model, as ``bench.ladder.measure`` stores them.
        blocks: of each pair, by its name.
    """
    (whole,) = (stand for stand in stands if stand["role"] == WHOLE)
    (control,) = (stand for stand in stands if stand["role"] == CONTROL)
    rungs = [stand for stand in stands if stand["role"] == RUNG]
    costs = [cost(stand, blocks[stand["pair"]]) for stand in rungs]
    within = [
        each for stand, each in zip(rungs, costs, strict=True) if stand["upper"] not in NOT_OF_FIT
    ]
    fit, direct = total(within), cost(whole, blocks[whole["pair"]])
    copy = ratio_of(*per_step(control, blocks[control["pair"]]).values())
    ladder = {
        **{key: whole[key] for key in SHARED},
        "bottom": _step(whole, blocks, "lower"),
        "top": _step(whole, blocks, "upper"),
        "rungs": [
            {**_rung(stand, costs, n), "told": told(costs[n], direct)}
            for n, stand in enumerate(rungs)
        ],
        "fit": _us(fit),
        **adds_up(total(costs), direct, whole["margin"]),
        "sideways": [
            _option(stand, cost(stand, blocks[stand["pair"]]), fit)
            for stand in stands
            if stand["role"] == SIDEWAYS
        ],
        "control": {**asdict(copy), "holds": copy.low <= 1 <= copy.high},
    }
    below = [stand for stand in stands if stand["role"] == LEFT_OUT]
    if below:
        ladder |= {"left_out": [_left_out(stand, blocks[stand["pair"]]) for stand in below]}
    return ladder | {"advice": advice(ladder)}


def per_step(stand: Record, blocks: Sequence[Record]) -> dict[str, list[float]]:
    """Return by rung the seconds of a step in each block; of an epoch's end, what it takes."""
    names = (stand["lower"], stand["upper"])
    return {name: [step_seconds(block, name) for block in blocks] for name in names}


def cost(stand: Record, blocks: Sequence[Record]) -> Estimate:
    """Return what the upper rung of a pair takes more than the lower one, in us a step.

    What comes once an epoch is spread over its steps.
    """
    seconds = per_step(stand, blocks)
    over = stand["steps"] if stand["units"][1] == END else 1
    both = zip(seconds[stand["lower"]], seconds[stand["upper"]], strict=True)
    return mean_of([1e6 * (upper - lower) / over for lower, upper in both])


def told(cost: Estimate, whole: Estimate) -> str:
    """Return how well a rung's cost is known: as something, as little, or not enough."""
    if not cost.low <= 0 <= cost.high:
        return "told from nothing"
    small = SMALL * abs(whole.mean)
    return f"below {SMALL:.0%} of the whole" if max(-cost.low, cost.high) <= small else "open"


def adds_up(added: Estimate, direct: Estimate, margin: float) -> dict[str, Any]:
    """Return whether the sum of the rungs is what was measured from the bottom to the top.

    Both agree where they differ by no more than the margin of the whole. That says little where
    the interval of their difference is wide: the check is resolved where it reaches no further
    than the same margin to either side.
    """
    apart, bound = difference(added, direct), margin * abs(direct.mean)
    return {
        "sum": _us(added),
        "direct": _us(direct),
        "apart": _us(apart),
        "agrees": abs(apart.mean) <= bound,
        "resolved": (apart.high - apart.low) / 2 <= bound,
    }


def width(stand: Record, blocks: Sequence[Record]) -> float:
    """Return the width of the interval of the ratio of a pair's times."""
    return ratio_of(*per_step(stand, blocks).values()).width


def _rung(stand: Record, costs: Sequence[Estimate], number: int) -> Record:
    """Return a rung's cost, and its share of the sum of all."""
    own, rest = costs[number], total([*costs[:number], *costs[number + 1 :]])
    part = share(own, rest)
    return {
        "rung": stand["upper"],
        "words": stand["words"],
        **_us(own),
        "share": part.mean,
        "share_low": part.low,
        "share_high": part.high,
    }


def _option(stand: Record, added: Estimate, fit: Estimate) -> Record:
    """Return what an option adds to a step, and what it wins back of what ``fit`` costs."""
    won = quotient(added, fit)
    return {
        "rung": stand["upper"],
        "beside": stand["lower"],
        "words": stand["words"],
        **_us(added),
        "won": -won.mean,
        "won_low": -won.high,
        "won_high": -won.low,
    }


def _left_out(stand: Record, blocks: Sequence[Record]) -> Record:
    """Return what a rung below the lowest one takes more than it."""
    words, steps = stand["words"], stand["steps"]
    return {"rung": stand["upper"], "words": words, "steps": steps, **_us(cost(stand, blocks))}


def _step(stand: Record, blocks: Blocks, which: str) -> Record:
    """Return what a step of one rung of a pair takes."""
    seconds = per_step(stand, blocks[stand["pair"]])[stand[which]]
    return {"rung": stand[which], **_us(mean_of([1e6 * s for s in seconds]))}


def _us(estimate: Estimate) -> Record:
    return {
        "us": estimate.mean,
        "low": estimate.low,
        "high": estimate.high,
        "blocks": estimate.blocks,
    }
