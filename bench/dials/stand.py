"""A setting beside the process as it comes: two workers, a look at both, a stand to be timed."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.dials.dials import Setting
from bench.host.built_here import BuiltHere
from bench.records.reading import Record
from bench.specs import ENGINES, Config
from bench.timing.slices import Pace
from bench.timing.turns import Turns, Worker, WorkerFailed

FACTORY = "bench.dials.worker:arms"
PATIENCE = 120.0
"""Seconds for an engine to be built, compiled and looked at; then its worker is ended."""
CLEARLY = 5.0
"""How many times as long as it comes a step has to take, at a first look, not to be timed."""


@dataclass(frozen=True)
class Job:
    """What is tuned, in plain values."""

    config: Config
    dataset: str = "auto"
    limit: int | None = None

    def start(self, setting: Setting) -> Worker:
        """Start the process of a setting."""
        arguments = {
            "config": self.config.to_dict(),
            "dataset": self.dataset,
            "limit": self.limit,
            "xla": setting.xla,
        }
        return Worker(FACTORY, arguments, setting.environment, setting.name)


@dataclass
class Workers:
    """The workers of a job by setting; where one has ended, the next one to ask starts another."""

    job: Job
    started: BuiltHere[Setting, Worker] = field(default_factory=BuiltHere)

    def of(self, setting: Setting) -> Worker:
        """Return the worker of a setting."""
        if setting in self.started and not self.started[setting].lives:
            self.started.pop(setting).end()
        return self.started.once(setting, lambda: self.job.start(setting))

    def ready(self, setting: Setting, engine: str) -> float:
        """Return about what a step of an engine takes, prepared now unless it was before.

        The steps that are compared come first: once it is timed nobody knows where it is.
        """
        worker = self.of(setting)
        if engine not in worker.ready:
            worker.call("train", timeout=PATIENCE, arm=engine)
            worker.prepare(engine, PATIENCE)
        return worker.ready[engine]

    def close(self, setting: Setting) -> None:
        """End the worker of a setting."""
        if setting in self.started:
            self.started.pop(setting).close()

    def close_all(self) -> None:
        """End every worker."""
        for setting in list(self.started):
            self.close(setting)


@dataclass(frozen=True)
class Look:
    """What a first look finds of an engine in both processes.

    Attributes:
        seconds, as_it_comes: about what a step takes in the setting, and without it.
        proof: how far the weights of a few steps lie apart.
    """

    seconds: float
    as_it_comes: float
    proof: Record


def look(
    workers: Workers, setting: Setting, engines: Sequence[str]
) -> tuple[dict[str, Look], dict[str, str]]:
    """Return what is found of each engine, and of those that are not timed why.

    An engine that fails, crashes or does not end in a setting is left out of it alone.
    """
    seen: dict[str, Look] = {}
    left_out: dict[str, str] = {}
    for engine in engines:
        if setting.xla and not takes_xla(engine):
            left_out[engine] = "takes no XLA"
            continue
        try:
            found = _look(workers, setting, engine)
        except WorkerFailed as error:
            left_out[engine] = str(error)
            continue
        if found.seconds > CLEARLY * found.as_it_comes:
            times = found.seconds / found.as_it_comes
            left_out[engine] = f"a step takes some {times:.0f} times as long, at a first look"
        else:
            seen[engine] = found
    return seen, left_out


def takes_xla(engine: str) -> bool:
    """Return whether XLA compiles an engine."""
    return ENGINES[engine].takes_xla or ENGINES[engine].fits


def _look(workers: Workers, setting: Setting, engine: str) -> Look:
    as_it_comes, seconds = (workers.ready(each, engine) for each in (Setting(), setting))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "ended.npz")
        workers.of(setting).call("save", arm=engine, path=path)
        proof = workers.of(Setting()).call("compared", arm=engine, path=path)
    return Look(seconds, as_it_comes, proof)


@dataclass
class SettingStand:
    """Engines in a setting, each beside the same as it comes: a stand of ``bench.timing.blocks``.

    Args:
        record: of the stand, with its arms.
        workers: where both processes are.
        apart: whether whoever opens it has it alone and closes both processes again.
    """

    record: Record
    workers: Workers
    apart: bool

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return [arm["arm"] for arm in self.record["arms"]]

    @property
    def pace(self) -> Pace:
        """How long slices are."""
        seconds = {arm["arm"]: arm["step_seconds"] for arm in self.record["arms"]}
        return Pace(seconds, self.record["rounds"], self.record["order_seed"])

    def open(self) -> Turns:
        """Have every arm prepared."""
        settings = {True: setting_of(self.record), False: Setting()}
        places = {}
        for arm in self.record["arms"]:
            setting = settings[arm["turned"]]
            self.workers.ready(setting, arm["engine"])
            places[arm["arm"]] = self.workers.of(setting), arm["engine"]
        owned = list(self.workers.started.values()) if self.apart else []
        return Turns(places, self.pace, owned)


def setting_of(record: Record) -> Setting:
    """Return the setting of a stand's record; without dials it is the control's."""
    return Setting.from_list(record["dials"]) if record["dials"] else Setting(again=True)


def arms_of(
    setting: Setting, seen: Mapping[str, Look], also: Mapping[str, float], batch_size: int
) -> list[Record]:
    """Return the records of the arms: each engine as it comes, and in the setting.

    Args:
        setting: what is turned.
        seen: of the engines that are timed in it.
        also: seconds a step of those that are timed as they come alone.
        batch_size: samples of a step.
    """
    plain = {engine: each.as_it_comes for engine, each in seen.items()} | dict(also)
    turned = {engine: each.seconds for engine, each in seen.items()}
    both: list[tuple[bool, str, dict[str, float]]] = [
        (False, Setting().name, plain),
        (True, setting.name, turned),
    ]
    return [
        {
            "arm": f"{engine}, {name}",
            "impl": ENGINES[engine].impl,
            "engine": engine,
            "turned": on,
            "reference": f"{engine}, {Setting().name}",
            "samples": batch_size,
            "steps": 1,
            "step_seconds": seconds,
        }
        for on, name, of in both
        for engine, seconds in of.items()
    ]
