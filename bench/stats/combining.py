"""Estimates of independent things put together: sums, differences, shares, with an interval."""

from collections.abc import Iterable, Sequence
from math import hypot

from bench.stats.intervals import Estimate


def combined(value: float, terms: Iterable[tuple[float, Estimate]]) -> Estimate:
    """Return a value that is made of estimates, with what their intervals make of it.

    How far an estimate's interval reaches to each side, times how much the value moves with it,
    is one error; independent errors add up in quadrature, each side for itself.

    Args:
        value: at the estimates' means.
        terms: the derivative of the value by an estimate, and the estimate.

    Source: Zou and Donner, Construction of confidence limits about effect measures, Statistics in
    Medicine 27 (2008): the method of variance estimates recovery.
    """
    down, up, blocks = [], [], []
    for slope, part in terms:
        below, above = part.mean - part.low, part.high - part.mean
        down.append(slope * below if slope >= 0 else slope * above)
        up.append(slope * above if slope >= 0 else slope * below)
        blocks.append(part.blocks)
    return Estimate(value, value - hypot(*down), value + hypot(*up), min(blocks))


def total(parts: Sequence[Estimate]) -> Estimate:
    """Return the sum of independent estimates.

    >>> total([Estimate(1.0, -2.0, 4.0, 8), Estimate(2.0, -2.0, 6.0, 8)])
    Estimate(mean=3.0, low=-2.0, high=8.0, blocks=8)
    """
    return combined(sum(part.mean for part in parts), [(1.0, part) for part in parts])


def difference(a: Estimate, b: Estimate) -> Estimate:
    """Return a less b, both independent."""
    return combined(a.mean - b.mean, [(1.0, a), (-1.0, b)])


def share(part: Estimate, rest: Estimate) -> Estimate:
    """Return part / (part + rest), both independent; the whole must not be 0.

    >>> share(Estimate(1.0, 1.0, 1.0, 8), Estimate(3.0, 3.0, 3.0, 8))
    Estimate(mean=0.25, low=0.25, high=0.25, blocks=8)
    """
    whole = part.mean + rest.mean
    slopes = [(rest.mean / whole**2, part), (-part.mean / whole**2, rest)]
    return combined(part.mean / whole, slopes)


def quotient(a: Estimate, b: Estimate) -> Estimate:
    """Return a / b, both independent; b must not be 0."""
    return combined(a.mean / b.mean, [(1 / b.mean, a), (-a.mean / b.mean**2, b)])
