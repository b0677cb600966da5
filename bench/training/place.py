"""Where a training stands, so that it can go on from there."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bench.data.epoch_order import steps_per_epoch
from bench.specs import Config


@dataclass(frozen=True)
class Epoch:
    """What is said after an epoch: the number of it from 1, in nats and shares."""

    epoch: int
    loss: float
    val_accuracy: float
    val_roc_auc: float | None = None


@dataclass(frozen=True)
class Place:
    """How far a training is: whole epochs, and the steps of the one that it is in.

    Attributes:
        epochs: what was said of each whole epoch.
        steps: taken of the next one.
        losses: of the pieces in which they were taken, each with its number of samples.
    """

    epochs: tuple[Epoch, ...] = ()
    steps: int = 0
    losses: tuple[tuple[float, int], ...] = ()

    def after(self, loss: float, samples: int, steps: int) -> "Place":
        """Return the place a piece of an epoch further."""
        return Place(self.epochs, self.steps + steps, (*self.losses, (loss, samples)))

    @property
    def loss(self) -> float:
        """The mean loss over the samples of the epoch so far, in nats."""
        if len(self.losses) == 1:
            return self.losses[0][0]  # as it is: a mean of one number may round
        losses, samples = np.transpose(self.losses)
        return float(np.average(losses, weights=samples))

    def total_steps(self, config: Config, n: int) -> int:
        """Return how many steps were taken, of a training on n samples."""
        return len(self.epochs) * steps_per_epoch(config, n) + self.steps

    def __str__(self) -> str:
        """Say it for a reader."""
        return f"epoch {len(self.epochs) + 1}, {self.steps:,} step{'s'[: self.steps != 1]} into it"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Place":
        """Return what ``to_json`` returned.

        Raises:
            ValueError, TypeError, KeyError: it did not.
        """
        place = cls(
            tuple(Epoch(**each) for each in values["epochs"]),
            values["steps"],
            tuple((float(loss), int(samples)) for loss, samples in values["losses"]),
        )
        if not (isinstance(place.steps, int) and place.steps >= 0 and _counted(place.epochs)):
            raise ValueError("no place in a training")
        if (place.steps > 0) != bool(place.losses):
            raise ValueError("steps without a loss, or the other way round")
        return place


def _counted(epochs: tuple[Epoch, ...]) -> bool:
    return [each.epoch for each in epochs] == list(range(1, len(epochs) + 1))


def encoded(values: dict[str, Any]) -> np.ndarray:
    """Return plain values as an array of bytes, which an npz holds without pickle."""
    return np.frombuffer(json.dumps(values).encode(), np.uint8)


def decoded(array: np.ndarray) -> dict[str, Any]:
    """Return what ``encoded`` was given.

    Raises:
        ValueError: the array is not of ``encoded``.
    """
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError("no text")
    values = json.loads(array.tobytes())
    if not isinstance(values, dict):
        raise ValueError("no table")
    return values


def pieces(
    order: np.ndarray, batch_size: int, done: int, every: int | None
) -> Iterator[np.ndarray]:
    """Yield what is left of an epoch's order, cut after each so many steps.

    The cuts lie where they would without an interruption, wherever the training went on.

    Args:
        order: of the epoch's samples.
        batch_size: samples of a step.
        done: steps that were taken.
        every: steps of a piece; None for the whole epoch.
    """
    length = len(order) if every is None else every * batch_size
    start = done * batch_size
    while start < len(order):
        end = min(len(order), (start // length + 1) * length)
        yield order[start:end]
        start = end
