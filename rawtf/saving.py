"""Saving by hand: every number that training needs to go on, in one file.

Keras name: ``model.save`` and ``keras.models.load_model``. Weights are the smaller part of the
matter. Whoever leaves out an optimizer's slots, a moving average or a random state gets a model
that loads, runs, and is another one from the next step on.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np

WEIGHTS, SLOTS = "weights", "optimizer"

Values = dict[str, np.ndarray]


class Stateful(Protocol):
    """What can be saved: any engine."""

    def get_weights(self) -> Values:
        """Return a copy of every variable by name."""
        ...

    def get_optimizer_state(self) -> Values:
        """Return a copy of every slot and counter by name."""
        ...


def save(path: Path, engine: Stateful) -> None:
    """Write parameters, moving averages, random states, slots and counters as npz."""
    named = {f"{WEIGHTS}/{name}": value for name, value in engine.get_weights().items()}
    named |= {f"{SLOTS}/{name}": value for name, value in engine.get_optimizer_state().items()}
    with path.open("xb") as file:
        np.savez(file, **named)  # type: ignore[arg-type]


def load(path: Path) -> tuple[Values, Values]:
    """Return the variables and the optimizer's state that ``save`` wrote, each by name."""
    with np.load(path, allow_pickle=False) as file:
        values = {name: file[name] for name in file.files}
    return _part(values, WEIGHTS), _part(values, SLOTS)


def _part(values: Mapping[str, np.ndarray], part: str) -> Values:
    return {n.removeprefix(f"{part}/"): v for n, v in values.items() if n.startswith(f"{part}/")}
