"""``gvk law``: each point proved, then timed, then a line through all of them for each engine.

Proof runs in exact mode, in a process of its own; time is taken in this one.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from statistics import fmean
from typing import Any

from bench.anatomy.flops import step_flops
from bench.host.fresh_process import fresh_process
from bench.host.progress import Say
from bench.law import fit as law_fit
from bench.law.points import (
    KERAS,
    MATRIX,
    OPEN,
    RAW,
    SHORT,
    TASK,
    THRESHOLD,
    TIMED,
    Point,
    points_of,
)
from bench.law.proof import config_at, pairs_of, prove_point
from bench.law.stand import MatrixStand, PointStand
from bench.law.words import law_lines
from bench.proof.lockstep import CheckedPair
from bench.records.reading import Record
from bench.records.writing import Store
from bench.specs import default_config
from bench.timing.blocks import Stop
from bench.timing.model_stand import Arm, keras_arm, raw_arm
from bench.timing.plan import MeasuringPlan
from bench.timing.resumable import Measurement, take_blocks
from bench.timing.samples import ModelData
from bench.timing.throughput import proof_in_words

MATRIX_SIZE = 2048
"""Of what is taken for the machine's best: a fraction of a second."""
BUDGET_SECONDS = {"quick": 150.0, "full": 1200.0}
"""Of the timing of one model, shared out evenly over its points."""
LEAST_BLOCKS = 3
ENOUGH_BLOCKS = 6
TARGET_WIDTH = 0.03
LEAST_STEPS = 3
"""Of a long run, for a point to be worth its time."""
SPARE = 1.5
"""Of a point's share, what opening its engines and the short runs take."""


@dataclass(frozen=True)
class LawPlan(MeasuringPlan):
    """How a law is measured: its target width is of the ratio of ``fit`` to ``step``.

    The margin is what Keras may cost beyond the raw code at the crossover.
    """

    margin: float = THRESHOLD

    def share(self, points: int) -> float:
        """Return the seconds that a point may take."""
        return (self.time_budget or BUDGET_SECONDS[self.precision]) / points

    def measurement(self, points: int) -> Measurement:
        """Return how to measure one of so many points."""
        preset, share = self.preset, self.share(points)
        stop = Stop(
            least=ENOUGH_BLOCKS,
            target_width=self.target_width or TARGET_WIDTH,
            budget_seconds=share,
            whatever_it_takes=LEAST_BLOCKS,
        )
        segments = 2 * len(TIMED) * LEAST_BLOCKS
        return self.measuring(stop, min(share / segments / SPARE, preset.max_segment_seconds))


def run(store: Store, models: Sequence[str], plan: LawPlan, say: Say) -> int:
    """Measure each model; return 0, 1 if a point is not equal, or 3 if a crossover stays open."""
    with fresh_process() as exact:
        laws = [Law(store, exact, model, plan, say).measure() for model in models]
    store.finish()
    if any(point.get("unequal") for law in laws for point in law["points"]):
        return 1
    return 3 if any(law["crossover"]["word"] == OPEN for law in laws) else 0


class Law:
    """The measuring of one model; what an earlier sitting has stored is taken as it is."""

    def __init__(
        self, store: Store, exact: ProcessPoolExecutor, model: str, plan: LawPlan, say: Say
    ) -> None:
        self.store, self.exact, self.plan, self.say = store, exact, plan, say
        self.config = default_config(model, seed=plan.seed, epochs=1)
        self.points = points_of(self.config.spec)
        self.how = plan.measurement(len(self.points) + 1)  # and the matrix product
        self.data = ModelData(self.config, plan.dataset, plan.limit)
        self.stands: list[Record] = []
        self.blocks: list[Record] = []

    def measure(self) -> Record:
        """Return the law of the model, stored; say what it is."""
        head = {"model": self.config.model, "task": TASK}
        record = self.store.once("law", head, self.sweep)
        for line in law_lines(record):
            self.say(line)
        return record

    def sweep(self) -> Record:
        """Time every point that is proved and affordable; return the law."""
        self.matrix()
        for point in self.points:
            self.point(point)
        return law_fit.summary(self.stands, self.blocks)

    @property
    def facts(self) -> Record:
        """What the record of a stand says of how it is measured, and of what is judged by it."""
        return {**self.how.facts, "threshold": self.plan.margin}

    def matrix(self) -> None:
        """Time the machine's large matrix product."""
        head, stand = self.head(MATRIX), MatrixStand(MATRIX_SIZE)
        arms = [{"arm": MATRIX, "impl": "raw", "engine": MATRIX, "steps": 1}]
        about = {"arms": arms, "size": stand.size, "flops": stand.flops, **self.facts}
        record = self.store.once("stand", head, lambda: about)
        self.take(head, record, stand, lambda blocks: float("inf"))

    def point(self, point: Point) -> None:
        """Prove a point, then time it, unless it costs more than the budget affords."""
        head, config = self.head(point.name), config_at(self.config, point)
        about = {**asdict(point), "config": config.to_dict(), "flops": step_flops(config)}
        seconds = self.expected_seconds(about["flops"])
        if seconds > self.affordable_seconds():
            why = f"not measured: a step takes about {seconds:.2g} s, over the budget"
            self.left_out(head, about, why)
            return
        proofs = prove_point(self.store, self.exact, config, self.plan.dataset, self.plan.limit)
        if parted := [proof for proof in proofs if not proof.holds]:
            why = f"not measured: not proved equal, {parted[0].first_difference}"
            self.left_out(head, about | {"unequal": True}, why)
            return
        stand = PointStand(arms_of(pairs_of(proofs)), self.data)
        record = self.sized(head, about, stand)
        self.take(head, record, stand, partial(_width, record))

    def expected_seconds(self, flops: int) -> float:
        """Return about what a step of the slowest engine takes, from the last point that was timed.

        At most, that is: its fixed cost is taken to grow with the arithmetic too.
        """
        for stand in reversed(self.stands):
            own = [block for block in self.blocks if block["point"] == stand["point"]]
            if stand["point"] != MATRIX and own and stand["flops"] <= flops:
                steps = law_fit.step_seconds(stand, own)
                return max(map(fmean, steps.values())) * flops / stand["flops"]
        return 0.0

    def affordable_seconds(self) -> float:
        """Return what a step may take, so that the least of blocks fits into a point's share."""
        segments = 2 * len(TIMED) * LEAST_BLOCKS
        return self.plan.share(len(self.points) + 1) / segments / LEAST_STEPS

    def sized(self, head: Record, about: Record, stand: PointStand) -> Record:
        """Size a stand, or take its sizes up from an earlier sitting; return its record."""

        def make() -> Record:
            steps = self.how.first_look(stand.size)
            arms = [arm for member in stand.members for arm in _both(member, steps[member.name])]
            return {**about, "arms": arms, **self.facts}

        record = self.store.once("stand", head, make)
        stand.steps = {arm["arm"]: arm["steps"] for arm in record["arms"] if arm["steps"] > 1}
        return record

    def take(self, head: Record, record: Record, stand: Any, width: Callable[..., float]) -> None:
        """Take the blocks of a stand, and keep both."""
        blocks, _ = take_blocks(self.store, head, stand, self._how(record), width)
        self.stands.append(record)
        self.blocks += [head | block for block in blocks]

    def _how(self, record: Record) -> Measurement:
        """Return how to measure a stand; the matrix product needs no more than the least blocks."""
        if record["point"] != MATRIX or self.plan.blocks:
            return self.how
        least = self.how.stop.least
        return replace(self.how, stop=replace(self.how.stop, most=least))

    def left_out(self, head: Record, about: Record, why: str) -> None:
        """Keep why a point is not timed."""
        self.say(f"law {self.config.model} {head['point']}: {why}")
        stand = {**about, "arms": [], "not_measured": why}
        self.stands.append(self.store.once("stand", head, lambda: stand))

    def head(self, point: str) -> Record:
        """Return what a record is about."""
        return {"model": self.config.model, "task": TASK, "point": point}


def arms_of(pairs: dict[str, CheckedPair]) -> list[Arm]:
    """Return an arm for each engine that is compared."""
    makers = {"raw": raw_arm, "keras": keras_arm}
    return [makers[impl](pairs[f"{impl} {engine}"]) for impl, engine in TIMED]


def _both(arm: Arm, steps: int) -> list[Record]:
    """Return what a record says of an engine's two arms."""
    shared = {"impl": arm.impl, "engine": arm.engine, "proved": proof_in_words(arm.pair)}
    short = arm.name + SHORT
    return [
        {"arm": arm.name, "steps": steps, "one_step": short, **shared},
        {"arm": short, "steps": 1, **shared},
    ]


def _width(stand: Record, blocks: Sequence[Record]) -> float:
    """Return how wide the interval of the ratio is whose crossover is looked for."""
    from bench.stats.intervals import ratio_of

    steps = law_fit.step_seconds(stand, blocks)
    return ratio_of(steps[KERAS], steps[RAW]).width
