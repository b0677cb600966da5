"""Blocks of a ladder, made of speeds that are known."""

from bench.ladder import measure as ladder
from bench.ladder import summary as ladder_summary
from bench.ladder.rungs import AS_IT_COMES, END, LADDER, PLAIN, SIDEWAYS_RUNGS, pairs
from bench.ladder.stand import Sizes
from bench.specs import default_config
from bench.stats.intervals import palindrome

STEPS = 40
# microseconds a step of every rung: each takes 100 more than the one below
SPEEDS = {rung.name: 1000.0 + 100 * place for place, rung in enumerate(LADDER)}
SPEEDS |= {rung.name: 1900.0 for rung in (PLAIN, PLAIN.again, AS_IT_COMES)}
ASIDE = (1400.0, 1900.0, 2900.0, 1700.0)
SPEEDS |= dict(zip([rung.name for rung in SIDEWAYS_RUNGS], ASIDE, strict=True))
NO_JITTER = (0.0, 0.0, 0.0, 0.0)


def slice_of(rung, unit, speeds, more=0.0):
    """Return seconds and steps of a slice of a rung at its speed, in whatever unit it is timed."""
    us = max(1.0, speeds[rung.name] + more)  # nothing takes less than no time
    if unit != END:
        return 3e-6 * us, 3
    step = speeds["progress bar"]  # what comes once is spread over the steps of an epoch
    return 1e-6 * max(1.0, step + STEPS * (us - step)), 1


def blocks_of(pair, speeds, jitter=NO_JITTER):
    """Return blocks as they are stored; jitter is added to the upper rung's time of a step."""
    units = {pair.lower.name: pair.units[0], pair.upper.name: pair.units[1]}
    rungs = {pair.lower.name: pair.lower, pair.upper.name: pair.upper}
    found = []
    for number, more in enumerate(jitter):
        order = palindrome(list(rungs), 0, number)
        slices = [
            slice_of(rungs[name], units[name], speeds, more if name == pair.upper.name else 0.0)
            for name in order
        ]
        seconds, steps = map(list, zip(*slices, strict=True))
        found.append({"block": number, "order": order, "seconds": seconds, "steps": steps})
    return found


def summed(changed=(), jitter=NO_JITTER, start=LADDER[0].name, steps=STEPS):
    """Return the summary of blocks made by hand, the speeds of some pairs changed by role."""
    stands, blocks = [], {}
    config, plan = default_config("mlp"), ladder.LadderPlan()
    samples = steps * 128 - 64
    size = Sizes(samples, 2 * samples, 50, SPEEDS, start, samples, samples)
    for pair in pairs(start):
        facts = ladder.stand_facts(pair, config, size, plan.measurement(0.05))
        stands.append({"model": "mlp", "task": "ladder", "pair": pair.name, **facts})
        speeds = SPEEDS | dict(changed).get(pair.role, {})
        blocks[pair.name] = blocks_of(pair, speeds, jitter)
    return ladder_summary.summary(stands, blocks)
