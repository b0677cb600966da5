"""Do workers of a cluster train as replicas of one process do? For every model, on both sides.

    python -m bench.scale.together                  # every model and optimizer
    python -m bench.scale.together convnet-full     # of one model

Two processes of this machine train each model by hand and in Keras layers, then this one, whose CPU
is cut in two, trains the same on two replicas: every variable of worker k against those of replica
k, and the optimizer's state. The samples of the last batch cannot be shared evenly.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import click

from bench.errors import UserError
from bench.host.quiet_import import quiet_tensorflow
from bench.host.workers import joining
from bench.scale.local_workers import ended, started
from bench.specs import MODELS, OPTIMIZERS, Config, default_config

WORKERS = 2
BATCH_SIZE, SAMPLES = 8, 21
"""Three steps: of the last one, of 5 samples, one has 3 and the other 2."""
SECONDS = 1800
"""After so long a cluster is given up; all models and optimizers take a fraction of it."""

Case = tuple[Config, str]


def cases(models: Sequence[str], optimizers: Sequence[str]) -> Iterator[Case]:
    """Yield each training: config and side."""
    for model, optimizer, impl in product(models, optimizers, ("raw", "keras")):
        yield (
            default_config(
                model, optimizer=optimizer, batch_size=BATCH_SIZE, epochs=1, sampling="permutation"
            ),
            impl,
        )


def trained(case: Case, **where: Any) -> Any:
    """Return an engine that has trained an epoch, on devices or among workers."""
    from bench import twins
    from bench.data.epoch_order import epoch_order
    from bench.data.for_model import dataset_for
    from bench.proof.exact_mode import set_exact
    from bench.scale.engines import engine_on

    config, impl = case
    set_exact(config)
    engine: Any = engine_on(config, impl, twins.initial_weights(config), **where)
    x, y = twins.inputs_and_targets(config, dataset_for(config.spec, "digits", SAMPLES).train)
    engine.train_epoch(x, y, epoch_order(config, len(x), 0), config.batch_size)
    return engine


def file_of(case: Case, worker: int) -> str:
    """Return the name of the file with what a worker ends in."""
    config, impl = case
    return f"{config.model} {config.optimizer} {impl} {worker}.npz"


def work(models: Sequence[str], optimizers: Sequence[str], folder: Path) -> None:
    """Be a worker: train everything together with the others, and leave what it ends in."""
    from bench import twins

    join, joined = joining()
    quiet_tensorflow(join)
    for case in cases(models, optimizers):
        engine = trained(case, workers=joined[0])
        twins.save(folder / file_of(case, engine.worker), engine)


def by_workers(models: Sequence[str], optimizers: Sequence[str], folder: Path) -> None:
    """Let a cluster of this machine train everything.

    Raises:
        UserError: a worker did not come to its end.
    """
    options = [word for name in optimizers for word in ("--optimizer", name)]
    command = ["-m", "bench.scale.together", *models, *options, "--worker-in", str(folder)]
    processes = started(WORKERS, command, folder)
    for said, code in [ended(each, SECONDS) for each in processes]:
        if code:
            raise UserError(f"a worker ended with {code}: {said[-2000:]}")


def compared(case: Case, folder: Path, devices: Sequence[str]) -> Any:
    """Return how far the workers of a training ended from the replicas of this process."""
    from bench.proof.distance import EQUAL, largest
    from rawtf.saving import load

    replicas, found = trained(case, devices=devices), EQUAL
    for worker in range(WORKERS):
        weights, slots = load(folder / file_of(case, worker))
        found |= largest(weights, replicas.weights_of(worker))
        found |= largest(slots, replicas.get_optimizer_state())
    return found


def all_compared(models: Sequence[str], optimizers: Sequence[str]) -> Iterator[tuple[Case, Any]]:
    """Yield each training, and the distance between its workers and replicas."""
    from bench.host.device import replica_devices

    with tempfile.TemporaryDirectory() as name:
        by_workers(models, optimizers, Path(name))
        devices = replica_devices(WORKERS)
        for case in cases(models, optimizers):
            yield case, compared(case, Path(name), devices)


@click.command()
@click.argument("models", nargs=-1, type=click.Choice(list(MODELS)))
@click.option("--optimizer", "optimizers", multiple=True, type=click.Choice(OPTIMIZERS))
@click.option("--worker-in", type=click.Path(path_type=Path), hidden=True)
def main(models: tuple[str, ...], optimizers: tuple[str, ...], worker_in: Path | None) -> None:
    """Train MODELS (or all) by workers and by replicas; exit with 1 if one ends in other bits."""
    models, optimizers = models or tuple(MODELS), optimizers or tuple(OPTIMIZERS)
    if worker_in:
        work(models, optimizers, worker_in)
        return
    parted = 0
    for (config, impl), found in all_compared(models, optimizers):
        parted += found.max_ulp != 0
        click.echo(
            f"{config.model} {config.optimizer} {impl}: {WORKERS} workers against {WORKERS} "
            f"replicas: {found.max_ulp} ULP"
        )
    click.echo(f"{parted} ended in other bits")
    sys.exit(1 if parted else 0)


if __name__ == "__main__":
    main()
