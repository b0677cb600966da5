"""What counts as equal."""

from dataclasses import dataclass
from typing import Protocol

from bench.proof.distance import Distance

SHAPE, GRADIENT = "shape", "gradient"
WEIGHTS_AFTER, AFTER_STEP = "weights after", "weights after step"
SLOTS_AFTER_STEP = "optimizer after step"
"""Names of rungs that are judged in their own way; a rung is compared with these, never read."""


class Criterion(Protocol):
    """A bound on how far two tensors may lie apart."""

    @property
    def words(self) -> str:
        """The bound as a reader sees it."""
        ...

    def holds(self, distance: Distance, stage: str, tensor: str, step: int) -> bool:
        """Return whether the distance of a tensor, at a stage and a step, is within the bound."""
        ...


@dataclass(frozen=True)
class SameBits:
    """Not a single bit apart."""

    words: str = "0 ULP"

    def holds(self, distance: Distance, stage: str, tensor: str, step: int = 0) -> bool:
        """Return whether the distance is none."""
        return distance.max_ulp == 0


@dataclass(frozen=True)
class RoundingFloat64:
    """A largest difference, over the tensor's largest value.

    1e-12 is 4,500 roundings of 2.2e-16. Gradients, and slots that remember them, may be the small
    difference of large sums (batch norm's scale of a single channel: 1e4 times as large).
    A tensor that starts at zero is itself such a difference: 1e-14 is 45 roundings of the numbers
    near 1 that it is made of.
    """

    words: str = "1e-12 relative or 1e-14 absolute (gradients and slots 1e-10)"

    def holds(self, distance: Distance, stage: str, tensor: str, step: int = 0) -> bool:
        """Return whether the distance is within one of the bounds."""
        differences = stage in (GRADIENT, SLOTS_AFTER_STEP)
        relative = distance.max_relative <= (1e-10 if differences else 1e-12)
        return relative or distance.max_abs <= 1e-14


SAME_BITS = SameBits()
ROUNDING_FLOAT64 = RoundingFloat64()
