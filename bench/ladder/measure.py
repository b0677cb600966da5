"""``gvk ladder``: every rung proved, then each timed beside the one below, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial

from bench.data.epoch_order import steps_per_epoch
from bench.host.fresh_process import in_fresh_process
from bench.host.progress import Say
from bench.ladder import summary as ladder_summary
from bench.ladder.lines import ladder_lines, proof_line
from bench.ladder.proof import prove_rungs
from bench.ladder.rungs import Pair, Rung, every_rung, pairs
from bench.ladder.stand import PairStand, Rungs, Sizes, sizes
from bench.records.reading import Record
from bench.records.writing import Store
from bench.specs import Config, default_config
from bench.timing import segments
from bench.timing.blocks import Block, Stop
from bench.timing.plan import MeasuringPlan
from bench.timing.resumable import Measurement, resumed, take_turns

BUDGET_SECONDS = {"quick": 180.0, "full": 1200.0}
TARGET_WIDTH = 0.005
"""Of a pair's ratio. A rung may be a percent of a step, and is to be told from nothing."""
LEAST_BLOCKS = 4
SEGMENTS = 4
"""In a block of two rungs."""


@dataclass(frozen=True)
class Enough(Stop):
    """When a pair has enough blocks: not before the least of them, whatever the budget."""

    def reason(self, blocks: Sequence[Block], width: Callable[[Sequence[Block]], float]) -> str:
        """Return why to stop after these blocks, in words; empty to go on."""
        return super().reason(blocks, width) if len(blocks) >= self.least else ""


class LadderPlan(MeasuringPlan):
    """How a ladder is climbed; its margin is of the difference between the sum and the whole."""

    def measurement(self, pairs: int) -> Measurement:
        """Return how to measure each of so many pairs."""
        each = (self.time_budget or BUDGET_SECONDS[self.precision]) / pairs
        width = TARGET_WIDTH if self.target_width is None else self.target_width
        stop = Enough(LEAST_BLOCKS, target_width=width, budget_seconds=each)
        # the least blocks are to fit into the budget
        affordable = max(segments.MIN_SEGMENT_SECONDS, each / (LEAST_BLOCKS * SEGMENTS))
        return self.measuring(stop, min(self.preset.max_segment_seconds, affordable))


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
    sure = record["agrees"] and record["resolved"] and record["control"]["holds"]
    return 0 if sure else 3


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
    how = plan.measurement(len(list(pairs())))
    size = sized(store, head, rungs, how)
    stands, runs = [], {}
    for number, pair in enumerate(pairs(size.start)):
        # an order of its own for each pair: none is to stand first more often in all of them
        own = replace(how, order_seed=how.order_seed + number)
        own_head, stand = {**head, "pair": pair.name}, PairStand(pair, rungs, size.of(pair))
        facts = partial(stand_facts, pair, config, stand.sizes, own)
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
    steps = steps_per_epoch(config, size.samples)
    both = (pair.lower, pair.upper)
    return {
        "role": pair.role,
        "lower": pair.lower.name,
        "upper": pair.upper.name,
        "words": pair.upper.words,
        "config": config.to_dict(),
        "samples": size.samples,
        "steps": steps,
        "whole_steps": steps_per_epoch(config, size.whole),
        "validation": size.validation,
        "arms": [_arm(rung, size, steps) for rung in both],
        **how.facts,
    }


def _arm(rung: Rung, size: Sizes, steps: int) -> Record:
    return {
        "arm": rung.name,
        "rung": asdict(rung),
        "samples": size.samples,
        "steps": steps,
        "epochs": size.epochs[rung.name],
    }
