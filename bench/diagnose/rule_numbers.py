"""The numbers that an update like the reference's is made of: shares, rates, corrections."""

from dataclasses import dataclass
from typing import Any

import numpy as np

RATE = "learning_rate"
PLAIN = (0.0, 1.0, -1.0, 0.5, 2.0)
DECAYS = ("beta_1", "beta_2", "rho", "momentum")


@dataclass(frozen=True)
class Numbers:
    """What numbers an update like the reference's is made of.

    Attributes:
        plain: by what they are called.
        decays: those of a running mean.
    """

    plain: dict[float, str]
    decays: dict[str, float]

    def factors(self, step: int) -> dict[str, float]:
        """Return what a part of an update may be multiplied by, at a step counted from 1."""
        found = {"-1": -1.0, "2": 2.0, "1/2": 0.5}
        for name, b in self.decays.items():
            bias = float(np.float32(1) - np.float32(b) ** np.float32(step))  # as optimizers do
            found |= {f"1 - {name}": 1 - b, f"1/(1 - {name})": 1 / (1 - b), name: b}
            found |= {f"1 - {name}**t": bias, f"1/(1 - {name}**t)": 1 / bias}
            found |= {f"sqrt(1 - {name}**t)": bias**0.5, f"1/sqrt(1 - {name}**t)": bias**-0.5}
        for value, name in self.plain.items():
            if name in (RATE, "weight_decay", "learning_rate * weight_decay"):
                found |= {name: value, f"1/{name}": 1 / value}
        return found


def decays_of(config: dict[str, Any]) -> dict[str, float]:
    """Return by which shares the running means of an optimizer decay, by name."""
    return {k: config[k] for k in DECAYS if isinstance(config.get(k), float) and 0 < config[k] < 1}


def numbers_of(config: dict[str, Any], rate: float | None) -> Numbers:
    """Return the numbers of an optimizer, given its settings."""
    given = {k: float(v) for k, v in config.items() if isinstance(v, float) and v}
    decays = decays_of(config)
    named = {v: k for k, v in given.items()} | {1 - v: f"1 - {k}" for k, v in decays.items()}
    if rate:
        named[float(f"{rate:.6g}")] = RATE
        if decay := given.get("weight_decay"):
            named |= {rate * decay: "learning_rate * weight_decay"}
            named |= {1 - rate * decay: "1 - learning_rate * weight_decay"}
    return Numbers({n: f"{n:g}" for n in PLAIN} | named, decays)
