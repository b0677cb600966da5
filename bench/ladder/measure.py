"""``gvk ladder``: every rung proved, then each timed beside the one below, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial

from bench.data.epoch_order import steps_per_epoch
from bench.host.fresh_process import in_fresh_process
from bench.ladder import summary as ladder_summary
from bench.ladder.lines import ladder_lines, proof_line
from bench.ladder.proof import prove
from bench.ladder.rungs import Pair, Rung, every_rung, pairs
from bench.ladder.stand import PairStand, Rungs, Sizes, sizes
from bench.records.writing import Store
from bench.specs import Config, default_config
from bench.stats.verdicts import DEFAULT_MARGIN
from bench.timing.blocks import Block, Stop
from bench.timing.model_stand import MIN_SEGMENT_SECONDS
from bench.timing.presets import PRECISIONS
from bench.timing.resumable import Measurement, resumed, take_turns
from bench.timing.summary import Record

BUDGET_SECONDS = {"quick": 180.0, "full": 1200.0}
TARGET_WIDTH = 0.005
"""Of a pair's ratio. A rung may be a percent of a step, and is to be told from nothing."""
LEAST_BLOCKS = 4
SEGMENTS = 4
"""In a block of two rungs."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Enough(Stop):
    """When a pair has enough blocks: not before the least of them, whatever the budget."""

    def reason(self, blocks: Sequence[Block], width: Callable[[Sequence[Block]], float]) -> str:
        """Return why to stop after these blocks, in words; empty to go on."""
        return super().reason(blocks, width) if len(blocks) >= self.least else ""


@dataclass(frozen=True)
class Plan:
    """How a ladder is climbed; None leaves it to the precision.

    Attributes:
        dataset, limit: what is trained on.
        precision: ``quick`` times all blocks in one process, ``full`` each in a fresh one.
        blocks: of each pair, whatever their interval.
        target_width: of the interval of a pair's ratio.
        time_budget: of all pairs of a model together, in seconds.
        margin: the difference between the sum and the whole that counts as none.
        seed: of weights, batches and the order of the segments.
    """

    dataset: str = "auto"
    limit: int | None = None
    precision: str = "quick"
    blocks: int | None = None
    target_width: float | None = None
    time_budget: float | None = None
    margin: float = DEFAULT_MARGIN
    seed: int = 0

    def measurement(self, pairs: int) -> Measurement:
        """Return how to measure each of so many pairs."""
        each = (self.time_budget or BUDGET_SECONDS[self.precision]) / pairs
        width = TARGET_WIDTH if self.target_width is None else self.target_width
        stop: Stop = Enough(LEAST_BLOCKS, target_width=width, budget_seconds=each)
        if self.blocks:
            stop = Stop(self.blocks, self.blocks, 0, float("inf"))
        # the least blocks are to fit into the budget
        affordable = max(MIN_SEGMENT_SECONDS, each / (LEAST_BLOCKS * SEGMENTS))
        longest = min(PRECISIONS[self.precision].max_segment_seconds, affordable)
        return Measurement(self.precision, stop, longest, self.seed, self.margin)


def run(store: Store, models: Sequence[str], plan: Plan, say: Say) -> int:
    """Climb the ladder of each model; return the worst of 0, 3 and 1."""
    codes = {measure(store, model, plan, say) for model in models}
    store.finish()
    return next((code for code in (1, 3) if code in codes), 0)


def measure(store: Store, model: str, plan: Plan, say: Say) -> int:
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
    record = timed(store, config, plan)
    for line in ladder_lines(record):
        say(line)
    sure = record["agrees"] and record["resolved"] and record["control"]["holds"]
    return 0 if sure else 3


def proved(store: Store, config: Config, plan: Plan) -> list[Record]:
    """Return the proof of each rung."""
    head = {"model": config.model, "task": "ladder"}
    found = store.found("rung-proof", **head)
    if len(found) == len(every_rung()) - 1:  # one is what the others are held against
        return found
    proofs = in_fresh_process(prove, config, plan.dataset, plan.limit)
    return [store.append("rung-proof", **head, **proof) for proof in proofs]


def timed(store: Store, config: Config, plan: Plan) -> Record:
    """Time every pair, a block of each in turn; return the summary."""
    head = {"model": config.model, "task": "ladder"}
    if found := store.found("ladder", **head):
        return found[-1]
    rungs = Rungs(config, plan.dataset, plan.limit)
    how = plan.measurement(len(list(pairs())))
    size = sized(store, head, rungs, how)
    every = list(pairs(size.start))
    stands, runs = [], {}
    for number, pair in enumerate(every):
        # an order of its own for each pair: none is to stand first more often in all of them
        own = replace(how, order_seed=how.order_seed + number)
        own_head = {**head, "pair": pair.name}
        own_size = size.of(pair)
        stands.append(stored(store, own_head, stand_facts(pair, config, own_size, own)))
        width = partial(ladder_summary.width, stands[-1])
        stand = PairStand(pair, rungs, own_size)
        runs[pair.name] = own_head, resumed(store, own_head, stand, own, width)
    take_turns(store, runs, f"ladder {config.model}")
    blocks = {name: [asdict(block) for block in run.blocks] for name, (_, run) in runs.items()}
    return store.append("ladder", **head, **_without(head, ladder_summary.summary(stands, blocks)))


def sized(store: Store, head: Record, rungs: Rungs, how: Measurement) -> Sizes:
    """Return the sizes of the segments, from a first look or from an earlier sitting."""
    if found := store.found("ladder-sizes", **head):
        return Sizes(*(found[-1][field.name] for field in fields(Sizes)))
    if how.precision == "full":
        size = in_fresh_process(sizes, rungs, how.max_segment_seconds)
    else:
        size = sizes(rungs, how.max_segment_seconds)
    store.append("ladder-sizes", **head, **asdict(size))
    return size


def stored(store: Store, head: Record, facts: Record) -> Record:
    """Return the record of a stand, stored now or by an earlier sitting."""
    found = store.found("stand", **head)
    return found[-1] if found else store.append("stand", **head, **facts)


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
        "order_seed": how.order_seed,
        "precision": how.precision,
        "margin": how.margin,
    }


def _arm(rung: Rung, size: Sizes, steps: int) -> Record:
    return {
        "arm": rung.name,
        "rung": asdict(rung),
        "samples": size.samples,
        "steps": steps,
        "epochs": size.epochs[rung.name],
    }


def _without(head: Record, record: Record) -> Record:
    return {key: value for key, value in record.items() if key not in head}
