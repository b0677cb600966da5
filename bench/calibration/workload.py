"""A program to try the method of measuring on: steps of a perceptron, and a share more of them."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bench.timing.blocks import Work, timed

SEGMENT_SECONDS = 0.25


@dataclass(frozen=True)
class Workload:
    """Arms that do the same, or a known share more.

    Attributes:
        extra: by arm, the share of steps that it takes on top of the others'.
        steps: of a segment of an arm without extra.
    """

    extra: Mapping[str, float]
    steps: int = 0

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return list(self.extra)

    def open(self) -> dict[str, Work]:
        """Build the model anew for each arm, warm it up, and return a segment of each."""
        works: dict[str, Work] = {}
        for name, more in self.extra.items():
            step = perceptron_step()
            train(step, 100)
            works[name] = partial(train, step, round(self.steps * (1 + more)))
        return works

    def sized(self) -> "Workload":
        """Return the same with so many steps as fill a segment on this machine."""
        step = perceptron_step()
        train(step, 200)
        seconds = timed(partial(train, step, 500)) / 500
        return replace(self, steps=max(100, int(SEGMENT_SECONDS / seconds)))


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
