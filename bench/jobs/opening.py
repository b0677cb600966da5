"""From ``--jobs`` and ``--scheduler`` to a pool; Dask is loaded where it is asked for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.data.named import Named
from bench.errors import UserError
from bench.jobs.pool import Here, Pool
from bench.jobs.processes import Processes


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
        with Processes(jobs) as processes:
            yield processes
        return
    if jobs > 1:
        raise UserError("--jobs and --scheduler exclude each other: give one")
    from bench.jobs.on_dask import cluster

    with cluster(scheduler, data) as pool:
        yield pool
