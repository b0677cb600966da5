"""A pool: who does jobs. In this process, in several of this machine, or on a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from bench.data.named import Named
from bench.errors import UserError
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


@contextmanager
def opened(jobs: int, scheduler: str | None, data: Sequence[Named] = ()) -> Iterator[Pool]:
    """Yield the pool that the options ``--jobs`` and ``--scheduler`` ask for.

    Args:
        jobs: at a time, on this machine.
        scheduler: the address of Dask's; None for this machine.
        data: that the jobs need.

    Raises:
        UserError: both are given, or there is no cluster that would do the same as this machine.
    """
    if scheduler is None:
        if jobs == 1:
            yield Here()
            return
        from bench.jobs.processes import Processes

        with Processes(jobs) as processes:
            yield processes
        return
    if jobs > 1:
        raise UserError("--jobs and --scheduler exclude each other: give one")
    from bench.jobs.on_dask import cluster

    with cluster(scheduler, data) as pool:
        yield pool
