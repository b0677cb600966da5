"""A program to try the method of measuring on: steps of a perceptron, and a share more of them."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bench.timing.runners import CallRunner
from bench.timing.slices import Pace, Slices, step_seconds

ROUNDS = 2
"""Of a block."""


@dataclass(frozen=True)
class Workload:
    """Arms that do the same, or a known share more.

    Attributes:
        extra: by arm, the share of steps that it takes on top of the others'.
        seed: of the lengths of slices.
        step_seconds: what a step without extra takes; 0 until it was looked at.
    """

    extra: Mapping[str, float]
    seed: int = 0
    step_seconds: float = 0.0

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return list(self.extra)

    @property
    def pace(self) -> Pace:
        """How long slices are."""
        return Pace(dict.fromkeys(self.extra, self.step_seconds), ROUNDS, self.seed)

    def open(self) -> Slices:
        """Build the model anew for each arm, and let it take its first steps."""
        runners = {name: Extra(perceptron_step(), more) for name, more in self.extra.items()}
        slices = Slices(runners, self.pace)
        slices.warm_up()
        return slices

    def sized(self) -> "Workload":
        """Return the same, told what a step takes on this machine."""
        return replace(self, step_seconds=step_seconds(CallRunner(perceptron_step())))


class Extra(CallRunner):
    """Walks steps, and takes a known share of them twice.

    Args:
        step: what is called.
        share: of the calls that are made again, spread evenly over all of them.
    """

    def __init__(self, step: Callable[[], object], share: float) -> None:
        super().__init__(self._step)
        self.step, self.share, self.due = step, share, 0.0

    def _step(self) -> None:
        self.step()
        self.due += self.share
        while self.due >= 1:
            self.step()
            self.due -= 1


def perceptron_step() -> Callable[[], object]:
    """Return a training step of a fresh hand-written perceptron, on one batch that stays."""
    from bench import twins
    from bench.specs import default_config

    config = default_config("perceptron")
    engine = twins.raw_engine(config, twins.initial_weights(config))
    rng = np.random.default_rng(0)
    x = rng.random((config.batch_size, 784), np.float32)
    y = rng.integers(0, 2, (config.batch_size, 1)).astype(np.float32)
    return partial(engine.train_on_batch, x, y)


def train(step: Callable[[], object], steps: int) -> None:
    """Take so many steps, one after the other."""
    for _ in range(steps):
        step()


@contextmanager
def other_load() -> Iterator[None]:
    """Keep half of the cores at work now and then, as a neighbour on the machine would."""
    spawn = multiprocessing.get_context("spawn")
    cores = max(1, (os.cpu_count() or 2) // 2)
    neighbours = [spawn.Process(target=_neighbour, args=(n,), daemon=True) for n in range(cores)]
    for process in neighbours:
        process.start()
    try:
        yield
    finally:
        for process in neighbours:
            process.kill()
            process.join()


def _neighbour(seed: int) -> None:
    """Work and rest in turns of up to two seconds, drawn from a seed; end with the parent."""
    rng = np.random.default_rng(seed)
    a = rng.random((256, 256))
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        end = time.monotonic() + rng.uniform(0.1, 2)
        while time.monotonic() < end:
            a @ a
        time.sleep(rng.uniform(0.1, 2))
