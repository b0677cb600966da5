"""Independent jobs in several processes of this machine: each result once, whoever dies meanwhile.

For work that is trained and not timed: what runs beside other work says nothing of speed.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from bench.errors import UserError
from bench.host.fresh_process import prepare

Task = TypeVar("Task")
Result = TypeVar("Result")

ATTEMPTS = 3
"""So often a job is begun whose process is killed, by whatever it may be."""

_shared: tuple[Any, ...] = ()


def done(
    work: Callable[..., Result], tasks: Sequence[Task], jobs: int, *shared: Any
) -> Iterator[tuple[int, Result]]:
    """Yield the number of each task and what became of it, as they end.

    Args:
        work: called with a task and what is shared, in a process that may do several.
        tasks: what is to be done.
        jobs: processes.
        shared: is sent to each process once; a data set is too large to go with every task.

    Raises:
        UserError: processes were killed again and again, as they are where memory is short.
    """
    left = dict(enumerate(tasks))
    for _ in range(ATTEMPTS):
        if not left:
            return
        for number, result in _attempt(work, left, jobs, shared):
            del left[number]
            yield number, result
    if left:
        raise UserError(
            f"--jobs {jobs}: {len(left)} jobs were killed {ATTEMPTS} times: give fewer at a time"
        )


def _attempt(
    work: Callable[..., Result], left: dict[int, Task], jobs: int, shared: tuple[Any, ...]
) -> Iterator[tuple[int, Result]]:
    """Yield what gets done before a process is killed: with it goes the whole pool."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, spawn, initializer=_begin, initargs=shared) as pool:
        number_of: dict[Future[Result], int] = {
            pool.submit(_one, work, task): number for number, task in left.items()
        }
        for future in as_completed(number_of):
            try:
                result = future.result()
            except BrokenProcessPool:
                return
            yield number_of[future], result


def _begin(*shared: Any) -> None:
    global _shared  # noqa: PLW0603 - a pool gives its processes nothing else to keep things in
    prepare()
    _shared = shared


def _one(work: Callable[..., Result], task: Any) -> Result:
    return work(task, *_shared)
