"""The arms of a scaling: how many do what, on which batch. Nothing here imports TensorFlow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.records.reading import AGAIN

TASK = "scaling"
REPLICAS, WORKERS = "replicas", "workers"
KINDS = (REPLICAS, WORKERS)
"""Devices of one process, summed by hand; processes, summed by collective operations."""
WHOLE, COMPUTE, EXCHANGE = "whole", "compute", "exchange"
"""A step; the same without its all-reduce, each by its own gradients; the all-reduce alone."""
PROJECTION = "projection, not measured"
HERE, GIVEN = "measured here", "given"
"""Whose latency and bandwidth a projection has."""
MOST_MISSED = 0.25
"""How far the model may lie from a measured step; if it lies farther it projects nothing."""
SIZES = (0, 1, 16)
"""How many times as large as the gradients what is summed alone is; 0: a number each."""


@dataclass(frozen=True)
class Arm:
    """What is timed.

    Attributes:
        kind: of ``KINDS``.
        n: how many of them.
        part: whole, compute or exchange.
        batch_size: of all of them together; 0 of an exchange.
        times: of ``SIZES``; of an exchange.
        again: whether it is the copy, the control.
    """

    kind: str
    n: int
    part: str
    batch_size: int = 0
    times: int = 1
    again: bool = False

    @property
    def name(self) -> str:
        """Such as ``2 replicas, batch 128`` or ``2 workers, all-reduce x16``."""
        who = crew_name(self.kind, self.n)
        if self.part == EXCHANGE:
            return f"{who}, all-reduce x{self.times}"
        alone = ", compute" if self.part == COMPUTE else ""
        return f"{who}, batch {self.batch_size}{alone}{AGAIN if self.again else ''}"

    @property
    def crew(self) -> "Crew":
        """Who runs it."""
        return self.kind, self.n, self.again


Crew = tuple[str, int, bool]
"""Kind, number, and whether it is the copy."""


def crew_name(kind: str, n: int) -> str:
    """Return such as ``1 replica`` or ``2 workers``."""
    return f"{n} {kind if n > 1 else kind.removesuffix('s')}"


def one(batch_size: int) -> Arm:
    """Return what all others are held against: a model on one device, as ``step`` runs it."""
    return Arm(REPLICAS, 1, WHOLE, batch_size)


def arms_of(counts: Mapping[str, Sequence[int]], batch_size: int) -> list[Arm]:
    """Return every arm: one, its copy, and of each number of each kind the step and its parts.

    Each number has the batch once as it is (strong scaling), and once as many times as large, so
    that each of them has as much as one has alone (weak scaling). Computation has half of it too:
    a third place on a line.
    """
    arms = [one(batch_size), replace(one(batch_size), again=True)]
    for kind, numbers in counts.items():
        for n in numbers:
            for size in (batch_size, n * batch_size):
                arms += [Arm(kind, n, part, size) for part in (WHOLE, COMPUTE)]
            arms.append(Arm(kind, n, COMPUTE, batch_size // 2))
            arms += [Arm(kind, n, EXCHANGE, times=times) for times in SIZES]
    return arms
