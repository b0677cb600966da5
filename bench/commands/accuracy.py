"""``gvk accuracy``: both sides over several seeds, and a verdict on their test accuracies."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from bench.commands.config_from import config_from, models_named
from bench.commands.user_files import new_file, write_json
from bench.data.datasets import Dataset
from bench.data.for_model import dataset_for
from bench.data.named import Named, named
from bench.errors import UserError
from bench.host.progress import progress
from bench.host.quiet_import import quiet_tensorflow
from bench.jobs.opening import opened
from bench.jobs.pool import Pool
from bench.jobs.results import results
from bench.jobs.work import SEED
from bench.specs import SEED_MODES, Config
from bench.stats.equivalence import DIFFERENT, EQUIVALENT, INCONCLUSIVE
from bench.stats.power import MOST_SEEDS

PROOF_STEPS = 5
_EXIT = {EQUIVALENT: 0, DIFFERENT: 1, INCONCLUSIVE: 3}


def run(
    model: str,
    seeds: int,
    margin: float,
    mode: str,
    vectorised: bool,
    jobs: int,
    scheduler: str | None,
    json_path: Path | None,
    **given: Any,
) -> int:
    """Train, compare and judge; the worst verdict makes the exit code."""
    new_file(json_path, "--json")
    configs = [config_from(name, given) for name in models_named(model)]
    if vectorised:
        _require_together(configs, jobs, scheduler)
    datasets = [dataset_for(c.spec, given["dataset"], given["limit"]) for c in configs]
    data = [
        named(dataset, c.spec, given["dataset"], given["limit"])
        for c, dataset in zip(configs, datasets, strict=True)
    ]
    modes = SEED_MODES if mode == "both" else (mode,)
    found: list[Any] = []
    proofs: list[dict[str, Any]] = []
    with opened(jobs, scheduler, data) as pool:
        quiet_tensorflow()
        pairs = [_proved(c, dataset) for c, dataset in zip(configs, datasets, strict=True)]
        if vectorised:
            trained = _together(pairs, datasets, modes, seeds, proofs)
        else:
            trained = _one_by_one(pool, pairs, data, modes, seeds)
        for pair, runs in zip(pairs, trained, strict=False):
            for over_seeds in _concluded(pair, modes, runs, margin):
                click.echo(line(over_seeds))
                found.append(over_seeds)
    told = {"results": [asdict(over_seeds) for over_seeds in found]}
    write_json(json_path, "accuracy", told | ({"together": proofs} if vectorised else {}))
    codes = [_EXIT[over_seeds.equivalence.verdict] for over_seeds in found]
    return 1 if 1 in codes else max(codes)


def _proved(config: Config, dataset: Dataset) -> Any:
    """Return the checked pair: nothing is trained that was not shown to be one program."""
    from bench.proof.lockstep import CheckedPair, check

    return CheckedPair(check(config, dataset, PROOF_STEPS))


def _require_together(configs: Sequence[Config], jobs: int, scheduler: str | None) -> None:
    """Raise ``UserError`` unless the seeds of each config can train in one graph, and are to."""
    if jobs > 1 or scheduler:
        option = "--scheduler" if scheduler else "--jobs"
        raise UserError(f"{option} and --vectorised exclude each other: give one")
    for config in configs:
        _require_dense(config)


def _require_dense(config: Config) -> None:
    """Check that seeds of a config can train in one graph, and would gain by it.

    Raises:
        UserError: they cannot.
    """
    if config.spec.filters:
        raise UserError(
            f"--vectorised is for models of dense layers: leave it out for {config.model}, of "
            "which seeds take no less time together"
        )
    if (config.kernels, config.gradients, config.xla) != ("fused", "auto", False):
        raise UserError(
            "--vectorised has fused kernels and autodiff, without XLA: leave out --kernels, "
            "--gradients and --xla"
        )


def _proved_together(config: Config, seeds: int, dataset: Dataset) -> Any:
    """Return the proof that seeds in one graph are their single runs.

    Raises:
        UserError: the model's code does not take variables with an axis more.
    """
    from bench.proof.seeds_together import CheckedSeeds, check_seeds

    try:
        return CheckedSeeds(check_seeds(config, seeds, dataset, PROOF_STEPS))
    except ValueError as error:
        raise UserError(
            f"--vectorised: the code of {config.model} does not take variables with an axis in "
            f"front for the seeds: leave it out ({str(error).strip().splitlines()[-1]})"
        ) from error


def together_line(proof: Any) -> str:
    """Return how far seeds in one graph end from their single runs."""
    name, far = proof.farthest
    return (
        f"together   {proof.config.model}: {proof.seeds} seeds in one graph end {proof.criterion} "
        f"of their single runs over {proof.steps} steps (farthest {name}: "
        f"{far.max_relative:.1e} of the largest, floor {proof.floors[name]:.1e})"
    )


def _together(
    pairs: Sequence[Any],
    datasets: Sequence[Dataset],
    modes: Sequence[str],
    seeds: int,
    proofs: list[dict[str, Any]],
) -> Iterator[list[Any]]:
    """Train all seeds of a hand-written side in one graph; yield the runs of each pair.

    Args:
        proofs: that this may be done are added to it.
    """
    from bench.training.seeds import train_seeds

    for pair, dataset in zip(pairs, datasets, strict=True):
        together = _proved_together(pair.config, seeds, dataset)
        click.echo(together_line(together.proof))
        proofs.append(asdict(together.proof) | {"criterion": together.proof.criterion})
        runs = []
        with progress(f"accuracy {pair.config.model}", seeds) as advance:
            for run in train_seeds(pair, dataset, modes, seeds, together):
                runs.append(run)
                advance()
        yield runs


def _one_by_one(
    pool: Pool, pairs: Sequence[Any], data: Sequence[Named], modes: Sequence[str], seeds: int
) -> Iterator[list[Any]]:
    """Let a pool train each seed; yield the runs of each pair once it has all."""
    from bench import twins
    from bench.training.seeds import SeedRun

    tasks: list[dict[str, Any]] = [
        {"config": config.to_dict(), "data": name.to_dict(), "modes": list(modes)}
        for pair, name in zip(pairs, data, strict=True)
        for config in twins.seeds_of(pair.config, seeds)
    ]
    ended = zip(results(pool, SEED, tasks, "accuracy"), tasks, strict=True)
    for _, of_pair in groupby(ended, key=lambda each: each[1]["config"]["model"]):
        yield [
            {mode: SeedRun.from_dict(run) for mode, run in of_seed.items()}
            for of_seed, _ in of_pair
        ]


def _concluded(pair: Any, modes: Sequence[str], runs: Sequence[Any], margin: float) -> list[Any]:
    from bench.training.seeds import conclude

    return [conclude(pair.config, mode, [run[mode] for run in runs], margin) for mode in modes]


def line(over_seeds: Any) -> str:
    """Return the verdict and what it rests on."""
    e, n = over_seeds.equivalence, len(over_seeds.raw)
    raw, keras = (100 * sum(side) / n for side in (over_seeds.raw, over_seeds.keras))
    only_raw = sum(d.raw_only for d in over_seeds.disagreements)
    only_keras = sum(d.keras_only for d in over_seeds.disagreements)
    name = f"accuracy   {over_seeds.config.model} {over_seeds.mode}"
    said = (
        f"{name}: {e.verdict.upper()} within {e.margin:g} pp: "
        f"raw {raw:.2f} %, keras {keras:.2f} %, difference {e.difference:+.2f} pp "
        f"(95 % {e.low:+.2f} to {e.high:+.2f}), TOST p {e.p_tost:.3f}, power {e.power:.2f}, "
        f"{n} seeds; right on one side only: raw {only_raw}, keras {only_keras} "
        f"(McNemar p {over_seeds.mcnemar_p:.3f})"
    )
    return said if e.seeds_needed is None else f"{said}; {_needed(e)}"


def _needed(tost: Any) -> str:
    if tost.seeds_needed >= MOST_SEEDS:
        return f"{MOST_SEEDS:,} seeds a side or more would settle it"
    return f"about {max(tost.seeds_needed, tost.seeds + 1):,} seeds a side would settle it"
