"""What is timed for a scaling: all numbers of replicas and workers, in turns."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from bench.host.built_here import BuiltHere
from bench.records.reading import Record
from bench.scale.parts import parts, two_programs
from bench.scaling.points import KINDS, WHOLE, Arm, Crew, arms_of, one
from bench.scaling.team import Team, TeamRunner, TeamSlices, started
from bench.specs import Config
from bench.timing.slices import Pace, step_seconds


@dataclass(frozen=True)
class Job:
    """What is measured, in plain values.

    Attributes:
        config: of the model; its batch is that of all together.
        replicas, workers: how many, each above 1.
        order: in which replicas sum.
        dataset, limit: as ``bench.data.for_model.dataset_for`` takes them.
        on_gpu: whether each replica has a GPU.
    """

    config: Config
    replicas: Sequence[int]
    workers: Sequence[int]
    order: str = "in-turn"
    dataset: str = "auto"
    limit: int | None = None
    on_gpu: bool = False

    @property
    def arms(self) -> list[Arm]:
        """Everything that is timed."""
        counts = dict(zip(KINDS, (self.replicas, self.workers), strict=True))
        return arms_of(counts, self.config.batch_size)

    def start(self, arm: Arm) -> Team:
        """Start the processes of an arm."""
        arguments = {
            "config": self.config.to_dict(),
            "dataset": self.dataset,
            "limit": self.limit,
            "order": self.order,
        }
        return started(arguments, arm, self.on_gpu)


class Looked(NamedTuple):
    """What a first look finds.

    Attributes:
        step_seconds: about what a step of each arm takes.
        proofs: of each number of each kind, how far it ends from one.
        gradients: how many tensors they are, and how many bytes.
    """

    step_seconds: dict[str, float]
    proofs: list[Record]
    gradients: Record


@dataclass
class ScalingStand:
    """The arms of a scaling: a stand of ``bench.timing.blocks``.

    Attributes:
        job: what is measured.
        pace: how long slices are.
    """

    job: Job
    pace: Pace = field(default_factory=lambda: Pace({}, 2, 0))
    _teams: BuiltHere[Crew, Team] = field(default_factory=BuiltHere)
    _opened: BuiltHere[str, Team] = field(default_factory=BuiltHere)

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return [arm.name for arm in self.job.arms]

    def open(self) -> TeamSlices:
        """Start every process, build every arm, and let each take its first steps."""
        slices = TeamSlices({arm.name: self._open(arm) for arm in self.job.arms}, self.pace)
        slices.warm_up()
        return slices

    def look(self) -> Looked:
        """Return whether all train as one does, and then about what a step of each arm takes."""
        proofs = self._proofs()
        sizes = self._team(one(self.job.config.batch_size)).ask_first("sizes")
        if not all(proof["holds"] for proof in proofs):
            return Looked({}, proofs, sizes)
        runners = {arm.name: TeamRunner(self._open(arm), arm.name) for arm in self.job.arms}
        seconds = {arm: step_seconds(runner) for arm, runner in runners.items()}
        return Looked(seconds, proofs, sizes)

    def close(self) -> None:
        """End every process that is there."""
        for team in self._teams.values():
            team.close()

    def _team(self, arm: Arm) -> Team:
        return self._teams.once(arm.crew, lambda: self.job.start(arm))

    def _open(self, arm: Arm) -> Team:
        """Return the team of an arm, which has built it."""

        def build() -> Team:
            what = {key: asdict(arm)[key] for key in ("part", "batch_size", "times")}
            self._team(arm).call("open", name=arm.name, **what)
            return self._team(arm)

        return self._opened.once(arm.name, build)

    def _proofs(self) -> list[Record]:
        """Return of each number of each kind how far a few steps end from those of one.

        In the very processes that are timed then, by the engines that are.
        """
        alone = self._team(one(self.job.config.batch_size))
        alone.call("train", arm=WHOLE)
        first = {arm.crew: arm for arm in self.job.arms if arm.part == WHOLE and arm.n > 1}
        return [self._proof(alone, arm) for arm in first.values()]

    def _proof(self, alone: Team, arm: Arm) -> Record:
        team = self._team(arm)
        team.call("train", arm=WHOLE)
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "ended.npz")
            team.ask_first("save", arm=WHOLE, path=path)
            found = alone.ask_first("compared", arm=WHOLE, path=path)
        size = self.job.config.batch_size
        cut = [parts(each, arm.n) for each in (size, size - size // 2)]
        why = two_programs(self.job.config, cut, keras=False)
        holds = found["within_noise"] or bool(why)
        return {"crew": arm.kind, "n": arm.n, **found, "why": list(why), "holds": holds}
