"""Every twin of this project, diagnosed: ``python -m bench.diagnose.twins_matrix [PART...]``.

A line for each model, optimizer and engine, ``agree`` or what was found, and exit code 1 where
anything but ``agree`` was. A part chooses: ``convnet adam session`` runs that one alone. With
``--record FILE`` the lines are added to a file, and what stands in it already is not run again.
"""

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from bench.specs import ENGINES, MODELS, OPTIMIZERS

Combination = tuple[str, str, str]  # model, optimizer, engine
SAMPLES = 8  # in a batch, and of the test data: what a step computes does not depend on it
STEPS = 2
EVERY: list[Combination] = list(itertools.product(MODELS, OPTIMIZERS, ENGINES))


def sampled(seed: int) -> list[Combination]:
    """Return a sample: every model with every optimizer, in engines that are drawn in turn."""
    rng = np.random.default_rng(seed)
    engines = itertools.cycle(map(str, rng.permutation(list(ENGINES))))
    return [(model, optimizer, next(engines)) for model in MODELS for optimizer in OPTIMIZERS]


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


def lines(
    combinations: Iterable[Combination], known: dict[Combination, str]
) -> Iterator[tuple[Combination, str]]:
    """Yield each combination with its verdict, diagnosed where it is not known yet."""
    for combination in combinations:
        yield combination, known.get(combination) or diagnosed(combination)


def recorded(file: Path | None) -> dict[Combination, str]:
    """Return the verdicts that stand in a file, by combination."""
    if file is None or not file.exists():
        return {}
    parts = (line.split(" ", 3) for line in file.read_text().splitlines())
    return {(model, optimizer, engine): said for model, optimizer, engine, said in parts}


def main(arguments: list[str]) -> int:
    """Print a line for each combination that has all the parts; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.diagnose.twins_matrix")
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--record", type=Path)
    given = parser.parse_args(arguments)
    wanted = [c for c in EVERY if set(given.parts) <= set(c)]
    known = recorded(given.record)
    alarms = 0
    for combination, said in lines(wanted, known):
        alarms += said != "agree"
        print(*combination, said, flush=True)
        if given.record and combination not in known:
            with given.record.open("a") as record:
                print(*combination, said, file=record)
    print(f"{len(wanted)} combinations, {alarms} alarms")
    return 1 if alarms or not wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
