"""``gvk growth``: each point proved, its memory looked at, then timed beside ``fit``.

Proof runs in exact mode, in a process of its own; time is taken in this one.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.anatomy.flops import step_flops
from bench.data.epoch_order import steps_per_epoch
from bench.data.for_model import dataset_for
from bench.growth import summary as summaries
from bench.growth.memory import peaks, too_much
from bench.growth.points import (
    AXES,
    FIT,
    SEEDS,
    TASK,
    THRESHOLD,
    TIMED,
    TOGETHER,
    WITH_MEMORY,
    Point,
    points_of,
)
from bench.growth.stand import Engines, GrowthStand, arms_at
from bench.growth.words import growth_lines
from bench.host.built_here import BuiltHere
from bench.host.fresh_process import fresh_process
from bench.host.progress import Say, progress
from bench.law.proof import prove_point
from bench.proof.lockstep import CheckedPair, Parity
from bench.proof.seeds_together import Together, check_seeds
from bench.records.reading import Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.specs import Config, default_config
from bench.timing.blocks import Stop
from bench.timing.held import LEAST_CALLS
from bench.timing.model_stand import keras_arm, raw_arm
from bench.timing.plan import MeasuringPlan
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.samples import ModelData
from bench.timing.throughput import proof_in_words

BUDGET_SECONDS = {"quick": 150.0, "full": 1200.0}
"""Of the timing of one model, shared out evenly over its points."""
LEAST_BLOCKS, ENOUGH_BLOCKS, TARGET_WIDTH = 4, 12, 0.03
SPARE = 2.0
"""How many times as long the first look and the warm-up take as the least of blocks."""
PROOF_STEPS = 2
HEAVY_FLOPS = 2e11
"""Of a step, from which on its memory is not looked at: seconds on a few cores."""


@dataclass(frozen=True)
class GrowthPlan(MeasuringPlan):
    """How growth is measured, along which axes; the margin is what ``fit`` may take more."""

    margin: float = THRESHOLD
    axes: tuple[str, ...] = AXES

    def measurement(self, points: int) -> Measurement:
        """Return how to measure one of so many points."""
        share = (self.time_budget or BUDGET_SECONDS[self.precision]) / max(1, points)
        stop = Stop(
            least=ENOUGH_BLOCKS,
            target_width=self.target_width or TARGET_WIDTH,
            budget_seconds=share,
            whatever_it_takes=LEAST_BLOCKS,
        )
        return self.measuring(stop, share)


def run(store: Store, models: Sequence[str], plan: GrowthPlan, say: Say) -> int:
    """Measure each model; return 0, 1 if a point is not equal, or 3 if a crossover stays open."""
    with fresh_process() as exact:
        found = [Growth(store, exact, model, plan, say).measure() for model in models]
    store.finish()
    if any(point.get("unequal") for growth in found for point in growth["points"]):
        return 1
    crossovers = [c for growth in found for arms in growth["crossovers"].values() for c in
                  arms.values()]  # fmt: skip
    return 3 if any(c["word"] == summaries.OPEN for c in crossovers) or not crossovers else 0


class Growth:
    """The measuring of one model; what an earlier sitting has stored is taken as it is."""

    def __init__(
        self, store: Store, exact: ProcessPoolExecutor, model: str, plan: GrowthPlan, say: Say
    ) -> None:
        self.store, self.exact, self.plan, self.say = store, exact, plan, say
        self.config = default_config(model, seed=plan.seed, epochs=1)
        self.points, self.reasons = points_of(self.config.spec, plan.axes)
        self.how = plan.measurement(len(self.points))
        self.data = ModelData(self.config, plan.dataset, plan.limit)
        self.engines: Engines = BuiltHere()
        self.proofs: dict[Config, list[Parity]] = {}
        self.stands: list[Record] = []
        self.blocks: list[Record] = []
        self.last: dict[str, tuple[Point, float]] = {}

    def measure(self) -> Record:
        """Return the growth of the model, stored; say what it is."""
        head = {"model": self.config.model, "task": TASK}
        record = self.store.once("growth", head, self.sweep)
        for line in growth_lines(record):
            self.say(line)
        return record

    def sweep(self) -> Record:
        """Look at the memory of every axis, then prove and time every point."""
        memory = self.memory()
        for point in self.points:
            self.point(point, memory.get(point.name, {}))
        if not self.stands:
            why = "; ".join(f"{axis}: {reason}" for axis, reason in self.reasons.items())
            self.stands.append(self._stand(self.head(self.plan.axes[0]), {
                "axis": self.plan.axes[0], "value": 0, "samples": 0, "arms": [],
                "not_measured": why}))  # fmt: skip
        return {**summaries.summary(self.stands, self.blocks), "left_out": self.reasons}

    def memory(self) -> dict[str, dict[str, float]]:
        """Return the memory of each arm by point, in MiB."""
        found: dict[str, dict[str, float]] = {}
        for axis in dict.fromkeys(point.axis for point in self.points):
            points = [p for p in self.points if p.axis == axis and self._can_be_weighed(p)]
            head = {"model": self.config.model, "task": TASK, "axis": axis}
            record = self.store.once("memory", head, partial(self._peaks, axis, points))
            for arm, mib in record["mib"].items():
                for name, each in zip(record["points"], mib, strict=True):
                    found.setdefault(name, {})[arm] = each
        return found

    def _peaks(self, axis: str, points: Sequence[Point]) -> Record:
        arms = (TOGETHER,) if axis == SEEDS else [a for a in WITH_MEMORY if a != TOGETHER]
        mib: dict[str, list[float]] = {}
        with progress(f"weigh {self.config.model} {axis}, arms", len(arms)) as advance:
            for arm in arms:
                mib[arm] = peaks(self.config, arm, points)
                advance()
        return {"points": [point.name for point in points], "mib": mib}

    def point(self, point: Point, memory: dict[str, float]) -> None:
        """Prove a point, then time it, unless it takes more memory or time than there is."""
        head, config = self.head(point.name), point.config(self.config)
        about: Record = {
            "axis": point.axis, "value": point.value, "samples": point.samples,
            "config": config.to_dict(), "memory_mib": memory, "threshold": self.plan.margin,
        }  # fmt: skip
        stored = self.store.earlier("stand", **head)
        why = "" if stored else self._too_much(point) or self._too_long(point)
        if stored and not stored[-1]["arms"]:
            why = stored[-1]["not_measured"]
        elif not why:
            proved, why = self.proved(point, config)
            about |= {"unequal": True} if why else {}
        if why:
            self.say(f"growth {self.config.model} {point.name}: {why}")
            stand = {**about, "arms": [], "not_measured": why}
            self.stands.append(self._stand(head, stand))
            return
        stand_of = GrowthStand(point, arms_at(point, config, proved), self.data, self.engines)
        record = self._stand(head, about | {"tiled": self._tiled(point)}, stand_of)
        found = {arm["arm"]: arm["step_seconds"] for arm in record["arms"]}
        stand_of.resize(found, record["rounds"], record["order_seed"])
        width = partial(_width, record)
        blocks, _ = take_blocks(self.store, head, stand_of, self.how, width)
        self.stands.append(record)
        self.blocks += [head | block for block in blocks]
        self.last[point.axis] = point, max(found.values())

    def proved(self, point: Point, config: Config) -> tuple[dict[str, str], str]:
        """Return what allows each arm to be timed, and where one is not equal, at which tensor."""
        data = (self.plan.dataset, self.plan.limit)
        walks = (("fit", TIMED),)
        if config not in self.proofs:  # the same for all sizes of the data
            found = prove_point(self.store, self.exact, config, *data, walks)
            self.proofs[config] = found
        proofs = self.proofs[config]
        if parted := [proof for proof in proofs if not proof.holds]:
            return {}, f"not measured: not proved equal, {parted[0].first_difference}"
        pairs = [CheckedPair(proof) for proof in proofs]
        arms = [*map(raw_arm, pairs), keras_arm(pairs[0])]
        proved = {arm.name: proof_in_words(arm.pair) for arm in arms}
        if point.axis != SEEDS:
            return proved, ""
        together: Together = self.exact.submit(_together, config, point.seeds, *data).result()
        if together.parted:
            return {}, f"not measured: seeds together part at {together.parted[0]}"
        proved[TOGETHER] = f"{together.criterion} over {together.steps} steps"
        return proved, ""

    def head(self, point: str) -> Record:
        """Return what a record is about."""
        return {"model": self.config.model, "task": TASK, "point": point}

    def _stand(self, head: Record, about: Record, stand: GrowthStand | None = None) -> Record:
        """Return the record of a stand, sized now or by an earlier sitting."""

        def make() -> Record:
            if stand is None:
                return about
            stand.resize(self.how.look(stand.look), rounds=2, seed=self.how.order_seed)
            rounds = self.how.rounds(stand.pace.round_seconds)
            return {**about, **self.how.facts, **_facts(stand), "rounds": rounds}

        return self.store.once("stand", head, make)

    def _tiled(self, point: Point) -> float:
        """Return how many times the data is repeated for a point; 1 or less where it is not."""
        return round(point.samples / len(self.data.train.x), 2)

    def _can_be_weighed(self, point: Point) -> bool:
        """Return whether a few steps of a point take seconds at the most, and its data has room."""
        at = point.config(self.config)
        return not self._too_much(point) and point.seeds * step_flops(at) <= HEAVY_FLOPS

    def _too_much(self, point: Point) -> str:
        return too_much(point.config(self.config), point.samples)

    def _too_long(self, point: Point) -> str:
        """Return why a point is left out whose slowest step, by the last one, is over its share.

        Or whose epoch is too short to be held between two steps.
        """
        steps = steps_per_epoch(point.config(self.config), point.samples)
        if steps < LEAST_CALLS:
            return f"not measured: an epoch has {steps} steps, a slice needs {LEAST_CALLS}"
        if point.axis not in self.last:
            return ""
        last, seconds = self.last[point.axis]
        times = point.value / last.value
        expected = seconds * {"data": 1.0, "width": times**2}.get(point.axis, times)
        least = LEAST_BLOCKS * 2 * SPARE * expected
        if least <= self.how.max_segment_seconds:
            return ""
        return f"not measured: a step takes about {expected:.2g} s, over the budget"


def _facts(stand: GrowthStand) -> dict[str, Any]:
    """Return everything besides the blocks that the summary is made of."""
    return {
        "arms": [
            {
                "arm": arm.name,
                "impl": arm.name.split()[0],
                "engine": arm.name.split(" ", 1)[1],
                "samples": arm.seeds * stand.point.samples,
                "steps": steps_per_epoch(arm.config, stand.point.samples),
                "step_seconds": arm.step_seconds,
                "proved": arm.proved,
            }
            for arm in stand.members
        ],
        "reference": FIT,
        "method": METHOD,
    }


def _together(config: Config, seeds: int, dataset: str, limit: int | None) -> Together:
    data = dataset_for(config.spec, dataset, limit)
    few = min(len(data.train), PROOF_STEPS * config.batch_size)
    return check_seeds(config, seeds, data.limit(few), PROOF_STEPS)


def _width(stand: Record, blocks: Sequence[Record]) -> float:
    """Return how wide the widest interval of a ratio to ``fit`` is."""
    names = [arm["arm"] for arm in stand["arms"] if arm["arm"] != FIT]
    return max(summaries.ratio_to(stand, blocks, FIT, name).width for name in names)
