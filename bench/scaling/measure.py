"""``gvk scaling``: replicas and workers, each proved, then timed in turns with one alone."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from bench.errors import UserError
from bench.host.device import gpus
from bench.host.progress import Say
from bench.records.reading import Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.scale.parts import parts
from bench.scaling.points import EXCHANGE, MOST_MISSED, REPLICAS, TASK, WORKERS, Arm, one
from bench.scaling.proof import not_proved
from bench.scaling.stand import Job, Looked, ScalingStand
from bench.scaling.summary import summary, widest
from bench.scaling.words import scaling_lines
from bench.specs import Config, default_config
from bench.timing.blocks import Stop
from bench.timing.plan import MeasuringPlan
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.slices import Pace
from bench.timing.turns import WorkerFailed

BUDGET_SECONDS = {"quick": 60.0, "full": 900.0}
TARGET_WIDTH = 0.03
LEAST_BLOCKS = 6


@dataclass(frozen=True)
class ScalingPlan(MeasuringPlan):
    """How a scaling is measured.

    Attributes:
        margin: how far the model may lie from a measured step.
        replicas, workers: how many; one alone is always measured.
        order: in which replicas sum.
        batch_size: of all together; None for the workshop's.
        project: numbers that are projected.
        latency_us, bandwidth_gb: of another network, in microseconds and GB/s; None for this one's.
    """

    margin: float = MOST_MISSED
    replicas: tuple[int, ...] = ()
    workers: tuple[int, ...] = ()
    order: str = "in-turn"
    batch_size: int | None = None
    project: tuple[int, ...] = ()
    latency_us: float | None = None
    bandwidth_gb: float | None = None

    def measurement(self) -> Measurement:
        """Return how to measure the stand of a model."""
        budget = self.time_budget or BUDGET_SECONDS[self.precision]
        width = TARGET_WIDTH if self.target_width is None else self.target_width
        stop = Stop(target_width=width, budget_seconds=budget, whatever_it_takes=LEAST_BLOCKS)
        return self.measuring(stop)

    @property
    def network(self) -> dict[str, float]:
        """The parameters of the network that was given, in seconds."""
        given = {}
        if self.latency_us is not None:
            given["latency"] = 1e-6 * self.latency_us
        if self.bandwidth_gb is not None:
            given["per_byte"] = 1e-9 / self.bandwidth_gb
        return given

    def config(self, model: str) -> Config:
        """Return the dials of a model."""
        return default_config(model, seed=self.seed, epochs=1, batch_size=self.batch_size)


def run(store: Store, models: Sequence[str], plan: ScalingPlan, say: Say) -> int:
    """Measure each model; return 0, 1 if one does not train as one, 3 if it is in doubt.

    In doubt is what a control failed beside, and a kind whose model projects nothing.
    """
    codes = [measure(store, model, plan, say) for model in models]
    store.finish()
    return next((code for code in (1, 3) if code in codes), 0)


def measure(store: Store, model: str, plan: ScalingPlan, say: Say) -> int:
    """Prove a model's replicas and workers, time them, and say what came out; return 0, 1 or 3."""
    job = job_of(plan, model)
    stand = ScalingStand(job)
    try:
        record = timed(store, {"model": model, "task": TASK}, stand, plan)
    except WorkerFailed as error:
        raise UserError(f"a process of gvk scaling failed: {error}: ask for fewer") from error
    finally:
        stand.close()
    for line in scaling_lines(record):
        say(line)
    if not record["points"]:
        return 1
    asked = {kind for kind, n in ((REPLICAS, job.replicas), (WORKERS, job.workers)) if n}
    known = {kind for kind, law in record["laws"].items() if law["holds"]}
    return 0 if record["control"]["holds"] and asked and asked <= known else 3


def job_of(plan: ScalingPlan, model: str) -> Job:
    """Return what is measured: replicas on GPUs where there is one for each, else on CPUs.

    Raises:
        UserError: a batch has too few samples for so many.
    """
    config = plan.config(model)
    half = config.batch_size // 2  # of the proof and of a place on the line of computation
    for n in (*plan.replicas, *plan.workers):
        if any(0 in parts(size, n) for size in (config.batch_size, config.batch_size - half, half)):
            raise UserError(
                f"a batch of {config.batch_size}, or half of it, has no sample for each of {n}: "
                "give fewer, or a larger --batch-size"
            )
    replicas = _several(plan.replicas)
    on_gpu = bool(replicas) and len(gpus()) >= max(replicas)
    workers = () if on_gpu else _several(plan.workers)
    return Job(config, replicas, workers, plan.order, plan.dataset, plan.limit, on_gpu)


def _several(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted({n for n in numbers if n > 1}))


def timed(store: Store, head: Record, stand: ScalingStand, plan: ScalingPlan) -> Record:
    """Look at the stand, time it, and return the summary, stored; without points if not equal."""
    if earlier := store.earlier("scaling", **head):
        return earlier[-1]
    how = plan.measurement()
    parted = not_proved(store, head, stand.job)
    facts = store.once("stand", head, partial(stand_facts, stand, how, plan, parted))
    if not facts["arms"]:
        return store.append("scaling", **head | summary(facts, []))
    seconds = {arm["arm"]: arm["step_seconds"] for arm in facts["arms"]}
    stand.pace = Pace(seconds, facts["rounds"], facts["order_seed"])
    blocks, stopped = take_blocks(store, head, stand, how, partial(widest, facts))
    return store.append("scaling", **head | summary(facts, blocks), stopped=stopped)


def stand_facts(
    stand: ScalingStand, how: Measurement, plan: ScalingPlan, parted: Sequence[int]
) -> Record:
    """Return everything besides the blocks that the summary is made of, from a first look.

    There is no arm where something is not equal: replicas that parted in exact mode, or a number
    that does not train as one.
    """
    job, looked = stand.job, Looked({}, [], {}) if parted else how.look(stand.look)
    arms = [_arm(arm, looked) for arm in job.arms] if looked.step_seconds else []
    return {
        "config": job.config.to_dict(),
        "parted": list(parted),
        "proofs": looked.proofs,
        "arms": arms,
        "reference": one(job.config.batch_size).name,
        "method": METHOD,
        "rounds": how.rounds(Pace(looked.step_seconds, 2, 0).round_seconds) if arms else 2,
        "cores": len(gpus()) if job.on_gpu else cores(),
        "on": "gpu" if job.on_gpu else "cpu",
        "gpus": len(gpus()),
        "order": job.order,
        "gradients": looked.gradients,
        "left_out": left_out(job, plan),
        "project": list(plan.project),
        "network": plan.network,
        **how.facts,
    }


def _arm(arm: Arm, looked: Looked) -> Record:
    """Return what a record says of an arm."""
    size = max(arm.times * looked.gradients["bytes"], 4 * looked.gradients["tensors"])
    return {
        "arm": arm.name,
        "impl": "raw",
        "engine": arm.kind,
        **asdict(arm),
        "bytes": size if arm.part == EXCHANGE else 0,
        "step_seconds": looked.step_seconds[arm.name],
        "steps": 1,
        "samples": arm.batch_size or None,
    }


def left_out(job: Job, plan: ScalingPlan) -> dict[str, str]:
    """Return what is not measured, and why."""
    found, why = len(gpus()), {}
    if not job.on_gpu:
        most = max(job.replicas, default=1)
        why["GPUs"] = f"{found or 'none'} of {most} are here"
    if job.on_gpu and _several(plan.workers):
        why["workers"] = "each would need GPUs of its own"
    return why


def cores() -> int:
    """Return how many cores this process may run on."""
    own: Any = getattr(os, "sched_getaffinity", None)
    return len(own(0)) if own else os.cpu_count() or 1
