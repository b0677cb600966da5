"""Run a function in a fresh Python process, and get its result back.

Exact mode cannot be left again by any public call of TensorFlow. So what has to be exact runs in
a process of its own, and what is timed runs in one that never was in exact mode.
"""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from bench.quiet import quiet_tensorflow


@contextmanager
def exact_process() -> Iterator[ProcessPoolExecutor]:
    """Yield an executor over one fresh process; several calls share it and its imports."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=quiet_tensorflow) as executor:
        yield executor
