"""Is a training that was cut and gone on with the one that nobody cut? For any two engines.

    python -m bench.scale.resumed                # every model, optimizer and engine
    python -m bench.scale.resumed mlp-dropout    # of one model

The same process writes the checkpoint and goes on from it, with an engine that never saw the first
half; ``bench.scale.kills`` does it with processes that are killed.
"""

import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import click

from bench import twins
from bench.data.datasets import Dataset
from bench.data.for_model import dataset_for
from bench.proof.causes import causes
from bench.proof.exact_mode import set_exact
from bench.specs import (
    ENGINES,
    KERAS_ENGINES,
    MODELS,
    OPTIMIZERS,
    RAW_ENGINES,
    Config,
    default_config,
)
from bench.training.checkpoints import about, check_values, held
from bench.training.epochs import train_from
from bench.training.place import Place

SMALL = {"batch_size": 32, "epochs": 2}
SAMPLES = 80
"""Three steps an epoch, the last one of half a batch."""


def small_config(model: str, optimizer: str) -> Config:
    """Return a training that takes no longer than it has to."""
    return default_config(model, optimizer=optimizer, sampling="permutation", **SMALL)


def small_dataset(config: Config) -> Dataset:
    """Return its samples."""
    return dataset_for(config.spec, "digits", SAMPLES)


def in_engine(config: Config, engine: str) -> Config:
    """Return the config with this engine on its side."""
    return config.but(**{"engine" if ENGINES[engine].impl == "raw" else "keras_engine": engine})


def made(config: Config, engine: str) -> twins.Engine | twins.Fit:
    """Return an engine of either side, where a training begins."""
    make = twins.raw_engine if ENGINES[engine].impl == "raw" else twins.keras_engine
    return make(in_engine(config, engine), twins.initial_weights(config))


def unbroken(config: Config, engine: str, dataset: Dataset) -> twins.Weights:
    """Return what a training ends in that nobody cuts, all of an epoch in one call."""
    whole = made(config, engine)
    list(train_from(Place(), whole, config, dataset, None, lambda place: True))
    return twins.state(whole)


def cut(
    config: Config, first: str, second: str, dataset: Dataset, steps: int, folder: Path
) -> twins.Weights:
    """Return what a training ends in that one engine begins and another one ends.

    Args:
        config: of the training.
        first, second: the engines.
        dataset: the samples.
        steps: of an epoch that the first takes in its second epoch.
        folder: where it leaves its checkpoint.
    """
    begins, ends = made(config, first), made(config, second)
    what = about(config, dataset)
    with held(folder, False, what) as checkpoint:

        def reached(place: Place) -> bool:
            checkpoint.write(twins.state(begins), place)
            return not (len(place.epochs) == 1 and place.steps == steps)

        list(train_from(Place(), begins, config, dataset, 1, reached))
    with held(folder, True, what) as checkpoint:
        kept = checkpoint.read()
    assert kept
    check_values(checkpoint.path, kept.values, twins.state(ends))
    twins.restore(ends, kept.values, kept.place.total_steps(config, len(dataset.train)))
    list(train_from(kept.place, ends, config, dataset, 1, lambda place: True))
    return twins.state(ends)


def same_bits(a: twins.Weights, b: twins.Weights) -> bool:
    """Return whether two states are equal, array by array, to the bit."""
    return a.keys() == b.keys() and all(
        (a[n].shape, a[n].dtype, a[n].tobytes()) == (b[n].shape, b[n].dtype, b[n].tobytes())
        for n in a
    )


def engine_pairs(config: Config) -> Iterator[tuple[str, str]]:
    """Yield each engine with itself, and those that hold the same bits each with the next one."""
    every = (*RAW_ENGINES, *KERAS_ENGINES)
    yield from ((engine, engine) for engine in every)
    alike = [e for e in every if not causes(in_engine(config, e)) and ENGINES[e].traced]
    yield from pairwise([*alike, alike[0]])


@click.command()
@click.argument("models", nargs=-1)
def main(models: tuple[str, ...]) -> None:
    """Cut trainings of MODELS (or all) in the middle of an epoch; exit 1 if one ends elsewhere."""
    parted = 0
    for model, optimizer in product(models or MODELS, OPTIMIZERS):
        config = small_config(model, optimizer)
        set_exact(config)
        dataset = small_dataset(config)
        for first, second in engine_pairs(config):
            with tempfile.TemporaryDirectory() as folder:
                ended = cut(config, first, second, dataset, 2, Path(folder))
            alike = same_bits(ended, unbroken(config, second, dataset))
            parted += not alike
            click.echo(f"{model} {optimizer}: {first}, then {second}: {'OK' if alike else 'DIFF'}")
    sys.exit(1 if parted else 0)


if __name__ == "__main__":
    main()
