"""``gvk floor``: each engine proved, then timed beside the products of its own step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bench.data.for_model import dataset_for
from bench.floor.arms import ALL, ENGINE_ARMS, REFERENCE
from bench.floor.stand import FloorStand, paced
from bench.floor.summary import summary, widest
from bench.floor.words import floor_lines
from bench.host.fresh_process import fresh_process
from bench.host.progress import Say
from bench.proof.lockstep import Parity, check_engines
from bench.proof.proving import proofs
from bench.records.reading import AGAIN, Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.specs import Config, default_config
from bench.timing.blocks import Stop
from bench.timing.plan import MeasuringPlan
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.samples import ModelData

TASK = "floor"
BUDGET_SECONDS = {"quick": 60.0, "full": 600.0}
TARGET_WIDTH = 0.03
PROOF_STEPS = 2


@dataclass(frozen=True)
class FloorPlan(MeasuringPlan):
    """How a floor is measured: its target width is of the shares."""

    def measurement(self) -> Measurement:
        """Return how to measure the stand of a model."""
        budget = self.time_budget or BUDGET_SECONDS[self.precision]
        width = TARGET_WIDTH if self.target_width is None else self.target_width
        return self.measuring(Stop(target_width=width, budget_seconds=budget, whatever_it_takes=6))


def run(store: Store, models: Sequence[str], plan: FloorPlan, say: Say) -> int:
    """Measure each model; return 0, 1 if an engine is not equal, or 3 if a control failed."""
    codes = [measure(store, model, plan, say) for model in models]
    store.finish()
    return next((code for code in (1, 3) if code in codes), 0)


def measure(store: Store, model: str, plan: FloorPlan, say: Say) -> int:
    """Prove the engines of a model, time them beside their products; return 0, 1 or 3."""
    config = default_config(model, seed=plan.seed, epochs=1)
    for proof in proved(store, config, plan):
        if not proof.holds:
            say(f"floor      {model} raw {proof.config.engine}: DIFF, {proof.first_difference}")
            return 1
    record = timed(store, config, plan)
    for line in floor_lines(record):
        say(line)
    return 0 if record["control"]["holds"] else 3


def proved(store: Store, config: Config, plan: FloorPlan) -> list[Parity]:
    """Return a proof of each raw engine that is timed; of one under XLA in float64.

    That has a process of its own: in one that asked for op determinism, XLA refuses a ConvNet.
    """
    walk = partial(_walk, dataset=plan.dataset, limit=plan.limit)
    found = []
    for xla, dtype in ((False, config.dtype), (True, "float64")):
        own = config.but(xla=xla, dtype=dtype)
        engines = [name for impl, name, by in ENGINE_ARMS.values() if impl == "raw" and by is xla]
        with fresh_process() as exact:
            found += [proof for _, proof in proofs(store, exact, own, engines, walk)]
    return found


def _walk(config: Config, engines: Sequence[str], dataset: str, limit: int | None) -> list[Parity]:
    data = dataset_for(config.spec, dataset, limit).limit(PROOF_STEPS * config.batch_size)
    return list(check_engines(config, engines, data, PROOF_STEPS))


def timed(store: Store, config: Config, plan: FloorPlan) -> Record:
    """Time a model's stand; return the summary, stored."""
    head = {"model": config.model, "task": TASK}
    if earlier := store.earlier("floor", **head):
        return earlier[-1]
    how = plan.measurement()
    stand = FloorStand(config, ModelData(config, plan.dataset, plan.limit))
    facts = store.once("stand", head, partial(stand_facts, stand, how))
    stand.libraries = [product["library"] for product in facts["products"]]
    stand.way = facts["way"]
    seconds = {arm["arm"]: arm["step_seconds"] for arm in facts["arms"]}
    stand.pace = paced(seconds, facts["rounds"], facts["order_seed"])
    blocks, stopped = take_blocks(store, head, stand, how, partial(widest, facts))
    return store.append("floor", **head | summary(facts, blocks), stopped=stopped)


def stand_facts(stand: FloorStand, how: Measurement) -> Record:
    """Return everything besides the blocks that the summary is made of, from a first look."""
    looked = how.look(stand.look)
    round_seconds = paced(looked.step_seconds, 2, 0).round_seconds
    return {
        "config": stand.config.to_dict(),
        "products": looked.products,
        "ways": looked.ways,
        "way": min(looked.ways, key=looked.ways.__getitem__),
        "arms": [_arm(arm, looked.step_seconds[arm], stand.config.batch_size) for arm in ALL],
        "reference": REFERENCE,
        "method": METHOD,
        "rounds": how.rounds(round_seconds),
        **how.facts,
    }


def _arm(arm: str, step_seconds: float, batch_size: int) -> Record:
    """Return what a record says of an arm: what is timed is a step, whoever takes it."""
    impl, engine, _ = ENGINE_ARMS.get(arm.removesuffix(AGAIN), ("", "", False))
    facts = {"arm": arm, "impl": impl, "engine": engine, "step_seconds": step_seconds}
    return facts | {"steps": 1, "samples": batch_size}
