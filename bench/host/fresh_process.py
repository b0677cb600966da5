"""Run a function in a fresh Python process, and get its result back.

Exact mode cannot be left again by any public call of TensorFlow. So what has to be exact runs in
a process of its own, and what is timed runs in one that never was in exact mode.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from bench.errors import UserError
from bench.host.device import split_cpu
from bench.host.memory import KILLED, REMEDY
from bench.host.quiet_import import quiet_tensorflow

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def fresh_process(
    cpus: int = 1, variables: Mapping[str, str] | None = None
) -> Iterator[ProcessPoolExecutor]:
    """Yield an executor over one fresh process; several calls share it and its imports.

    Args:
        cpus: how many logical devices the CPU is to be there.
        variables: of its environment, beside those of this process.

    Raises:
        UserError: it was killed.

    The process ends with its parent, whatever ends that: a child that trained on after a kill
    would disturb the next measurement.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        1, mp_context=spawn, initializer=prepare, initargs=(cpus, variables)
    ) as executor:
        try:
            yield executor
        except BrokenProcessPool as error:
            raise UserError(
                f"a process that this one had started ended without an answer, most likely {KILLED}"
                f": {REMEDY}"
            ) from error


def in_fresh_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what a function returns in a process of its own."""
    with fresh_process() as executor:
        return executor.submit(work, *args, **kwargs).result()


def prepare(cpus: int = 1, variables: Mapping[str, str] | None = None) -> None:
    """Let this process end with its parent, and start TensorFlow in it."""
    os.environ.update(variables or {})
    threading.Thread(target=_end_with_parent, daemon=True).start()
    quiet_tensorflow(partial(split_cpu, cpus) if cpus > 1 else None)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
