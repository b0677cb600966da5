"""Blocks of a law whose coefficients are known."""

import numpy as np

from bench.law.fit import summary
from bench.law.points import BATCH, BATCH_SIZES, SHORT, WIDTH
from bench.stats.intervals import palindrome

MICRO = 1e-6
LAWS = {"raw step": (100, 1.0), "keras fit": (400, 1.01)}  # us a step, us a sample
CALL = {"raw step": 50, "keras fit": 40_000}  # us, taken once
STEPS, FLOPS = 100, 1000


def stand_at(sweep, batch_size, width=1, laws=LAWS):
    name = f"{sweep} {batch_size if sweep == BATCH else width}"
    arms = []
    for engine in laws:
        facts = {"impl": engine.split()[0], "engine": engine, "proved": "0 ULP"}
        arms += [{"arm": engine, "steps": STEPS, "one_step": engine + SHORT, **facts}]
        arms += [{"arm": engine + SHORT, "steps": 1, **facts}]
    head = {"model": "mlp", "task": "law", "point": name, "sweep": sweep, "config": {}}
    flops = FLOPS * batch_size * width
    return {**head, "batch_size": batch_size, "width": width, "flops": flops, "arms": arms}


def blocks_of(stand, n, laws=LAWS, noise=0.0, rng=None):
    rng = rng or np.random.default_rng(0)
    blocks = []
    for number in range(n):
        order = palindrome([arm["arm"] for arm in stand["arms"]], 0, number)
        steps = {arm["arm"]: arm["steps"] for arm in stand["arms"]}
        seconds = []
        for arm in order:
            engine = arm.removesuffix(SHORT)
            fixed, slope = laws[engine]
            step = fixed + slope * stand["batch_size"] * stand["width"]
            # a share of each time: what the weights of the fit suppose
            exact = MICRO * (CALL.get(engine, 0) + steps[arm] * step)
            seconds.append(exact * (1 + noise * rng.standard_normal()))
        blocks.append({"point": stand["point"], "order": order, "seconds": seconds})
    return blocks


def law_of(laws=LAWS, noise=0.0, n=4, rng=None):
    stands = [stand_at(BATCH, size, laws=laws) for size in BATCH_SIZES]
    stands += [stand_at(WIDTH, 128, width, laws) for width in (1, 2, 4)]
    blocks = [block for stand in stands for block in blocks_of(stand, n, laws, noise, rng)]
    return summary(stands, blocks)
