"""A data set by name, for another process to find: its own copy, which has to be the same."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.data.datasets import NAMES, Dataset
from bench.data.for_model import dataset_for
from bench.errors import UserError
from bench.specs import ModelSpec

_held: dict["Named", Dataset] = {}
"""What this process has loaded already; one of each kind of model is enough."""
_MOST_HELD = 2


@dataclass(frozen=True)
class Named:
    """What it takes to find a data set again.

    Attributes:
        name: that ``bench.data.datasets.load`` knows, or an absolute path.
        digits: the two of a binary model; empty for all ten.
        limit: how many training samples are kept; None for all.
        sha256: of the bytes that it was read from.
    """

    name: str
    digits: tuple[int, ...]
    limit: int | None
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Named":
        """Return what ``to_dict`` said, though JSON made a list of a tuple."""
        return cls(**values | {"digits": tuple(values["digits"])})


def named(dataset: Dataset, spec: ModelSpec, name: str, limit: int | None) -> Named:
    """Return how another process finds a data set; in this one it is found as it is.

    Args:
        dataset: what ``dataset_for(spec, name, limit)`` returned.
        spec: of the model.
        name: as the user gave it; ``auto`` becomes what was found.
        limit: as the user gave it.
    """
    if name == "auto":
        name = dataset.name
    where = name if name in NAMES else str(Path(name).expanduser().absolute())
    found = Named(where, tuple(spec.digits or ()), limit, dataset.sha256)
    _hold(found, dataset)
    return found


def dataset_of(wanted: Named, spec: ModelSpec) -> Dataset:
    """Return a data set, loaded here if it was not before.

    Raises:
        UserError: it is not here, or another one is here under that name.
    """
    if wanted not in _held:
        dataset = dataset_for(spec, wanted.name, wanted.limit)
        require_same(wanted, dataset.sha256)
        _hold(wanted, dataset)
    return _held[wanted]


def require_same(wanted: Named, sha256: str) -> None:
    """Raise ``UserError`` unless the bytes of a data set are those that are wanted."""
    if sha256 != wanted.sha256:
        raise UserError(
            f"--dataset {wanted.name}: there are other data there (SHA-256 {sha256[:12]}, wanted "
            f"{wanted.sha256[:12]}): give it the same file"
        )


def _hold(wanted: Named, dataset: Dataset) -> None:
    while len(_held) >= _MOST_HELD and wanted not in _held:
        del _held[next(iter(_held))]
    _held[wanted] = dataset
