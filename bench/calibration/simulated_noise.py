"""What a shared machine does to a row of slices, simulated: the factor on each of them.

Every kind has the timer's own jitter, and something that the design is to cope with.
"""

from collections.abc import Callable

import numpy as np

JITTER = 0.05
"""Standard deviation of the logarithm of a slice's time on a machine left alone."""
BUSY, STAYS = 0.25, 0.95
"""Of a neighbour: its share of the time, and how often it is at the next slice as at this one."""
FELT = (0.2, 0.3)
"""How much the logarithm of either arm's time grows beside it: who has more threads feels more."""

Factors = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def bursts(rng: np.random.Generator, arms: np.ndarray) -> np.ndarray:
    """One slice in ten is slowed down, by a half on the average, whichever arm it is of."""
    slowed = rng.lognormal(0.35, 0.3, len(arms))
    return np.where(rng.random(len(arms)) < 0.1, np.maximum(slowed, 1), 1) * _jitter(rng, arms)


def drift(rng: np.random.Generator, arms: np.ndarray) -> np.ndarray:
    """The machine gets slower by half over the run, evenly, as one that heats up."""
    return np.linspace(1, 1.5, len(arms)) * _jitter(rng, arms)


def autocorrelation(rng: np.random.Generator, arms: np.ndarray) -> np.ndarray:
    """The speed wanders: each slice's logarithm keeps nine tenths of the one before."""
    steps = rng.normal(0, 0.05, len(arms))
    for place in range(1, len(arms)):
        steps[place] += 0.9 * steps[place - 1]
    return np.exp(steps) * _jitter(rng, arms)


def neighbour(rng: np.random.Generator, arms: np.ndarray) -> np.ndarray:
    """A neighbour comes and goes, and one arm feels it more: the ratio itself is another then."""
    at_work = np.empty(len(arms), bool)
    at_work[0] = rng.random() < BUSY
    leaves, comes = 1 - STAYS, (1 - STAYS) * BUSY / (1 - BUSY)
    for place, drawn in enumerate(rng.random(len(arms) - 1), start=1):
        before = at_work[place - 1]
        at_work[place] = drawn >= leaves if before else drawn < comes
    return np.exp(np.where(at_work, np.array(FELT)[arms], 0)) * _jitter(rng, arms)


def _jitter(rng: np.random.Generator, arms: np.ndarray) -> np.ndarray:
    return rng.lognormal(0, JITTER, len(arms))


NOISES: dict[str, Factors] = {
    "bursts": bursts,
    "drift": drift,
    "autocorrelation": autocorrelation,
    "neighbour": neighbour,
}
"""Each is given the arm of every slice, 0 or 1, in their order."""
SHIFTS = {"neighbour": BUSY * (FELT[0] - FELT[1])}
"""What a noise adds to the logarithm of the ratio in the long run, where it adds anything."""
