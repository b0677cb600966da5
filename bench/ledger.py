"""What a lockstep writes down: for each rung and tensor, how far apart, and since which step."""

from dataclasses import dataclass

import numpy as np

from bench.compare import EQUAL, UNLIKE, Distance, distance
from bench.criteria import SAME_BITS, Criterion


@dataclass(frozen=True)
class Entry:
    """One line of a parity table.

    Attributes:
        rung: what was compared, such as ``gradient``.
        tensor: which one, such as ``dense_1/kernel``.
        holds: whether it met the criterion at every step.
        distance: the largest distance over all steps.
        first_step: the step at which it first broke the criterion; None if it never did.
        note: both sides in words, where a number says too little.
    """

    rung: str
    tensor: str
    holds: bool
    distance: Distance
    first_step: int | None = None
    note: str = ""

    def __str__(self) -> str:
        """Name the place, the step and the size."""
        if self.holds:
            return f"{self.rung} {self.tensor}: equal"
        size = self.note or f"max {self.distance.max_abs:.1e}, {self.distance.max_ulp:,} ULP"
        return f"{self.rung} {self.tensor}: step {self.first_step}, {size} (raw against keras)"


class Ledger:
    """Collects comparisons; the same rung and tensor at later steps goes into the same entry."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        self._entries: dict[tuple[str, str], Entry] = {}

    def add(self, rung: str, tensor: str, raw: np.ndarray, keras: np.ndarray, step: int) -> None:
        """Compare two arrays at a step."""
        found = distance(raw, keras)
        integers = np.asarray(keras).dtype.kind in "iu"  # a counter has no rounding to forgive
        criterion = SAME_BITS if integers else self.criterion
        self._merge(Entry(rung, tensor, criterion.holds(found), found, step))

    def add_metric(self, name: str, raw: float, keras: float, step: int) -> None:
        """Compare a test metric: of equal predictions it is equal to the last digit."""
        found = distance(np.array(raw), np.array(keras))
        held = self.criterion.holds(found)
        self._merge(Entry("test metric", name, held, found, step, f"{raw} against {keras}"))

    def shapes(
        self, tensor: str, raw: tuple[int, ...] | None, keras: tuple[int, ...] | None
    ) -> None:
        """Compare two shapes; None says that the side has no such tensor."""
        same = raw == keras
        note = f"raw has {raw or 'none'}, keras has {keras or 'none'}"
        self._merge(Entry("shape", tensor, same, EQUAL if same else UNLIKE, 0, note))

    def _merge(self, new: Entry) -> None:
        key = (new.rung, new.tensor)
        old = self._entries.get(key)
        broke_at = None if new.holds else new.first_step
        if old is None:
            merged = Entry(*key, new.holds, new.distance, broke_at, new.note)
        else:
            first = old.first_step if old.first_step is not None else broke_at
            both = old.distance | new.distance
            merged = Entry(*key, old.holds and new.holds, both, first, new.note)
        self._entries[key] = merged

    @property
    def holds(self) -> bool:
        """Whether everything written down so far meets its criterion."""
        return all(entry.holds for entry in self._entries.values())

    def entries(self) -> tuple[Entry, ...]:
        """Return the entries in the order in which they were first written."""
        return tuple(self._entries.values())
