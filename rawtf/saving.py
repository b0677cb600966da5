"""Saving by hand: every number that training needs to go on, in one file.

Keras name: ``model.save`` and ``keras.models.load_model``. Weights are the smaller part of the
matter. Whoever leaves out an optimizer's slots, a moving average or a random state gets a model
that loads, runs, and is another one from the next step on. ``gvk train --save FILE.npz`` runs
``save``, on either side; ``--load`` runs ``load``.
"""

from pathlib import Path
from typing import Protocol

import numpy as np

SLOTS = "optimizer/"
"""What the names of slots and counters begin with; variables go by their own names."""

Values = dict[str, np.ndarray]


class Stateful(Protocol):
    """What can be saved: any engine, of either side."""

    def get_weights(self) -> Values:
        """Return a copy of every variable by name."""
        ...

    def get_optimizer_state(self) -> Values:
        """Return a copy of every slot and counter by name."""
        ...


def save(path: Path, engine: Stateful) -> None:
    """Write parameters, moving averages, random states, slots and counters as npz.

    Raises:
        FileExistsError: there is a file already.
    """
    with path.open("xb") as file:
        np.savez(file, **state(engine))  # type: ignore[arg-type]


def state(engine: Stateful) -> Values:
    """Return all that training needs to go on, sorted by name: equal states make equal files."""
    slots = engine.get_optimizer_state()
    named = engine.get_weights() | {f"{SLOTS}{name}": value for name, value in slots.items()}
    return {name: named[name] for name in sorted(named)}


def load(path: Path) -> tuple[Values, Values]:
    """Return the variables and the optimizer's state that ``save`` wrote, each by name."""
    with np.load(path, allow_pickle=False) as file:
        return parted({name: file[name] for name in file.files})


def parted(values: Values) -> tuple[Values, Values]:
    """Return the variables and the optimizer's state in what ``state`` returned, each by name."""
    slots = {n.removeprefix(SLOTS): v for n, v in values.items() if n.startswith(SLOTS)}
    return {n: v for n, v in values.items() if not n.startswith(SLOTS)}, slots
