"""Processes that do the same at the same time: workers that are joined, or one with replicas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.dials.dials import INTER, INTRA
from bench.host.device import HIDDEN
from bench.host.workers import VARIABLE
from bench.records.reading import Record
from bench.scale.local_workers import addresses, tf_config
from bench.scaling.points import WORKERS, Arm, crew_name
from bench.timing.slices import Pace, Slice, Slices, Timed
from bench.timing.turns import Worker, idling

FACTORY = "bench.scaling.member:member"
PATIENCE = 180.0
"""Seconds for an answer; then the processes are ended."""


class Team:
    """Processes that are asked together: what one does may wait for the others.

    Args:
        members: the processes; the first one is asked for what all of them have.
    """

    def __init__(self, members: Sequence[Worker]) -> None:
        self.members = tuple(members)

    def call(self, method: str, **arguments: Any) -> list[Any]:
        """Let every member do something; return what each returns.

        Raises:
            WorkerFailed: one of them did; all are ended then.
        """
        try:
            for each in self.members:
                each.send({"do": "call", "name": method, "with": arguments})
            return [each.receive(PATIENCE) for each in self.members]
        except BaseException:
            for each in self.members:
                each.end()
            raise

    def ask_first(self, method: str, **arguments: Any) -> Any:
        """Let the first member alone do something; return what it returns."""
        return self.members[0].call(method, timeout=PATIENCE, **arguments)

    def close(self) -> None:
        """End every member."""
        for each in self.members:
            each.close()


@dataclass(frozen=True)
class TeamRunner:
    """Walks an arm in all processes of a team; it takes as long as the slowest one does."""

    team: Team
    arm: str

    def take(self, steps: int) -> Slice:
        """Let all go on for so many steps."""
        each = self.team.call("take", name=self.arm, steps=steps)
        return Slice(max(seconds for seconds, _ in each), each[0][1])

    def close(self) -> None:
        """Hold nothing: the team has its own keeper."""


class TeamSlices(Slices):
    """The arms of some teams, open; they are closed with it.

    Args:
        teams: by arm; each of its processes waits for a line while it is another's turn.
        pace: how long slices are.
    """

    def __init__(self, teams: Mapping[str, Team], pace: Pace) -> None:
        super().__init__({arm: TeamRunner(team, arm) for arm, team in teams.items()}, pace)
        self.teams = list(dict.fromkeys(teams.values()))

    def time(self, block: int, order: Sequence[str]) -> Timed:
        """Time the rounds of a block, and what idle processes spend meanwhile."""
        members = [each for team in self.teams for each in team.members]
        for each in members:
            each.collect()
        idle = idling(members)
        return super().time(block, order)._replace(idle_share=idle())

    def close(self) -> None:
        """End every process."""
        for team in self.teams:
            team.close()


def started(arguments: Record, arm: Arm, on_gpu: bool) -> Team:
    """Start the processes of an arm's crew.

    On CPUs each replica and each worker has one thread for its operations: what a device of its own
    would be. Left alone, one replica would spread over all cores, and there was nothing to gain.

    Args:
        arguments: of ``bench.scaling.member.member``, but kind and number.
        arm: of the crew.
        on_gpu: whether devices are GPUs, of which none is hidden.
    """
    kind, n, _ = arm.crew
    given = {**arguments, "kind": kind, "n": n}
    worker = kind == WORKERS
    cpu = {} if on_gpu else {**HIDDEN, INTER: "1" if worker else str(n), INTRA: "1"}
    of = addresses(n) if worker else []
    joins = [{VARIABLE: tf_config(each, of)} for each in range(n)] if worker else [{}]
    return Team([Worker(FACTORY, given, cpu | join, crew_name(kind, n)) for join in joins])
