"""Where two plain records differ by more than the last bits that processors do not share."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from bench.rounding import NOISE

NEAR_ONE = ("width", "residual")
"""A quotient less 1: small as it may be, its last bits are those of the quotient."""


def differences(stored: Any, again: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield name, stored value and new one of every leaf of ``again`` that differs.

    Numbers differ where they lie further apart than ``NOISE`` of their scale; words, truths and
    whole numbers where they are not the same.
    """
    if isinstance(again, dict):
        was = stored if isinstance(stored, dict) else {}
        for key, value in again.items():
            if not _alike(was.get(key), value, _scale(key, again)):
                yield from differences(was.get(key), value, f"{name}.{key}".lstrip("."))
    elif isinstance(again, list):
        for number, (one, other) in enumerate(zip_longest(_listed(stored), again)):
            yield from differences(one, other, f"{name}[{number}]")
    elif not _alike(stored, again):
        yield name, stored, again


def _alike(stored: Any, again: Any, scale: float = 0.0) -> bool:
    if isinstance(stored, float) and isinstance(again, float):
        return abs(stored - again) <= NOISE * max(abs(stored), abs(again), scale)
    return bool(stored == again)


def _scale(key: str, record: Mapping[str, Any]) -> float:
    """Return the size of the numbers that one of a record is the difference of.

    Near zero an estimate has the noise of its interval, which stands beside it, and of what both
    were made of, never of itself.
    """
    beside = [abs(value) for value in record.values() if isinstance(value, float)]
    return 1.0 if key in NEAR_ONE else max(beside, default=0.0)


def _listed(stored: Any) -> list[Any]:
    return stored if isinstance(stored, list) else []
