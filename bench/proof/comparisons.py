"""What a lockstep writes down: for each stage and tensor, how far apart, and since which step."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import or_

import numpy as np

from bench.proof.criteria import SAME_BITS, SHAPE, Criterion
from bench.proof.distance import EQUAL, UNLIKE, Distance, distance

Arrays = Mapping[str, np.ndarray]
METRIC = "test metric"
NOT_FINITE = "not a finite number: the pair is void"


@dataclass(frozen=True)
class Entry:
    """One line of a parity table.

    Attributes:
        stage: what was compared, such as ``gradient``.
        tensor: which one, such as ``dense_1/kernel``.
        holds: whether it met the criterion at every step.
        distance: the largest distance over all steps.
        first_step: the step at which it first broke the criterion; None if it never did.
        note: both sides in words, where a number says too little.
    """

    stage: str
    tensor: str
    holds: bool
    distance: Distance
    first_step: int | None = None
    note: str = ""

    def __str__(self) -> str:
        """Name the place, the step and the size."""
        if self.holds:
            return f"{self.stage} {self.tensor}: equal"
        size = self.note or f"max {self.distance.max_abs:.1e}, {self.distance.max_ulp:,} ULP"
        return f"{self.stage} {self.tensor}: step {self.first_step}, {size} (raw against keras)"


class Comparisons:
    """Collects comparisons; the same stage and tensor at later steps goes into the same entry.

    Judged is at the end: a noise floor is known only when its own runs are over.
    """

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        self._by_tensor: dict[tuple[str, str], list[_Comparison]] = {}

    def add(self, stage: str, tensor: str, raw: np.ndarray, keras: np.ndarray, step: int) -> None:
        """Compare two arrays at a step."""
        integers = np.asarray(keras).dtype.kind in "iu"  # a counter has no rounding to forgive
        criterion = SAME_BITS if integers else self.criterion
        if integers or np.isfinite(keras).all():
            self._write(stage, tensor, _Comparison(distance(raw, keras), step, criterion))
        else:  # of equal programs too: what comes after it says nothing
            self._write(stage, tensor, _Comparison(UNLIKE, step, SAME_BITS, NOT_FINITE))

    def add_all(self, stage: str, raw: Arrays, keras: Arrays, step: int) -> None:
        """Compare all arrays of the Keras side with those of the same names."""
        for name, value in keras.items():
            self.add(stage, name, raw[name], value, step)

    def add_metric(self, name: str, raw: float, keras: float, step: int) -> None:
        """Compare a test metric: of equal predictions it is equal to the last digit."""
        apart = distance(np.array(raw), np.array(keras))
        note = f"{raw} against {keras}"
        self._write(METRIC, name, _Comparison(apart, step, self.criterion, note))

    def shapes(
        self, tensor: str, raw: tuple[int, ...] | None, keras: tuple[int, ...] | None
    ) -> None:
        """Compare two shapes; None says that the side has no such tensor."""
        apart = EQUAL if raw == keras else UNLIKE
        note = f"raw has {raw or 'none'}, keras has {keras or 'none'}"
        self._write(SHAPE, tensor, _Comparison(apart, 0, SAME_BITS, note))

    def _write(self, stage: str, tensor: str, comparison: "_Comparison") -> None:
        self._by_tensor.setdefault((stage, tensor), []).append(comparison)

    def entries(self) -> tuple[Entry, ...]:
        """Return the entries in the order in which they were first written."""
        return tuple(_entry(*key, comparisons) for key, comparisons in self._by_tensor.items())

    def by_step(self, stage: str) -> list[Distance]:
        """Return the largest distance of any tensor at a stage, for each step in turn."""
        steps: dict[int, Distance] = {}
        for (name, _), comparisons in self._by_tensor.items():
            for each in comparisons if name == stage else ():
                steps[each.step] = steps.get(each.step, EQUAL) | each.distance
        return [steps[step] for step in sorted(steps)]

    def drift(self, stage: str, tensor: str) -> tuple[list[int], list[float]]:
        """Return the steps at which a tensor was seen at a stage, and its drift up to each.

        The drift is the largest relative distance so far; both are empty where it was never seen.
        """
        seen = sorted(self._by_tensor.get((stage, tensor), []), key=lambda each: each.step)
        drifts = accumulate((each.distance.max_relative for each in seen), max)
        return [each.step for each in seen], list(drifts)


@dataclass(frozen=True)
class _Comparison:
    """One comparison."""

    distance: Distance
    step: int
    criterion: Criterion
    note: str = ""


def _entry(stage: str, tensor: str, comparisons: list[_Comparison]) -> Entry:
    broke = [
        f.step for f in comparisons if not f.criterion.holds(f.distance, stage, tensor, f.step)
    ]
    largest = reduce(or_, (f.distance for f in comparisons))
    return Entry(
        stage, tensor, not broke, largest, broke[0] if broke else None, comparisons[-1].note
    )
