"""Seeds on a local Dask cluster of which a worker is killed meanwhile: each result once, as here.

    python -m bench.jobs.proof --seeds 200

Two workers train both sides of the perceptron for each seed. When a quarter of the results is
there, SIGKILL ends one of the workers; its nanny starts another, as on a cluster of one's own. In
the end there has to be one result for each seed, and those of a sample have to be, for each sample
of the test set and on both sides, what this process comes to by itself, one seed after another.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from bench.data.for_model import dataset_for
from bench.data.named import Named, named
from bench.errors import UserError
from bench.jobs.job import Answer, Job, result_of
from bench.jobs.opening import opened
from bench.jobs.pool import Here, Pool
from bench.jobs.work import SEED
from bench.specs import SEED_MODES, Config, default_config

MODEL, WORKERS = "perceptron", 2


def tasks(config: Config, data: Named, seeds: int) -> dict[int, Job]:
    """Return the training of each seed, by its number."""
    given = {"data": data.to_dict(), "modes": list(SEED_MODES)}
    each = {seed: config.but(seed=seed).to_dict() for seed in range(seeds)}
    return {seed: Job(SEED, {"config": values, **given}) for seed, values in each.items()}


def disturbed(pool: Pool, jobs: dict[int, Job], cluster: Any) -> Iterator[tuple[int, Answer]]:
    """Yield what comes from a cluster of which a worker is killed after a quarter of it."""
    for count, came in enumerate(pool.answers(jobs), 1):
        yield came
        if count == max(1, len(jobs) // 4):
            worker = next(iter(cluster.workers.values()))
            os.kill(worker.pid, signal.SIGKILL)
            click.echo(f"worker {worker.worker_address} killed after {count} results")


def local_cluster(workers: int) -> Any:
    """Return a cluster on this machine, which nobody else can reach.

    Raises:
        UserError: the extra is missing.
    """
    try:
        from distributed import LocalCluster
    except ImportError as error:
        raise UserError(
            "this needs the extra [cluster]: pip install 'graph-vs-keras[cluster]'"
        ) from error
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1",
        dashboard_address="127.0.0.1:0", silence_logs=50,
    )  # fmt: skip


def differing(jobs: dict[int, Job], found: dict[int, Any], sample: int) -> list[int]:
    """Return the seeds of a sample, spread over all, that end otherwise in this process."""
    step = max(1, len(jobs) // sample)
    chosen = {seed: jobs[seed] for seed in list(jobs)[::step][:sample]}
    return [seed for seed, answer in Here().answers(chosen) if result_of(answer) != found.get(seed)]


@click.command()
@click.option("--seeds", type=click.IntRange(min=2), default=200, show_default=True)
@click.option("--sample", type=click.IntRange(min=1), default=20, show_default=True,
              help="How many of them are trained in this process too.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="Training samples.")
@click.option("--dataset", default="auto", show_default=True)
def main(seeds: int, sample: int, epochs: int, limit: int | None, dataset: str) -> None:
    """Train seeds on a cluster, kill a worker, compare; 1 if one is not as it should be."""
    config = default_config(MODEL, epochs=epochs)
    held = dataset_for(config.spec, dataset, limit)
    data = named(held, config.spec, dataset, limit)
    jobs = tasks(config, data, seeds)
    with local_cluster(WORKERS) as cluster:
        before = {worker.pid for worker in cluster.workers.values()}
        with opened(1, cluster.scheduler_address, [data]) as pool:
            came = list(disturbed(pool, jobs, cluster))
        after = {worker.pid for worker in cluster.workers.values()}
    times = Counter(number for number, _ in came)
    twice = [number for number, count in times.items() if count > 1]
    other = differing(jobs, {number: result_of(answer) for number, answer in came}, sample)
    click.echo(
        f"{MODEL} on {held.name}, {WORKERS} workers, {len(before - after)} killed: {len(times)} of "
        f"{seeds} seeds have a result, {len(twice)} more than one; of {min(sample, seeds)} trained "
        f"here too, {len(other)} end otherwise"
    )
    sys.exit(1 if twice or other or len(times) < seeds or before == after else 0)


if __name__ == "__main__":
    main()
