"""How far two arrays lie apart: in absolute terms, relative to their size, and in ULPs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np

_UNSIGNED = {2: np.uint16, 4: np.uint32, 8: np.uint64}


@dataclass(frozen=True)
class Distance:
    """The largest differences between two arrays.

    Attributes:
        max_abs: the largest absolute difference.
        max_relative: that, over the largest absolute value of the second array; 0 for equal ones.
        max_ulp: the largest number of floating-point numbers from one element to its twin; for
            integers the largest difference. Two NaNs of the same bits are equal; any other NaN is
            as far as can be.
    """

    max_abs: float
    max_relative: float
    max_ulp: int

    def __or__(self, other: "Distance") -> "Distance":
        """Return the larger of both in each measure."""
        return Distance(
            max(self.max_abs, other.max_abs),
            max(self.max_relative, other.max_relative),
            max(self.max_ulp, other.max_ulp),
        )


EQUAL = Distance(0.0, 0.0, 0)
UNLIKE = Distance(np.inf, np.inf, np.iinfo(np.int64).max)


def distance(a: np.ndarray, b: np.ndarray) -> Distance:
    """Return how far ``a`` lies from ``b``; ``UNLIKE`` where shape or dtype differ.

    >>> distance(np.float32([1.0]), np.nextafter(np.float32([1.0]), np.float32(2.0))).max_ulp
    1
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return UNLIKE
    if a.tobytes() == b.tobytes():
        return EQUAL
    if np.isnan(a.astype(np.float64)).any() or np.isnan(b.astype(np.float64)).any():
        return UNLIKE
    gap = float(np.max(np.abs(a.astype(np.float64) - b.astype(np.float64))))
    size = float(np.max(np.abs(b.astype(np.float64))))
    return Distance(gap, gap / size if size else (np.inf if gap else 0.0), ulp_distance(a, b))


def largest(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> Distance:
    """Return the largest distance between the arrays of one name, over the names of ``b``."""
    return reduce(or_, (distance(a[name], value) for name, value in b.items()), EQUAL)


def ulp_distance(a: np.ndarray, b: np.ndarray) -> int:
    """Return the largest number of representable steps between two arrays of one dtype.

    The bits of a float, read as an integer, count the floats in order on each side of zero. So
    the difference of two such counts is the number of steps between them. +0 and -0 are the same
    number.
    """
    m, n = _ordinal(a), _ordinal(b)
    return int(np.max(np.where(m > n, m - n, n - m), initial=0))


def _ordinal(values: np.ndarray) -> np.ndarray:
    """Return each number's place among all numbers of its dtype, as unsigned integers."""
    if values.dtype.kind == "i":
        return values.astype(np.int64).view(np.uint64) ^ np.uint64(1 << 63)
    bits = values.view(_UNSIGNED[values.dtype.itemsize])
    sign = bits.dtype.type(1 << (8 * values.dtype.itemsize - 1))
    return np.where(bits & sign, ~bits + bits.dtype.type(1), bits | sign)
