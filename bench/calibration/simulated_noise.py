"""What a shared machine does to a row of timings, simulated: the factor on each segment.

Every kind has the timer's own jitter, and something that the design is to cope with.
"""

from collections.abc import Callable

import numpy as np

JITTER = 0.03
"""Standard deviation of the logarithm of a segment's time on a machine left alone."""


def bursts(rng: np.random.Generator, n: int) -> np.ndarray:
    """One segment in ten is slowed down, by a half on the average, as by a neighbour's job."""
    slowed = rng.lognormal(0.35, 0.3, n)
    return np.where(rng.random(n) < 0.1, np.maximum(slowed, 1), 1) * _jitter(rng, n)


def drift(rng: np.random.Generator, n: int) -> np.ndarray:
    """The machine gets slower by half over the run, evenly, as one that heats up."""
    return np.linspace(1, 1.5, n) * _jitter(rng, n)


def autocorrelation(rng: np.random.Generator, n: int) -> np.ndarray:
    """The speed wanders: each segment's logarithm keeps nine tenths of the one before."""
    steps = rng.normal(0, 0.05, n)
    for place in range(1, n):
        steps[place] += 0.9 * steps[place - 1]
    return np.exp(steps) * _jitter(rng, n)


def _jitter(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.lognormal(0, JITTER, n)


NOISES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "bursts": bursts,
    "drift": drift,
    "autocorrelation": autocorrelation,
}
