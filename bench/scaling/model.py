"""The model of a step on n of a kind, whose parameters are fitted and which projects.

    step(n, batch) = compute(n, batch) + exchange(n, bytes)
    compute        = serial + (n * fixed + slope * batch) / min(n, cores)
    exchange       = 2 * (n - 1) * (latency + per_byte * message)

``fixed`` is what each has to do whatever its part of the batch: start its operations, update all
of the weights. ``slope`` is what a sample takes. n that share fewer cores take turns on them.
``serial`` is what a step of replicas takes once, however many they are: Python calls it, the batch
is gathered. It can be told from ``fixed`` only where some replicas share cores, and is in it
elsewhere; workers each call a step of their own. One alone is no point of the model: it runs
without the threads that replicas hand their operations on to.

An all-reduce has 2 (n - 1) rounds. Around a ring, as workers do it, each sends a message of
``bytes / n`` in each. Replicas are summed on the first device: it is sent all the gradients
n - 1 times, and sends the sum as often. (Hockney, The Communication Challenge for MPP, Parallel
Computing 20 (1994): latency and bandwidth; Patarasuk and Yuan, Bandwidth Optimal All-reduce
Algorithms for Clusters of Workstations, Journal of Parallel and Distributed Computing 69 (2009):
the ring.)

Each part is a sum of costs, and is fitted by relative errors, none below zero
(``bench.stats.costs``).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bench.scaling.points import REPLICAS, WORKERS
from bench.stats.costs import costs


class Computed(NamedTuple):
    """What n of a kind take without their all-reduce."""

    n: int
    batch_size: int
    seconds: float


class Exchanged(NamedTuple):
    """What an all-reduce takes by itself."""

    n: int
    n_bytes: int
    seconds: float


class Parameters(NamedTuple):
    """The parameters of a kind.

    Attributes:
        serial: seconds a step, once.
        fixed: seconds a step, of each of them.
        slope: seconds a sample.
        latency: seconds a round.
        per_byte: seconds a byte of a message: one over the bandwidth.
    """

    serial: float
    fixed: float
    slope: float
    latency: float
    per_byte: float


def rounds(n: int) -> int:
    """Return how many rounds an all-reduce has."""
    return 2 * (n - 1)


def message(kind: str, n: int, n_bytes: float) -> float:
    """Return the bytes of a round's message.

    >>> message("workers", 4, 1000), message("replicas", 4, 1000)
    (250.0, 1000)
    """
    return n_bytes / n if kind == WORKERS else n_bytes


def compute_seconds(given: Parameters, n: int, batch_size: int, cores: int) -> float:
    """Return what n take without their all-reduce, on so many cores.

    >>> round(compute_seconds(Parameters(0.5, 1.0, 0.5, 0, 0), 4, 8, cores=2), 6)
    4.5
    """
    return given.serial + (n * given.fixed + given.slope * batch_size) / min(n, cores)


def exchange_seconds(given: Parameters, kind: str, n: int, n_bytes: float) -> float:
    """Return what the all-reduce of n takes; nothing of one alone."""
    return rounds(n) * (given.latency + given.per_byte * message(kind, n, n_bytes))


def fitted(
    kind: str, computed: Sequence[Computed], exchanged: Sequence[Exchanged], cores: int
) -> Parameters | None:
    """Return the parameters of a kind from what was measured; None where that is too little.

    Fixed and slope want two places that differ in the samples of each, latency and bandwidth two
    that differ in the bytes of a message.

    >>> known = Parameters(0.0, 2e-3, 1e-5, 5e-5, 2e-10)
    >>> c = [Computed(n, b, compute_seconds(known, n, b, 2)) for n, b in ((2, 64), (2, 128))]
    >>> e = [Exchanged(2, b, exchange_seconds(known, "workers", 2, b)) for b in (1e3, 1e6)]
    >>> [f"{value:.3g}" for value in fitted("workers", c, e, cores=2)]
    ['0', '0.002', '1e-05', '5e-05', '2e-10']
    """
    if len({each.batch_size / each.n for each in computed}) < 2:
        return None
    if len({message(kind, each.n, each.n_bytes) for each in exchanged}) < 2:
        return None
    turns = {each.n / min(each.n, cores) for each in computed}
    computing = _computing(computed, cores, once=kind == REPLICAS and len(turns) > 1)
    return Parameters(*computing, *_exchanging(kind, exchanged))


def _computing(computed: Sequence[Computed], cores: int, once: bool) -> tuple[float, float, float]:
    """Return serial, fixed and slope; no serial cost where it cannot be told from the fixed one."""
    n = np.array([each.n for each in computed])
    batch = np.array([each.batch_size for each in computed])
    seconds, shared = np.array([each.seconds for each in computed]), np.minimum(n, cores)
    amounts = [n / shared, batch / shared]
    if not once:
        fixed, slope = costs(amounts, seconds)
        return 0.0, fixed, slope
    serial, fixed, slope = costs([np.ones(len(n)), *amounts], seconds)
    return serial, fixed, slope


def _exchanging(kind: str, exchanged: Sequence[Exchanged]) -> tuple[float, float]:
    """Return latency and seconds a byte."""
    times = np.array([rounds(each.n) for each in exchanged])
    sent = np.array([rounds(each.n) * message(kind, each.n, each.n_bytes) for each in exchanged])
    latency, per_byte = costs([times, sent], np.array([each.seconds for each in exchanged]))
    return latency, per_byte
