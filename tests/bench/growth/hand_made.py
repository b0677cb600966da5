"""Blocks of a growth whose ratios are known."""

from bench.growth.points import BATCH, FIT, SEEDS, TOGETHER
from bench.growth.summary import summary
from bench.stats.intervals import palindrome

BATCH_SIZES = (1, 32, 1024)
FIXED = {"raw step": 1.0, "raw epoch": 0.2, FIT: 3.0}
"""Of a step, in ms; a sample takes 0.01 ms whatever trains it."""


def stand_at(axis, value, fixed=None, **more):
    """Return a point's record; seeds together cost the fixed part once."""
    fixed = fixed or FIXED
    batch = value if axis == BATCH else 128
    seeds = value if axis == SEEDS else 1
    arms = [_arm(name, 1, batch, cost) for name, cost in fixed.items()]
    if axis == SEEDS:
        arms.append(_arm(TOGETHER, seeds, batch, fixed["raw epoch"]))
    head = {"model": "mlp", "task": "growth", "point": f"{axis} {value}", "axis": axis}
    facts = {"value": value, "samples": 1024, "arms": arms, "method": "slices", "reference": FIT}
    memory = dict.fromkeys(("raw step", FIT), 400.0 + value)
    return {**head, **facts, "memory_mib": memory, "threshold": 0.05, **more}


def _arm(name, seeds, batch, fixed):
    step = 1e-3 * (fixed + 0.01 * batch * seeds)
    return {
        "arm": name,
        "impl": name.split()[0],
        "engine": name.split(" ", 1)[1],
        "samples": 1024 * seeds,
        "steps": 1024 // batch,
        "step_seconds": step,
    }


def blocks_of(stand, n=8):
    """Return blocks in which every slice takes what its steps take, blocks unalike."""
    blocks = []
    for number in range(n):
        order = palindrome([arm["arm"] for arm in stand["arms"]], 0, number)
        of = {arm["arm"]: arm["step_seconds"] for arm in stand["arms"]}
        seconds = [3 * of[arm] * (1 + 0.1 * (number % 3)) for arm in order]
        steps = [3] * len(order)
        blocks.append({"point": stand["point"], "order": order, "seconds": seconds, "steps": steps})
    return blocks


def growth_of(stands):
    """Return the summary of some stands, as it is stored."""
    blocks = [block for stand in stands if stand["arms"] for block in blocks_of(stand)]
    return summary(stands, blocks) | {"left_out": {}}


def by_batch(**changes):
    """Return the growth over batch sizes, and over seeds."""
    stands = [stand_at(BATCH, size, **changes) for size in BATCH_SIZES]
    return growth_of([*stands, *(stand_at(SEEDS, seeds, **changes) for seeds in (1, 16))])
