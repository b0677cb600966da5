"""The model of a step on n of a kind, whose parameters are fitted and which projects.

    step(n, batch) = compute(n, batch) + exchange(n, bytes)
    compute        = (n * fixed + slope * batch) / min(n, cores)
    exchange       = 2 * (n - 1) * (latency + per_byte * message)

``fixed`` is what each has to do whatever its part of the batch: start its operations, update all
of the weights. ``slope`` is what a sample takes. n that share fewer cores take turns on them.

An all-reduce has 2 (n - 1) rounds. Around a ring, as workers do it, each sends a message of
``bytes / n`` in each. Replicas are summed on the first device: it is sent all the gradients
n - 1 times, and sends the sum as often. (Hockney, The Communication Challenge for MPP, Parallel
Computing 20 (1994): latency and bandwidth; Patarasuk and Yuan, Bandwidth Optimal All-reduce
Algorithms for Clusters of Workstations, Journal of Parallel and Distributed Computing 69 (2009):
the ring.)

In both parts each of n shares a line with all others: of ``compute * min(n, cores) / n`` over the
samples of each, and of ``exchange / rounds`` over the bytes of a message. So both are fitted as
the law of a step is (``bench.law.fit``), relative errors, nothing below zero.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bench.law.fit import fit as line_through
from bench.scaling.points import WORKERS


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
        fixed: seconds a step, of each of them.
        slope: seconds a sample.
        latency: seconds a round.
        per_byte: seconds a byte of a message: one over the bandwidth.
    """

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

    >>> round(compute_seconds(Parameters(1.0, 0.5, 0, 0), 4, 8, cores=2), 6)
    4.0
    """
    return (n * given.fixed + given.slope * batch_size) / min(n, cores)


def exchange_seconds(given: Parameters, kind: str, n: int, n_bytes: float) -> float:
    """Return what the all-reduce of n takes; nothing of one alone."""
    return rounds(n) * (given.latency + given.per_byte * message(kind, n, n_bytes))


def fitted(
    kind: str, computed: Sequence[Computed], exchanged: Sequence[Exchanged], cores: int
) -> Parameters | None:
    """Return the parameters of a kind from what was measured; None where that is too little.

    Two parameters of a line want two places on it that differ: in samples a replica has, and in
    bytes of a message.

    >>> known = Parameters(2e-3, 1e-5, 5e-5, 2e-10)
    >>> c = [Computed(n, b, compute_seconds(known, n, b, 2)) for n, b in ((1, 64), (2, 64))]
    >>> e = [Exchanged(2, b, exchange_seconds(known, "workers", 2, b)) for b in (1e3, 1e6)]
    >>> [f"{value:.3g}" for value in fitted("workers", c, e, cores=2)]
    ['0.002', '1e-05', '5e-05', '2e-10']
    """
    samples = np.array([each.batch_size / each.n for each in computed])
    own = np.array([each.seconds * min(each.n, cores) / each.n for each in computed])
    sent = np.array([message(kind, each.n, each.n_bytes) for each in exchanged])
    a_round = np.array([each.seconds / rounds(each.n) for each in exchanged])
    if len(np.unique(samples)) < 2 or len(np.unique(sent)) < 2:
        return None
    return Parameters(*line_through(samples, own), *line_through(sent, a_round))
