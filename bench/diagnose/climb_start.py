"""The last rung: the weights that the loop starts from, where nobody hands it others.

Two programs may draw from another distribution and be the same program. A start is a difference
only where it is far off, and where the reference itself, trained from it, ends with another loss.
"""

import numpy as np

from bench.diagnose.climb_epoch import Met, after_the_steps
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.judge import Judge
from bench.diagnose.stand import LOOP, REFERENCE, Stand

WORTH_A_WORD = 2.0  # weights twice as wide send a signal four times as strong through a layer
FAR_OFF = 4.0
LEAST_NUMBERS = 16
"""Of a kernel: of fewer the spread is known too badly."""
SEEDS = (1, 2)
CLEARLY = 3.0
"""How many times the spread between seeds a loss has to be off."""
LEAST_SPREAD = 0.1
"""Of a loss: two seeds may lie closer by chance."""


def start_spread(stand: Stand) -> tuple[float, float] | None:
    """Return the spread of the widest kernel of either side, standard deviations; None of none."""
    kernels = [
        (float(np.std(ours)), float(np.std(theirs)))
        for ours, theirs in zip(stand.drawn[LOOP], stand.drawn[REFERENCE], strict=True)
        if theirs.ndim > 1 and theirs.size >= LEAST_NUMBERS
    ]
    if not kernels:
        return None
    ours, theirs = (max(pair[side] for pair in kernels) for side in (0, 1))
    return (ours, theirs) if theirs else None


def apart(spread: tuple[float, float] | None, ratio: float) -> bool:
    """Return whether one side is spread more than so many times as wide as the other."""
    return spread is not None and not 1 / ratio <= spread[0] / spread[1] <= ratio


def in_words(spread: tuple[float, float]) -> str:
    """Return how the loop's start compares."""
    ours, theirs = spread
    return (
        f"the loop's starting weights are spread {ours / theirs:.3g} times as wide as the "
        f"reference's initializer draws them (standard deviation {ours:.3g} against {theirs:.3g})"
    )


def climb_start(stand: Stand) -> list[Met]:
    """Return that the loop starts far from where the reference does, and ends elsewhere for it."""
    spread = start_spread(stand)
    if spread is None or not apart(spread, FAR_OFF) or not _leads_elsewhere(stand):
        return []
    cause = Cause(
        "start-spread",
        in_words(spread),
        "draw them as Keras does: keras.initializers.GlorotUniform()(shape)",
        Cure("both started from the reference's weights"),
        on="loop",
        value=None,
    )
    size = abs(spread[0] / spread[1] - 1)
    return [(after_the_steps("start", size, "spread"), cause, ())]


def _leads_elsewhere(stand: Stand) -> bool:
    """Return whether the reference, trained from the loop's start, ends with another loss."""
    judge, start = Judge(stand), stand.drawn[LOOP]
    from_its_own = [judge.reference(seed) for seed in SEEDS]
    from_ours = [judge.reference(seed, start) for seed in SEEDS]
    middle = float(np.mean(from_its_own))
    width = max(np.ptp(from_its_own), np.ptp(from_ours), LEAST_SPREAD * abs(middle))
    # a loss that is no number is another one
    return not abs(np.mean(from_ours) - middle) <= CLEARLY * width
