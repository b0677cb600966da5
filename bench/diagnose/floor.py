"""How far two equal programs of this pair may drift apart: measured on the pair itself.

The reference is run again from weights and inputs shaken by a few units in the last place. What
that moves in a loss, a gradient, a weight or a prediction is the noise floor of that quantity;
a difference of ``FACTOR`` times as much is one. On top stands what rounding alone may do to a sum.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.diagnose.stand import REFERENCE, Run, Stand
from bench.diagnose.trace import Trace

FACTOR = 16.0  # two shaken runs understate the worst of many orders of summation
ROUNDINGS = 64.0  # units in the last place, of a quantity's own norm
SHAKES = 2


@dataclass(frozen=True)
class Quantity:
    """One number or array that both programs have.

    Attributes:
        kind: loss, gradient, weight, prediction or metric.
        step: counted from 0; -1 at the ends.
        key: the variable's number, the output's number or the metric's name.
    """

    kind: str
    step: int
    key: Any


def quantities(run: Run) -> Iterator[tuple[Quantity, np.ndarray]]:
    """Yield what a run found, in the order in which a difference would show first."""
    for step, loss in enumerate(run.losses):
        if loss is not None:
            yield Quantity("loss", step, 0), np.asarray(loss)
        for i, gradient in enumerate(run.gradients[step]):
            if gradient is not None:
                yield Quantity("gradient", step, i), gradient
        for i, weight in enumerate(run.weights[step + 1]):
            yield Quantity("weight", step, i), weight
    for i, prediction in enumerate(run.predictions or ()):
        yield Quantity("prediction", -1, i), prediction
    for name, value in (run.metrics or {}).items():
        yield Quantity("metric", -1, name), np.asarray(value)


class Floor:
    """The noise floor of every quantity, and of every tensor of the first step."""

    def __init__(self, stand: Stand, plain: Run) -> None:
        self.plain = dict(quantities(plain))
        self.moved: dict[Quantity, float] = {}
        self.shaken: list[Trace] = []
        self.eps = coarsest(stand)
        for seed in range(SHAKES):
            run = self._shaken(stand, seed)
            self.shaken.append(run.traces.get(0, Trace()))
            for quantity, value in quantities(run):
                if quantity in self.plain:
                    gap = distance(value, self.plain[quantity])
                    self.moved[quantity] = max(self.moved.get(quantity, 0.0), gap)

    def _shaken(self, stand: Stand, seed: int) -> Run:
        rng = np.random.default_rng(seed)

        def shake(value: Any) -> Any:
            if np.asarray(value).dtype.kind != "f":
                return value
            noise = 1 + 4 * self.eps * rng.uniform(-1, 1, np.shape(value))
            return (value * noise).astype(value.dtype)

        start = [shake(value) for value in stand.start]
        return stand.run(REFERENCE, record=(0,), start=start, shake=shake)

    def tolerance(self, quantity: Quantity) -> float:
        """Return how far apart two equal programs may be, in the 2-norm."""
        norm = float(np.linalg.norm(np.asarray(self.plain[quantity], "f8").ravel()))
        return FACTOR * self.moved.get(quantity, 0.0) + ROUNDINGS * self.eps * norm

    def apart(self, quantity: Quantity, a: Any, b: Any) -> bool:
        """Return whether two values of a quantity differ by more than noise."""
        if quantity not in self.plain:
            return False
        gap = distance(a, b)
        return not gap <= self.tolerance(quantity)


def coarsest(stand: Stand) -> float:
    """Return the unit roundoff of the coarser of both programs' floats."""
    kinds = []
    for values in stand.drawn.values():
        kinds += [np.finfo(v.dtype).eps for v in values if v.dtype.kind == "f"]
    eps = float(max(kinds, default=np.finfo("f4").eps))
    import keras

    policy = keras.config.dtype_policy().compute_dtype
    return max(eps, {"float16": 1e-3, "bfloat16": 8e-3}.get(policy, 0.0))


def distance(a: Any, b: Any) -> float:
    """Return the 2-norm of a difference; infinite where shapes or NaNs are unlike."""
    x, y = np.asarray(a, "f8"), np.asarray(b, "f8")
    if x.size != y.size:
        return float("inf")
    gap = x.ravel() - y.ravel()
    both = np.isnan(x.ravel()) & np.isnan(y.ravel())
    gap = np.where(both, 0, gap)
    return float("inf") if np.isnan(gap).any() else float(np.linalg.norm(gap))


def relative(a: Any, b: Any) -> float:
    """Return a distance as a part of the second value's norm."""
    norm = float(np.linalg.norm(np.asarray(b, "f8").ravel()))
    gap = distance(a, b)
    return gap / norm if norm else gap
