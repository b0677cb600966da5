"""The method of measuring, measured: how often it is right where the truth is known.

Simulated noise has a truth by construction. On the machine itself the truth is known of a
program against its own copy, and against itself with a known share of work added.
"""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from time import monotonic

import numpy as np

from bench.calibration.sequential import sequential_ratio
from bench.calibration.simulated_noise import NOISES, SHIFTS
from bench.calibration.summary import PLANTED, trial_summary
from bench.calibration.workload import Workload, other_load
from bench.host.progress import progress
from bench.records.reading import AGAIN, Record
from bench.records.slices import METHOD
from bench.records.writing import Store
from bench.stats.batch_means import batched_ratio_of
from bench.stats.intervals import palindrome
from bench.timing.blocks import Block, Run, Stop

TRUE_RATIO = 1.2
SIMULATED_BLOCKS = {"neighbour": 480}
"""A neighbour stays for five blocks: what it does on the average takes many."""
USUAL_BLOCKS = 60
STOP = Stop(least=20, most=120, target_width=0.03, budget_seconds=8, whatever_it_takes=8)
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
    loaded: bool = False

    @property
    def seconds(self) -> float:
        """About what its runs take, where none is narrow enough before its budget is spent."""
        return self.runs * (self.stop.budget_seconds or 0.0)


PARTS = {
    "quiet": Part(40, ALIKE, STOP),
    "loaded": Part(40, ALIKE, STOP, loaded=True),
    "planted": Part(10, SLOWED, replace(STOP, budget_seconds=20)),
    "spread": Part(10, ALIKE, STOP),
}
SIMULATED_RUNS = 2_000
LEAST_TRIALS = 2
SEQUENTIAL_SECONDS = 0.25
"""Of a round of what is timed one program after the other."""


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
    covered, rng = 0, np.random.default_rng([seed, list(NOISES).index(noise)])
    blocks = SIMULATED_BLOCKS.get(noise, USUAL_BLOCKS)
    with progress(f"simulate {noise}", runs) as advance:
        for _ in range(runs):
            covered += _covers(noise, rng, blocks)
            advance()
    return covered


def _covers(noise: str, rng: np.random.Generator, blocks: int) -> bool:
    """Return whether the interval of one simulated run holds the truth."""
    order_seed = int(rng.integers(2**31))
    orders = np.array([palindrome([0, 1], order_seed, block) for block in range(blocks)])
    factors = NOISES[noise](rng, orders.ravel()).reshape(orders.shape)
    reference, arm = (geometric_means(factors, orders == each) for each in (0, 1))
    ratio = batched_ratio_of(TRUE_RATIO * reference, arm)
    truth = TRUE_RATIO * np.exp(SHIFTS.get(noise, 0.0))
    return bool(ratio.low <= truth <= ratio.high)


def geometric_means(factors: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return for each block (row) the geometric mean of the factors that are an arm's own."""
    return np.exp(np.sum(np.log(factors) * own, axis=1) / own.sum(axis=1))


def measure(
    store: Store, name: str, runs: int | None, seed: int, budget_seconds: float = float("inf")
) -> Iterator[Record]:
    """Store each trial of a part, unless an earlier sitting has; yield each record.

    Args:
        store: where the trials go.
        name: of the part.
        runs: how many; None for what the part needs.
        seed: of orders and lengths.
        budget_seconds: after which no trial is begun any more, but the first two in any case.
    """
    part, runs, start = PARTS[name], runs or PARTS[name].runs, monotonic()
    workload = Workload(part.extra).sized()
    with other_load() if part.loaded else nullcontext(), progress(name, runs) as advance:
        for number in range(runs):
            if number >= LEAST_TRIALS and monotonic() - start > budget_seconds:
                return
            head = {"part": name, "trial": number}
            yield store.once("trial", head, partial(_trial, name, workload, seed + number))
            advance()


def _trial(name: str, workload: Workload, seed: int) -> Record:
    """Return the blocks of one run, and what the method makes of them."""
    part, workload = PARTS[name], replace(workload, seed=seed)
    facts = {
        "arms": workload.arms,
        "step_seconds": workload.step_seconds,
        "order_seed": seed,
        "method": METHOD,
    }

    def width(blocks: Sequence[Block]) -> float:
        return float(trial_summary(facts, [asdict(block) for block in blocks])["width"])

    run = Run(workload, part.stop, "quick", seed, width)
    blocks = [asdict(block) for block in run]
    trial = {**facts, "blocks": blocks, "stopped": run.stopped, **trial_summary(facts, blocks)}
    if name == "spread":  # as long, and as often, one program after the other
        steps = round(SEQUENTIAL_SECONDS / workload.step_seconds)
        seconds = sum(sum(block["seconds"]) for block in blocks) / len(workload.arms)
        trial["sequential"] = sequential_ratio(steps, max(1, round(seconds / SEQUENTIAL_SECONDS)))
    return trial
