"""What is walked for a proof, as files: where all start from, and what is left after each step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Weights = dict[str, np.ndarray]
Masks = Sequence[Sequence[np.ndarray]]
"""By step and dropout layer: 0, or 1 / (1 - rate) where a unit is kept; (batch, units)."""


@dataclass(frozen=True)
class Start:
    """What a walk is given.

    Attributes:
        weights: of every variable, by the twins' names.
        order: the samples, whose consecutive batches are the steps.
        masks: what dropout keeps; None of a model without.
    """

    weights: Weights
    order: np.ndarray
    masks: Masks | None = None

    def save(self, path: Path) -> None:
        """Write it."""
        every: dict[str, Any] = {
            f"mask {step} {layer}": mask
            for step, of_step in enumerate(self.masks or ())
            for layer, mask in enumerate(of_step)
        }
        every |= {f"weights {name}": value for name, value in self.weights.items()}
        np.savez(path, order=self.order, **every)

    @classmethod
    def load(cls, path: Path) -> "Start":
        """Return what was written."""
        with np.load(path) as file:
            every = dict(file)
        weights = {n.split(" ", 1)[1]: v for n, v in every.items() if n.startswith("weights ")}
        by_step: dict[int, list[np.ndarray]] = {}
        for name, value in every.items():  # in the order in which they were written
            if name.startswith("mask "):
                by_step.setdefault(int(name.split(" ")[1]), []).append(value)
        return cls(weights, every["order"], list(by_step.values()) or None)


@dataclass(frozen=True)
class Walked:
    """What a walk left: the weights after each step, and after all of them in one call."""

    by_step: Sequence[Weights]
    whole: Weights

    def save(self, path: Path) -> None:
        """Write it."""
        every: dict[str, Any] = {
            f"{step} {name}": value
            for step, weights in enumerate(self.by_step)
            for name, value in weights.items()
        }
        every |= {f"whole {name}": value for name, value in self.whole.items()}
        np.savez(path, **every)

    @classmethod
    def load(cls, path: Path) -> "Walked":
        """Return what was written."""
        parts: dict[str, Weights] = {}
        with np.load(path) as file:
            for name, value in file.items():
                part, tensor = name.split(" ", 1)
                parts.setdefault(part, {})[tensor] = value
        whole = parts.pop("whole")
        return cls(list(parts.values()), whole)


def batches(order: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """Yield an order cut into batches, the last one as long as what is left."""
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
