"""The last bits that processors do not share, and the last digit that is printed of them.

``exp``, ``log`` and matrix products round otherwise with other vector instructions. What is worked
out of the same seconds therefore differs in its last bits, and so does the last digit that is
printed of a number that lies right between two: either of them is right.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

NOISE = 1e-11
"""How far the same number of two processors may lie apart, as a share of its scale.

Measured on the committed reports: without AVX-512, without AVX2 and FMA, with OpenBLAS's oldest
kernels, and with every second of the records moved by 1 ULP, nothing moves by more than 3e-14 of
its scale (see ``bench.records.differences``). 300 times that, for processors and libraries that
were not at hand; a report prints four digits.
"""

UP, DOWN = 1, -1
Place = TypeVar("Place")
Finding = TypeVar("Finding")
_direction: ContextVar[int] = ContextVar("direction", default=0)


@contextmanager
def leaning(direction: int) -> Iterator[None]:
    """Let what is printed lean up or down by its noise: only on an edge it looks otherwise."""
    token = _direction.set(direction)
    try:
        yield
    finally:
        _direction.reset(token)


def lean(value: float, noise: float | None = None) -> float:
    """Return a number that is about to be printed; while ``leaning``, moved by its noise.

    Args:
        value: what is printed; whatever is worked out by ``exp`` or ``log`` passes through here.
        noise: how far two processors may lie apart; ``NOISE`` of the value if not given.
    """
    return value + _direction.get() * (NOISE * abs(value) if noise is None else noise)


def however_rounded(
    findings: dict[Place, Finding], look: Callable[[], dict[Place, Finding]]
) -> dict[Place, Finding]:
    """Return what of some findings stands whichever way the edges are rounded.

    Args:
        findings: by place, with everything as it is.
        look: finds it again, leaning; it is called only where there is a finding.
    """
    for direction in (UP, DOWN):
        if findings:
            with leaning(direction):
                still = look()
            findings = {place: what for place, what in findings.items() if place in still}
    return findings
