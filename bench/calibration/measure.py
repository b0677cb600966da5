"""The method of measuring, measured: how often it is right where the truth is known.

Simulated noise has a truth by construction. On the machine itself the truth is known of a
program against its own copy, and against itself with a known share of work added.
"""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np

from bench.calibration.sequential import sequential_ratio
from bench.calibration.simulated_noise import NOISES
from bench.calibration.summary import PLANTED, trial_summary
from bench.calibration.workload import Workload, other_load
from bench.host.progress import progress
from bench.records.reading import AGAIN, Record
from bench.records.writing import Store
from bench.stats.intervals import palindrome, ratio_of
from bench.timing.blocks import Block, Run, Stop

TRUE_RATIO = 1.2
SIMULATED_BLOCKS = 20
QUICK = Stop(least=8, most=16, target_width=0.03, budget_seconds=30)
FULL = Stop(least=12, most=24, target_width=0.03, budget_seconds=240)
ALIKE = {"a": 0.0, "b": 0.0, "a" + AGAIN: 0.0}
SLOWED = {"a": 0.0, "b": PLANTED, "a" + AGAIN: 0.0, "b" + AGAIN: PLANTED}


@dataclass(frozen=True)
class Part:
    """A part of the calibration that is measured on this machine.

    Attributes:
        runs: how many, unless it is said otherwise.
        extra: what the arms take on top, as in ``Workload``.
        loaded: whether another load runs beside it.
    """

    runs: int
    extra: dict[str, float]
    stop: Stop
    precision: str = "quick"
    loaded: bool = False


PARTS = {
    "quiet": Part(40, ALIKE, QUICK),
    "loaded": Part(40, ALIKE, QUICK, loaded=True),
    "planted": Part(10, SLOWED, FULL, precision="full"),
    "spread": Part(10, ALIKE, QUICK),
}
SIMULATED_RUNS = 1_000


def simulate(store: Store, runs: int | None, seed: int) -> Iterator[Record]:
    """Store for each kind of noise how many intervals held the truth; yield each record."""
    runs = runs or SIMULATED_RUNS
    for noise in NOISES:
        head = {"noise": noise, "runs": runs}
        yield store.once("coverage", head, partial(_coverage, noise, runs, seed))


def _coverage(noise: str, runs: int, seed: int) -> Record:
    return {"covered": coverage(noise, runs, seed), "seed": seed}


def coverage(noise: str, runs: int, seed: int) -> int:
    """Return in how many simulated runs the 95 % interval holds the true ratio."""
    rng = np.random.default_rng([seed, list(NOISES).index(noise)])
    covered = 0
    with progress(f"simulate {noise}", runs) as advance:
        for run in range(runs):
            factors = NOISES[noise](rng, 4 * SIMULATED_BLOCKS).reshape(SIMULATED_BLOCKS, 4)
            covered += _covers(factors, [seed, run])
            advance()
    return covered


def _covers(factors: np.ndarray, seed: Sequence[int]) -> bool:
    """Return whether the interval of one simulated run holds the truth."""
    seconds: dict[str, list[float]] = {"reference": [], "arm": []}
    order_seed = int(np.random.default_rng(seed).integers(2**31))
    for block, own in enumerate(factors):
        order = palindrome(list(seconds), order_seed, block)
        for name, values in seconds.items():
            values.append(
                float(np.mean([f for at, f in zip(order, own, strict=True) if at == name]))
            )
    ratio = ratio_of(TRUE_RATIO * np.array(seconds["reference"]), seconds["arm"])
    return ratio.low <= TRUE_RATIO <= ratio.high


def measure(store: Store, name: str, runs: int | None, seed: int) -> Iterator[Record]:
    """Store each trial of a part, unless an earlier sitting has; yield each record."""
    part, runs = PARTS[name], runs or PARTS[name].runs
    workload = Workload(part.extra).sized()
    with other_load() if part.loaded else nullcontext(), progress(name, runs) as advance:
        for number in range(runs):
            head = {"part": name, "trial": number}
            yield store.once("trial", head, partial(_trial, name, workload, seed + number))
            advance()


def _trial(name: str, workload: Workload, seed: int) -> Record:
    """Return the blocks of one run, and what the method makes of them."""
    part = PARTS[name]
    facts = {"arms": workload.arms, "steps": workload.steps, "order_seed": seed}

    def width(blocks: Sequence[Block]) -> float:
        return float(trial_summary(facts, [asdict(block) for block in blocks])["width"])

    run = Run(workload, part.stop, part.precision, seed, width)
    blocks = [asdict(block) for block in run]
    trial = {**facts, "blocks": blocks, "stopped": run.stopped, **trial_summary(facts, blocks)}
    if name == "spread":  # as many segments of each, one program after the other
        trial["sequential"] = sequential_ratio(workload.steps, 2 * len(blocks))
    return trial
