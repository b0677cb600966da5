"""What counts as equal, and why."""

from dataclasses import dataclass

from bench.compare import Distance
from bench.specs import Config


@dataclass(frozen=True)
class Criterion:
    """A bound on the distance of two tensors.

    Attributes:
        words: the bound as a reader sees it.
        max_relative: the largest difference over the tensor's largest value; None for 0 ULP.
        reason: why it is not 0 ULP.
    """

    words: str
    max_relative: float | None = None
    reason: str = ""

    def holds(self, found: Distance) -> bool:
        """Return whether a distance is within the bound."""
        if self.max_relative is None:
            return found.max_ulp == 0
        return found.max_relative <= self.max_relative


SAME_BITS = Criterion("0 ULP")

# From the noise floor, measured on MNIST: CONTRIBUTING.md, "Tolerances".
_WHY_PRIMITIVE = "the formulas of the slides sum and round in another order than the fused kernels"
ROUNDING = {
    "float64": Criterion("1e-12 relative", 1e-12, _WHY_PRIMITIVE),
    "float32": Criterion("1e-5 relative", 1e-5, _WHY_PRIMITIVE),
}


def criterion_for(config: Config) -> Criterion:
    """Return what a pair has to meet: the same bits wherever both run the same kernels."""
    return SAME_BITS if config.kernels == "fused" else ROUNDING[config.dtype]
