"""What a peer is: a model in another library that trains on given batches and shows its weights."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.data.for_model import dataset_for
from bench.peers.walked import Masks, Start, Walked, Weights, batches
from bench.specs import MODELS, Config
from bench.timing.slices import Slice

LEAST_STEPS = 50
"""Of an epoch: data that is too small is repeated, as for the twins."""


class NotWritten(Exception):
    """The library cannot say the model, or what it needs is not here; why, in a few words."""


@dataclass(frozen=True)
class Task:
    """What a peer is to train.

    Attributes:
        config: the dials of the twins.
        x: (samples, *input shape), float32.
        y: (samples,), the number of each sample's class.
    """

    config: Config
    x: np.ndarray
    y: np.ndarray

    @property
    def steps(self) -> int:
        """How many batches an epoch has, a partial one counted."""
        return -(-len(self.x) // self.config.batch_size)


def task_of(config: dict[str, Any], dataset: str, limit: int | None) -> Task:
    """Return the task of a config on a data set.

    Raises:
        NotWritten: the model is one of the user's own.
    """
    dials = Config.from_dict(config)
    if dials.model not in MODELS:
        raise NotWritten("peers have the workshop's models, not those of GVK_MODELS")
    train = dataset_for(dials.spec, dataset, limit).train
    samples = max(len(train), LEAST_STEPS * dials.batch_size)
    places = slice(None) if samples == len(train) else np.arange(samples) % len(train)
    x = train.x.astype(np.float32, copy=False).reshape(-1, *dials.spec.input_shape)
    return Task(dials, np.ascontiguousarray(x[places]), train.y.astype(np.int64)[places])


class Peer(ABC):
    """A model in some library, with what it trains on.

    Args:
        task: the model and its data.
    """

    def __init__(self, task: Task) -> None:
        self.task, self.batch_size = task, task.config.batch_size
        self.rate = task.config.learning_rate
        self._random = np.random.default_rng(task.config.seed)
        self._order = np.arange(0)

    @abstractmethod
    def weights(self) -> Weights:
        """Return a copy of every variable, by the twins' names."""

    @abstractmethod
    def set_weights(self, values: Weights) -> None:
        """Take these; what is not among its variables is left aside."""

    @abstractmethod
    def train(self, order: np.ndarray, masks: Masks | None = None) -> None:
        """Take a step for each batch of this order, and wait until they are taken.

        Args:
            order: the samples, cut into batches as they stand.
            masks: what dropout keeps at each step; None for the library's own generator.
        """

    def walk(self, given: str, to: str) -> None:
        """Walk from a file to a file: a call a batch, then the same again in one call.

        The second is another program where a call is a scan, or makes a graph for many steps.
        """
        start = Start.load(Path(given))
        self.set_weights(start.weights)
        by_step = []
        for number, batch in enumerate(batches(start.order, self.batch_size)):
            self.train(batch, start.masks and start.masks[number : number + 1])
            by_step.append(self.weights())
        self.set_weights(start.weights)
        self.train(start.order, start.masks)
        Walked(by_step, self.weights()).save(Path(to))

    def prepare(self, arm: str) -> "Peer":
        """Return what walks the only arm that there is (``bench.timing.turns.Arms``)."""
        return self

    def take(self, steps: int) -> Slice:
        """Go on for so many steps, over the end of an epoch where it comes."""
        start = time.perf_counter()
        left = steps
        while left:
            if not len(self._order):
                self._order = self._random.permutation(len(self.task.x))
            part, self._order = np.split(self._order, [left * self.batch_size])
            self.train(part)
            left -= -(-len(part) // self.batch_size)
        return Slice(time.perf_counter() - start, steps)

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Give back what it holds."""
