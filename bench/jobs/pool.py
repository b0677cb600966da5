"""A pool: who does jobs. In this process, in several of this machine, or on a cluster."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from bench.jobs.job import Answer, Job

ATTEMPTS = 3
"""So often a job is begun whose process is killed, by whatever it may be."""


class Pool(Protocol):
    """Who does jobs.

    Attributes:
        beside: whether other work runs beside a job, so that its seconds say nothing of it.
        fewer: what to do where jobs are killed again and again.
    """

    beside: bool
    fewer: str

    def answers(self, jobs: Mapping[int, Job]) -> Iterator[tuple[int, Answer]]:
        """Yield the number of each job and its answer, once each, as they come."""
        ...


class Here:
    """This process does them, one after another, with what it has loaded already."""

    beside, fewer = False, ""

    def answers(self, jobs: Mapping[int, Job]) -> Iterator[tuple[int, Answer]]:
        """Yield them in order; what goes wrong is raised."""
        for number, job in jobs.items():
            yield number, {"result": job.run()}
