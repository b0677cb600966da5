"""What walks an arm in slices: parts of an epoch, one call after the other, or ``fit``."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from bench.specs import ENGINES, Config
from bench.timing.held import HeldRunner
from bench.timing.slices import Runner, Slice

WHOLE_SECONDS = 0.2
"""An epoch in one graph that takes no longer is a slice as it is."""
PART_SECONDS = 0.15
"""Of a longer one so much: what a call costs once (some 0.1 ms) is nothing beside it."""


def clocked(work: Callable[[], object]) -> float:
    """Return the seconds until work is done and the device through with it."""
    start = time.perf_counter()
    work()
    await_devices()
    return time.perf_counter() - start


def await_devices() -> None:
    """Wait until every device is through.

    Where processes have joined as workers TensorFlow would ask all of them and cannot; there they
    are on CPUs, which are through when a call comes back.
    """
    try:
        tf.test.experimental.sync_devices()
    except tf.errors.InternalError as error:
        if "remote eager worker" not in str(error):
            raise


class StepRunner:
    """Walks an engine that Python calls once a step.

    Args:
        engine: with ``train_epoch(x, y, order, batch_size)``, which is handed the next part of an
            epoch's order.
        x, y: what it trains on.
        batch_size: of a step.
        seed: of the permutations, a new one each epoch.
    """

    def __init__(
        self, engine: Any, x: np.ndarray, y: np.ndarray, batch_size: int, seed: int
    ) -> None:
        self.engine, self.x, self.y, self.batch_size = engine, x, y, batch_size
        self.rng = np.random.default_rng(seed)
        self.order = np.arange(0)

    def take(self, steps: int) -> Slice:
        """Go on for so many steps, over the end of an epoch where it comes."""
        return Slice(clocked(lambda: self._walk(steps)), steps)

    def _walk(self, steps: int) -> None:
        while steps:
            if not len(self.order):
                self.order = self.rng.permutation(len(self.x))
            part, self.order = np.split(self.order, [steps * self.batch_size])
            self.engine.train_epoch(self.x, self.y, part, self.batch_size)
            steps -= -(-len(part) // self.batch_size)

    def close(self) -> None:
        """Hold nothing."""


class EpochRunner(StepRunner):
    """Walks an engine that Python calls once an epoch: a slice is one call, however long.

    Args:
        arm: as of a ``StepRunner``.
        part: the steps of a call, always as many, since XLA compiles anew for every number of
            them; None for as many as are asked for.
    """

    def __init__(self, *arm: Any, part: int | None) -> None:
        super().__init__(*arm)
        self.part = part

    def take(self, steps: int) -> Slice:
        """Train an epoch, or its first steps; a single one where no more is asked for."""
        whole = -(-len(self.x) // self.batch_size)
        taken = 1 if steps == 1 else min(self.part or steps, whole)
        order = self.rng.permutation(len(self.x))[: taken * self.batch_size]
        train = self.engine.train_epoch
        return Slice(clocked(lambda: train(self.x, self.y, order, self.batch_size)), taken)


def part_of(steps: int, step_seconds: float) -> int:
    """Return how many steps of an epoch of so many are one slice of an engine of whole epochs."""
    if steps * step_seconds <= WHOLE_SECONDS:
        return steps
    return min(steps, max(2, round(PART_SECONDS / step_seconds)))


class CallRunner:
    """Walks what is called again and again; a call counts as a step."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call

    def take(self, steps: int) -> Slice:
        """Make so many calls."""
        return Slice(clocked(lambda: [self.call() for _ in range(steps)]), steps)

    def close(self) -> None:
        """Hold nothing."""


def train_runner(
    engine: Any, name: str, x: np.ndarray, y: np.ndarray, config: Config, step_seconds: float
) -> Runner:
    """Return what trains an engine in slices.

    Args:
        engine: of either side, built.
        name: of it, as in ``bench.specs``.
        x, y: an epoch of samples.
        config: its dials.
        step_seconds: about what a step takes; 0 where that is to be found out.
    """
    steps = -(-len(x) // config.batch_size)
    if ENGINES[name].fits:
        return fit_runner(engine.model, partial(engine.train, x, y, config.batch_size), steps)
    arm = (engine, x, y, config.batch_size, config.seed)
    if ENGINES[name].whole_epoch:
        return EpochRunner(*arm, part=part_of(steps, step_seconds) if step_seconds else None)
    return StepRunner(*arm)


def fit_runner(
    model: Any,
    loop: Callable[[int], object],
    steps: int,
    held: type[HeldRunner] = HeldRunner,
) -> HeldRunner:
    """Return what trains by ``model.fit`` in slices.

    Args:
        model: compiled.
        loop: calls ``fit`` on it, for so many epochs.
        steps: of an epoch.
        held: how it is held.
    """
    model.make_train_function()  # fit takes the one that is there
    return held(model, "train_function", loop, steps, int(model.steps_per_execution))
