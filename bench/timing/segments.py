"""What is timed of an engine in whole epochs, and how long an epoch is."""

from abc import ABC, abstractmethod
from functools import partial
from math import ceil
from typing import Any, Protocol

import numpy as np

from bench.host.gpu import await_device
from bench.timing.blocks import timed

LEAST_STEPS = 50
"""Of an epoch, where there is time for them: enough that none is timed for its first batch."""


class Train(Protocol):
    """How an engine trains."""

    def __call__(
        self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        """Train for some epochs; return the mean loss of the last, in nats."""
        ...


def trainer(engine: Any, seed: int) -> Train:
    """Return how an engine trains: several epochs a call where it can, else one at a time.

    Args:
        engine: of either side.
        seed: of the order of each epoch, where the order is not the engine's own affair.
    """
    if hasattr(engine, "train_epochs"):
        return engine.train_epochs
    rng = np.random.default_rng(seed)

    def train(
        x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        loss = np.nan
        for _ in range(epochs):
            order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
            loss = engine.train_epoch(x, y, order, batch_size)
        return loss

    return train


class BuiltEngine(ABC):
    """An engine that is built, and what it runs on.

    Args:
        engine: of either side, holding its weights.
        batch_size: of its steps.
    """

    def __init__(self, engine: Any, batch_size: int) -> None:
        self.engine, self.batch_size = engine, batch_size

    @abstractmethod
    def work(self, samples: int, epochs: int) -> None:
        """Run some epochs of so many samples, whether or not the device is through then."""

    def run(self, samples: int, epochs: int = 1) -> None:
        """Run some epochs, and wait until the device is through with them."""
        self.work(samples, epochs)
        await_device()

    def seconds(self, samples: int) -> float:
        """Return the seconds of an epoch of so many samples."""
        return timed(partial(self.run, samples))


def samples_an_epoch(whole: int, batch_size: int, step_seconds: float, max_seconds: float) -> int:
    """Return a whole epoch, of a least length, or what can be afforded of it.

    Args:
        whole: samples of the data.
        batch_size: of a step.
        step_seconds: what a step takes.
        max_seconds: what an epoch may take.
    """
    affordable = max(2, int(max_seconds / step_seconds))
    wanted = max(whole, LEAST_STEPS * batch_size)
    return wanted if ceil(wanted / batch_size) <= affordable else affordable * batch_size
