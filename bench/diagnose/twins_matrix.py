"""Every twin of this project, diagnosed: ``python -m bench.diagnose.twins_matrix [PART...]``.

A line for each model, optimizer and engine, ``agree`` or what was found, and exit code 1 where
anything but ``agree`` was. A part chooses: ``convnet adam session`` runs that one alone.
"""

import itertools
import sys
from collections.abc import Iterable, Iterator

import numpy as np

from bench.specs import ENGINES, MODELS, OPTIMIZERS

Combination = tuple[str, str, str]  # model, optimizer, engine
SAMPLES = 8  # in a batch, and of the test data: what a step computes does not depend on it
STEPS = 2
EVERY: list[Combination] = list(itertools.product(MODELS, OPTIMIZERS, ENGINES))


def sampled(seed: int) -> list[Combination]:
    """Return a sample: every model in every engine, with the optimizers in turn."""
    rng = np.random.default_rng(seed)
    return [
        (model, optimizer, str(engine))
        for model in MODELS
        for optimizer, engine in zip(
            itertools.cycle(OPTIMIZERS), rng.permutation(list(ENGINES)), strict=False
        )
    ]


def diagnosed(combination: Combination) -> str:
    """Return the verdict of one combination, and what was found, in one line."""
    from bench.data.for_model import dataset_for
    from bench.diagnose.twins_pair import diagnose_twins
    from bench.specs import default_config

    model, optimizer, engine = combination
    config = default_config(model, optimizer=optimizer, batch_size=SAMPLES)
    dataset = dataset_for(config.spec, "digits", STEPS * SAMPLES)
    found = diagnose_twins(config, dataset, STEPS, engine, SAMPLES)
    return "; ".join([found.verdict, *(f"{f.rung}: {f.words}" for f in found.findings)])


def lines(combinations: Iterable[Combination]) -> Iterator[tuple[Combination, str]]:
    """Yield each combination with its verdict."""
    for combination in combinations:
        yield combination, diagnosed(combination)


def main(parts: list[str]) -> int:
    """Print a line for each combination that has all the parts; return the exit code."""
    wanted = [c for c in EVERY if set(parts) <= set(c)]
    alarms = 0
    for combination, said in lines(wanted):
        alarms += said != "agree"
        print(*combination, said, flush=True)
    print(f"{len(wanted)} combinations, {alarms} alarms")
    return 1 if alarms or not wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
