"""``gvk tune``: one dial at a time beside the process as it comes, then those that helped together.

The full product would take hours; what helps alone is nearly always what helps together, and that
it does is measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bench.dials import summary as summaries
from bench.dials.dials import TUNED, Dial, Setting, every_dial, not_at_hand
from bench.dials.stand import Job, SettingStand, Workers, arms_of, look, setting_of
from bench.dials.summary import COMBINATION, CONTROL, DIAL
from bench.dials.words import effect_line, tune_lines
from bench.host.progress import Say
from bench.records.reading import Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.specs import default_config
from bench.timing.blocks import Stop
from bench.timing.plan import MeasuringPlan
from bench.timing.resumable import Measurement, take_blocks

BUDGET_SECONDS = {"quick": 120.0, "full": 1200.0}
"""Of the timing of a model, shared out over its settings; that blocks are long may add to it."""
TOGETHER = 2
"""Settings of several dials that are reckoned with."""
TARGET_WIDTH = 0.02
LEAST_BLOCKS, ENOUGH_BLOCKS = 4, 12
FACTS = ("onednn", "inter-op", "intra-op", "schedulable", "physical")


@dataclass(frozen=True)
class TunePlan(MeasuringPlan):
    """How dials are tried.

    Attributes:
        engines: that are timed; none for ``TUNED``.
        xla: whether XLA is one of the dials.
    """

    engines: tuple[str, ...] = ()
    xla: bool = True

    def measurement(self, settings: int) -> Measurement:
        """Return how to measure one of so many settings."""
        budget = self.time_budget or BUDGET_SECONDS[self.precision]
        width = TARGET_WIDTH if self.target_width is None else self.target_width
        stop = Stop(
            ENOUGH_BLOCKS,
            target_width=width,
            budget_seconds=budget / settings,
            whatever_it_takes=LEAST_BLOCKS,
        )
        return self.measuring(stop)


def run(store: Store, models: Sequence[str], plan: TunePlan, say: Say) -> int:
    """Tune each model; return 0, or 3 where of one nothing is known."""
    records = []
    for model in models:
        job = Job(default_config(model, seed=plan.seed), plan.dataset, plan.limit)
        records.append(tune(store, job, plan, say))
    store.finish()
    return 0 if all(map(summaries.known, records)) else 3


def tune(store: Store, job: Job, plan: TunePlan, say: Say) -> Record:
    """Try every dial of a model, then what helped together; return the summary, stored.

    What an earlier sitting has stored is taken as it is.
    """
    head = {"model": job.config.model, "task": "tune"}
    tuning = Tuning(store, head, Workers(job), plan, say)
    try:
        record = store.once("tune", head, tuning.sweep)
    finally:
        tuning.workers.close_all()
    for line in tune_lines(record):
        say(line)
    return record


class Tuning:
    """The trying of one model's dials."""

    def __init__(
        self, store: Store, head: Record, workers: Workers, plan: TunePlan, say: Say
    ) -> None:
        self.store, self.head, self.workers, self.say = store, head, workers, say
        self.plan, self.engines = plan, plan.engines or TUNED
        self.stands: list[Record] = []
        self.blocks: dict[str, list[Record]] = {}
        self.effects: list[Record] = []
        self.how = plan.measurement(1)

    def sweep(self) -> Record:
        """Time the control, each dial, and each combination of those that helped."""
        facts = self.store.once("tune-facts", self.head, self.facts)
        dials = [dial for dial in every_dial(facts) if self.plan.xla or not dial.xla]
        self.how = self.plan.measurement(len(dials) + 1 + TOGETHER)
        self.take(CONTROL, Setting(again=True), self.engines, facts)
        for dial in dials:
            self.dial(dial)
        for setting, engines in summaries.combinations(self.effects).items():
            self.take(COMBINATION, setting, engines)
        return summaries.summary(self.stands, self.blocks)

    def facts(self) -> Record:
        """Return what the process is as it comes, and that no allocator is at hand."""
        return {**self.workers.of(Setting()).call("facts"), "not_at_hand": not_at_hand()}

    def dial(self, dial: Dial) -> None:
        """Time one dial."""
        self.take(DIAL, Setting((dial,)), self.engines)

    def take(
        self, role: str, setting: Setting, engines: Sequence[str], facts: Record | None = None
    ) -> None:
        """Look at the engines in a setting, time them, and say what it is worth to each."""
        head = {**self.head, "pair": setting.name}
        make = partial(self.stand, role, setting, engines, facts or {})
        record = self.store.once("stand", head, make)
        blocks: list[Record] = []
        if record["arms"]:
            stand = SettingStand(record, self.workers, apart=self.how.precision == "full")
            width = partial(summaries.width, record)
            blocks, _ = take_blocks(self.store, head, stand, self.how, width)
        self.workers.close(setting_of(record))
        self.stands.append(record)
        self.blocks[setting.name] = blocks
        if role != CONTROL:
            self.told(record, blocks)

    def told(self, record: Record, blocks: Sequence[Record]) -> None:
        """Keep what a setting is worth, and say it."""
        control = self.stands[0]
        errors = summaries.control_errors(control, self.blocks[control["pair"]])
        for effect in summaries.effects_of(record, blocks, errors):
            self.effects.append(effect)
            self.say(effect_line(self.head["model"], effect))

    def stand(self, role: str, setting: Setting, engines: Sequence[str], facts: Record) -> Record:
        """Return everything of a setting besides its blocks that the summary is made of."""
        reference = self.engines[-1]
        seen, left_out = look(self.workers, setting, engines)
        also: Mapping[str, float] = {}
        if seen and reference not in seen:
            also = {reference: self.workers.ready(Setting(), reference)}
        record = {
            "role": role,
            "dials": setting.to_list(),
            "left_out": left_out,
            "proofs": {engine: each.proof for engine, each in seen.items()},
            "arms": arms_of(setting, seen, also, self.workers.job.config.batch_size),
            "reference_engine": reference,
            "config": self.workers.job.config.to_dict(),
            "method": METHOD,
            **self.how.facts,
        }
        stand = SettingStand({**record, "rounds": 2}, self.workers, apart=False)
        rounds = self.how.rounds(stand.pace.round_seconds) if record["arms"] else 2
        if facts:
            record["facts"] = {k: v for k, v in facts.items() if k in FACTS}
            record["not_at_hand"] = facts["not_at_hand"]
        return record | {"rounds": rounds}
