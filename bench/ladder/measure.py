"""``gvk ladder``: every rung proved, then each timed beside the one below, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial

from bench.data.epoch_order import steps_per_epoch
from bench.host.fresh_process import in_fresh_process
from bench.host.progress import Say
from bench.ladder import summary as ladder_summary
from bench.ladder.advice import withheld
from bench.ladder.lines import ladder_lines, proof_line
from bench.ladder.proof import prove_rungs
from bench.ladder.rungs import ADDS_UP, EPOCH, Pair, every_rung, pairs
from bench.ladder.stand import PairStand, Rungs, Sizes, sizes
from bench.records.reading import Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.specs import Config, default_config
from bench.timing.blocks import Block, Stop
from bench.timing.plan import MeasuringPlan
from bench.timing.resumable import Measurement, resumed, take_turns

BUDGET_SECONDS = {"quick": 180.0, "full": 1200.0}
TARGET_WIDTH = 0.005
"""Of a pair's ratio. A rung may be a percent of a step, and is to be told from nothing."""
LEAST_BLOCKS = 4
EPOCHS_WEIGH = 4.0
"""How many times the budget of steps a pair has of which whole epochs are timed."""
ROUNDS = {"quick": 2, "full": 10}
"""Of a block; in ``full`` each one opens both rungs anew, which is to be worth its while."""
LONGEST_EPOCH = 2.0
"""Seconds, of the top rung; a longer one is cut, though never below its least steps."""


@dataclass(frozen=True)
class Enough(Stop):
    """When a pair has enough blocks: not before the least of them, whatever the budget."""

    def reason(self, blocks: Sequence[Block], width: Callable[[Sequence[Block]], float]) -> str:
        """Return why to stop after these blocks, in words; empty to go on."""
        return super().reason(blocks, width) if len(blocks) >= self.least else ""


@dataclass(frozen=True)
class LadderPlan(MeasuringPlan):
    """How a ladder is climbed; its margin is of the difference between the sum and the whole."""

    margin: float = ADDS_UP

    def measurement(self, share: float) -> Measurement:
        """Return how to measure a pair that has so large a share of the budget."""
        budget = self.time_budget or BUDGET_SECONDS[self.precision]
        width = TARGET_WIDTH if self.target_width is None else self.target_width
        stop = Enough(LEAST_BLOCKS, target_width=width, budget_seconds=share * budget)
        return self.measuring(stop, LONGEST_EPOCH)


def shares(every: Sequence[Pair]) -> list[float]:
    """Return what each pair has of the budget: whole epochs need the more of it."""
    weights = [EPOCHS_WEIGH if EPOCH in pair.units else 1.0 for pair in every]
    return [weight / sum(weights) for weight in weights]


def run(store: Store, models: Sequence[str], plan: LadderPlan, say: Say) -> int:
    """Climb the ladder of each model; return the worst of 0, 3 and 1."""
    codes = {measure(store, model, plan, say) for model in models}
    store.finish()
    return next((code for code in (1, 3) if code in codes), 0)


def measure(store: Store, model: str, plan: LadderPlan, say: Say) -> int:
    """Prove, time and sum up the ladder of a model; return 0, 1 or 3.

    1 where a rung is not proved equal: then nothing is timed. 3 where the rungs do not add up to
    the whole, or are known too badly to tell, or the control is not at 1. What an earlier sitting
    has stored is taken as it is.
    """
    config = default_config(model, seed=plan.seed)
    proofs = proved(store, config, plan)
    for proof in proofs:
        say(proof_line(model, proof))
    if not all(proof["holds"] for proof in proofs):
        return 1
    record = climbed(store, config, plan)
    for line in ladder_lines(record):
        say(line)
    return 3 if withheld(record) else 0


def proved(store: Store, config: Config, plan: LadderPlan) -> list[Record]:
    """Return the proof of each rung."""
    head = {"model": config.model, "task": "ladder"}
    earlier = store.earlier("rung-proof", **head)
    if len(earlier) == len(every_rung()) - 1:  # one is what the others are held against
        return earlier
    proofs = in_fresh_process(prove_rungs, config, plan.dataset, plan.limit)
    return [store.append("rung-proof", **head, **proof) for proof in proofs]


def climbed(store: Store, config: Config, plan: LadderPlan) -> Record:
    """Time every pair, a block of each in turn; return the summary."""
    head = {"model": config.model, "task": "ladder"}
    if earlier := store.earlier("ladder", **head):
        return earlier[-1]
    rungs = Rungs(config, plan.dataset, plan.limit)
    size = sized(store, head, rungs, plan.measurement(1.0))
    stands, runs, every = [], {}, list(pairs(size.start))
    for number, (pair, share) in enumerate(zip(every, shares(every), strict=True)):
        # an order of its own for each pair: none is to stand first more often in all of them
        own = replace(plan.measurement(share), order_seed=plan.seed + number)
        own_head = {**head, "pair": pair.name}
        stand = PairStand(pair, rungs, size, ROUNDS[own.precision], own.order_seed)
        facts = partial(stand_facts, pair, config, size, own)
        stands.append(store.once("stand", own_head, facts))
        width = partial(ladder_summary.width, stands[-1])
        runs[pair.name] = own_head, resumed(store, own_head, stand, own, width)
    take_turns(store, runs, f"ladder {config.model}")
    blocks = {name: [asdict(block) for block in run.blocks] for name, (_, run) in runs.items()}
    return store.once("ladder", head, partial(ladder_summary.summary, stands, blocks))


def sized(store: Store, head: Record, rungs: Rungs, how: Measurement) -> Sizes:
    """Return the sizes of the segments, from a first look or from an earlier sitting."""
    record = store.once("ladder-sizes", head, lambda: asdict(how.first_look(partial(sizes, rungs))))
    return Sizes(*(record[field.name] for field in fields(Sizes)))


def stand_facts(pair: Pair, config: Config, size: Sizes, how: Measurement) -> Record:
    """Return everything of a pair besides its blocks that the summary is made of."""
    samples = size.samples_of(pair)
    both = (pair.lower, pair.upper)
    return {
        "role": pair.role,
        "lower": pair.lower.name,
        "upper": pair.upper.name,
        "words": pair.upper.words,
        "units": pair.units,
        "config": config.to_dict(),
        "samples": samples,
        "steps": steps_per_epoch(config, samples),
        "whole_steps": steps_per_epoch(config, size.whole),
        "validation": size.validation,
        "arms": [{"arm": rung.name, "rung": asdict(rung)} for rung in both],
        "method": METHOD,
        **how.facts,
    }
