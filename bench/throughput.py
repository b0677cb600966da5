"""Throughput of checked pairs: every arm interleaved with the others in one process."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from bench import twins
from bench.data import Dataset
from bench.intervals import Ratio, palindromes, ratio_of
from bench.parity import CheckedPair
from bench.progress import progress
from bench.specs import KERAS_ENGINES, Config

REFERENCE = "keras fit"
MIN_SEGMENT_SECONDS = 0.2
"""Long enough to drown the timer and the scheduler's slices."""
MAX_SEGMENT_SECONDS = 4.0
"""Of the slowest arm: a ConvNet's epoch would take minutes, in each of a dozen segments."""


@dataclass
class Arm:
    """One way to run the model: how to train an epoch of it, and what that took.

    Attributes:
        name: such as ``raw step``.
        train_epoch: trains one shuffled epoch over x and y and waits for its end.
        first_call_seconds: to build the model, trace it and take the first step.
        seconds: mean of the two segments of each block.
    """

    name: str
    impl: str
    engine: str
    train_epoch: Callable[[np.ndarray, np.ndarray], object]
    first_call_seconds: float = 0.0
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Throughput:
    """What was timed.

    Attributes:
        config: the dials that all arms share.
        proofs: for each raw arm, the parity that allowed it to be timed, in words.
        arms: the arms with their seconds for each block.
        n_samples, steps: of one segment.
        order_seed: what the order of the arms was drawn from.
        ratios: of each arm but the reference, against the reference.
    """

    config: Config
    proofs: dict[str, str]
    arms: list[Arm]
    n_samples: int
    steps: int
    order_seed: int
    ratios: dict[str, Ratio]


def measure(
    pairs: Sequence[CheckedPair], dataset: Dataset, blocks: int, order_seed: int
) -> Throughput:
    """Time every raw engine that was proved equal beside Keras's ``fit`` and ``train_on_batch``.

    Args:
        pairs: checked pairs of one model, one for each raw engine.
        dataset: what is trained on, repeated where it is too small for a segment.
        blocks: how often each arm is timed (twice in each block).
        order_seed: decides the order of the arms in each block.
    """
    config = pairs[0].config
    x, y = twins.inputs_and_targets(config, dataset.train)
    arms = _open(pairs, config, x[: config.batch_size], y[: config.batch_size])
    x, y = _long_enough(arms, x, y, config.batch_size)
    by_name = {arm.name: arm for arm in arms}
    with progress(f"time {config.model}", blocks * 2 * len(arms)) as advance:
        for order in palindromes(list(by_name), blocks, order_seed):
            found: dict[str, list[float]] = {name: [] for name in by_name}
            for name in order:
                found[name].append(timed(partial(by_name[name].train_epoch, x, y)))
                advance()
            for name, seconds in found.items():
                by_name[name].seconds.append(float(np.mean(seconds)))
    reference = by_name[REFERENCE].seconds
    return Throughput(
        config=config,
        proofs={f"raw {p.config.engine}": proof_in_words(p) for p in pairs},
        arms=arms,
        n_samples=len(x),
        steps=-(-len(x) // config.batch_size),
        order_seed=order_seed,
        ratios={a.name: ratio_of(reference, a.seconds) for a in arms if a.name != REFERENCE},
    )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes, the garbage collector kept out of it."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


def proof_in_words(pair: CheckedPair) -> str:
    """Return what allowed a pair to be timed, such as ``0 ULP over 46 steps``."""
    return f"{pair.parity.criterion} over {pair.parity.steps:,} steps"


def open_arm(config: Config, impl: str, engine: str, x: np.ndarray, y: np.ndarray) -> Arm:
    """Build an arm and take its first steps on one batch, timed as the first call."""
    start = time.perf_counter()
    make = _raw_arm if impl == "raw" else _keras_arm
    arm = make(config, engine)
    arm.train_epoch(x, y)
    arm.first_call_seconds = time.perf_counter() - start
    return arm


def _open(pairs: Sequence[CheckedPair], config: Config, x: np.ndarray, y: np.ndarray) -> list[Arm]:
    raw = [open_arm(pair.config, "raw", pair.config.engine, x, y) for pair in pairs]
    return raw + [open_arm(config, "keras", engine, x, y) for engine in KERAS_ENGINES]


def _raw_arm(config: Config, engine: str) -> Arm:
    raw = twins.raw_engine(config.but(engine=engine), twins.initial_weights(config))
    rng = np.random.default_rng(config.seed)

    def train_epoch(x: np.ndarray, y: np.ndarray) -> None:
        raw.train_epoch(x, y, rng.permutation(len(x)), config.batch_size)

    return Arm(f"raw {engine}", "raw", engine, train_epoch)


def _keras_arm(config: Config, engine: str) -> Arm:
    keras = twins.keras_engine(config.but(keras_engine=engine), twins.initial_weights(config))

    def train_epoch(x: np.ndarray, y: np.ndarray) -> None:
        keras.train(x, y, config.batch_size, epochs=1)

    return Arm(f"keras {engine}", "keras", engine, train_epoch)


def _long_enough(
    arms: Sequence[Arm], x: np.ndarray, y: np.ndarray, batch_size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Warm every arm up; repeat or cut the samples until the fastest arm's epoch is a segment."""
    few = slice(2 * batch_size)
    slow = max(timed(partial(arm.train_epoch, x[few], y[few])) for arm in arms)
    if slow / 2 * -(-len(x) // batch_size) > MAX_SEGMENT_SECONDS:
        steps = max(2, int(MAX_SEGMENT_SECONDS / (slow / 2)))
        return x[: steps * batch_size], y[: steps * batch_size]
    wanted = max(len(x), 50 * batch_size)  # enough steps that none is timed for its first batch
    x, y = _repeat(x, wanted), _repeat(y, wanted)
    fastest = min(min(timed(partial(arm.train_epoch, x, y)) for _ in "12") for arm in arms)
    longer = int(np.ceil(len(x) * max(1.0, MIN_SEGMENT_SECONDS / fastest)))
    return _repeat(x, longer), _repeat(y, longer)


def _repeat(values: np.ndarray, n: int) -> np.ndarray:
    return values if n <= len(values) else values[np.arange(n) % len(values)]
