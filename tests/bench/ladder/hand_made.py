"""Blocks of a ladder, made of speeds that are known."""

from bench.ladder import measure as ladder
from bench.ladder import summary as ladder_summary
from bench.ladder.rungs import LADDER, PLAIN, SIDEWAYS_RUNGS, pairs
from bench.ladder.stand import Sizes
from bench.specs import default_config
from bench.stats.intervals import palindrome

STEPS, EPOCHS = 10, 2
# microseconds a step of every rung: each takes 100 more than the one below
SPEEDS = {rung.name: 1000.0 + 100 * place for place, rung in enumerate(LADDER)}
SPEEDS |= {PLAIN.name: 1900.0, PLAIN.again.name: 1900.0}
ASIDE = (1400.0, 1900.0, 2900.0, 1700.0)
SPEEDS |= dict(zip([rung.name for rung in SIDEWAYS_RUNGS], ASIDE, strict=True))


def blocks_of(pair, speeds, jitter=(0.0, 0.0, 0.0, 0.0)):
    """Return blocks as they are stored; jitter is added to each segment of the upper rung."""
    arms = (pair.lower.name, pair.upper.name)
    found = []
    for number, more in enumerate(jitter):
        order = palindrome(arms, 0, number)
        us = [speeds[name] + (more if name == arms[1] else 0.0) for name in order]
        seconds = [1e-6 * each * STEPS * EPOCHS for each in us]
        found.append({"block": number, "order": order, "seconds": seconds})
    return found


def summed(changed=(), jitter=(0.0, 0.0, 0.0, 0.0), start=LADDER[0].name):
    """Return the summary of blocks made by hand, the speeds of some pairs changed by role."""
    stands, blocks = [], {}
    config = default_config("mlp")
    names = {rung.name for pair in pairs() for rung in (pair.lower, pair.upper)}
    epochs = dict.fromkeys(names, EPOCHS)
    size = Sizes(STEPS * 128 - 64, 2 * STEPS * 128, 50, epochs, start, STEPS * 128 - 64, epochs)
    how = ladder.LadderPlan().measurement(17)
    for pair in pairs(start):
        facts = ladder.stand_facts(pair, config, size, how)
        stands.append({"model": "mlp", "task": "ladder", "pair": pair.name, **facts})
        speeds = SPEEDS | dict(changed).get(pair.role, {})
        blocks[pair.name] = blocks_of(pair, speeds, jitter)
    return ladder_summary.summary(stands, blocks)
