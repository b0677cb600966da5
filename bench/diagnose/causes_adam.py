"""Hypotheses about what Adam counts: its step, in the correction of its first ones."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.diagnose.cures import Cause, Cure

Count = Callable[[int, int, int], float]

COUNTERS: dict[str, Count] = {
    "goes up once for each variable, not once a step": lambda step, i, n: step * n + i + 1,
    "goes up by the number of variables in a step": lambda step, i, n: (step + 1) * n,
    "is one step ahead": lambda step, i, n: step + 2,
    "is one step behind": lambda step, i, n: max(step, 1),
    "stays at one": lambda step, i, n: 1,
}
"""What is counted otherwise: (step from 0, variable, variables) -> t."""


def counters(config: dict[str, Any]) -> Iterator[Cause]:
    """Yield other counts of steps in Adam's bias correction, given the optimizer's settings."""
    for words, count in COUNTERS.items():
        yield Cause(
            "adam-counter",
            f"Adam's step counter {words}: its bias correction is another one",
            "t += 1 once a step, before the variables are gone through",
            Cure(f"the reference's Adam with a counter that {words}",
                 after_step=_counted(config, count)),
        )  # fmt: skip


def _counted(config: dict[str, Any], count: Count) -> Any:
    one, two = config["beta_1"], config["beta_2"]

    def correction(t: float) -> float:
        return float(np.sqrt(1 - two**t) / (1 - one**t))

    def update(program: Any, before: list[np.ndarray], step: int) -> None:
        now, place = program.read(), {id(v): i for i, v in enumerate(program.variables)}
        trained = program.thing.trainable_variables
        for n, variable in enumerate(trained):
            i = place[id(variable)]
            ratio = correction(count(step, n, len(trained))) / correction(step + 1)
            now[i] = (before[i] + (now[i] - before[i]) * ratio).astype(now[i].dtype)
        program.write(now)

    return update
