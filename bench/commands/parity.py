"""``gvk parity``: the lockstep; a line for each stage and tensor, or for each of many pairs."""

from itertools import product
from pathlib import Path
from typing import Any

import click

from bench.commands.config_from import config_from, each_of, models_named, require_xla
from bench.commands.user_files import new_file, write_json
from bench.data.datasets import Dataset
from bench.data.for_model import dataset_for
from bench.data.named import named
from bench.errors import UserError
from bench.host.quiet_import import quiet_tensorflow
from bench.jobs.opening import opened
from bench.jobs.results import results
from bench.jobs.work import PROOF
from bench.proof.comparisons import Entry
from bench.specs import DEFAULT_ENGINE, OPTIMIZERS, RAW_ENGINES, XLA_ENGINES, Config

LEAST_DIAGNOSED = 4
"""Steps that are looked at for the reason: state of optimizers shows from the second on."""


def run(
    model: str,
    steps: int | None,
    jobs: int,
    scheduler: str | None,
    json_path: Path | None,
    **given: Any,
) -> int:
    """Check each pair; return 0 if all hold."""
    if steps and given["epochs"]:
        raise UserError("--steps and --epochs exclude each other: give one")
    new_file(json_path, "--json")
    engines = _engines(given)
    given["epochs"] = given["epochs"] or (steps or 1)  # --steps cuts them
    configs = [
        config_from(name, given, optimizer=optimizer, engine=engines[0])
        for name, optimizer in product(models_named(model), each_of(given["optimizer"], OPTIMIZERS))
    ]
    datasets = {c.model: dataset_for(c.spec, given["dataset"], given["limit"]) for c in configs}
    data = {
        c.model: named(datasets[c.model], c.spec, given["dataset"], given["limit"]) for c in configs
    }
    tasks = [
        {"config": c.to_dict(), "data": data[c.model].to_dict(), "engines": list(engines),
         "steps": steps}
        for c in configs
    ]  # fmt: skip
    with opened(jobs, scheduler, list(data.values())) as pool:
        quiet_tensorflow()
        from bench.proof.parity_record import parity_of

        single = len(configs) * len(engines) == 1
        if single:
            click.echo(_heading(configs[0], datasets[configs[0].model]))
        records = []
        for of_config in results(pool, PROOF, tasks, "parity"):
            for record in of_config:
                _tell(parity_of(record), single)
                records.append(record)
    if single and not records[0]["holds"]:
        dataset = datasets[configs[0].model]
        records[0]["diagnosis"] = _explained(parity_of(records[0]), dataset)
    write_json(json_path, "parity", {"results": records})
    return 0 if all(record["holds"] for record in records) else 1


def _engines(given: dict[str, Any]) -> tuple[str, ...]:
    """Return the raw engines that are meant; XLA compiles some of them only."""
    can = XLA_ENGINES if given["xla"] else RAW_ENGINES
    engines = each_of(given.pop("engine"), can)
    if given["xla"]:
        require_xla(engines)
    return engines


def _heading(config: Config, dataset: Dataset) -> str:
    return (
        f"{config.model} on {dataset.name} ({dataset.source}), raw {config.engine} "
        f"against keras {config.keras_engine}"
    )


def _tell(parity: Any, single: bool) -> None:
    """Say what was found of a pair; of a single one every stage and tensor."""
    from bench.proof.lines import parity_line

    if single:
        for line in (*parity.exact, *map(entry_line, parity.entries)):
            click.echo(line)
    click.echo(parity_line(parity))


def _explained(parity: Any, dataset: Dataset) -> dict[str, Any]:
    """Say where the twins part and why; return that as plain values."""
    from bench.diagnose.finding import AGREE
    from bench.diagnose.twins_pair import diagnose_twins
    from bench.host.fresh_process import in_fresh_process

    parted_at = parity.first_difference.first_step if parity.first_difference else None
    steps = max(parted_at or 0, LEAST_DIAGNOSED)
    diagnosis = in_fresh_process(diagnose_twins, parity.config, dataset, steps)
    click.echo(f"\nwhy        {diagnosis}")
    if diagnosis.verdict == AGREE and parity.config.engine != DEFAULT_ENGINE["raw"]:
        click.echo(f"as `step` they agree: look at how the engine {parity.config.engine} runs it")
    return diagnosis.to_dict()


def entry_line(entry: Entry) -> str:
    """Return one stage and tensor: the verdict, the sizes, and where they part."""
    verdict = "OK  " if entry.holds else "DIFF"
    d = entry.distance
    line = f"{verdict} {entry.stage:<20} {entry.tensor:<30} max {d.max_abs:.1e} {d.max_ulp:>6,} ULP"
    if entry.first_step is not None:
        line += f"  parted at step {entry.first_step}"
    return line if entry.holds or not entry.note else f"{line}  ({entry.note})"
