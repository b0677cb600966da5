"""``gvk parity``: the lockstep, a line for each rung and tensor."""

from typing import Any

import click

from bench.commands.options import config_from, models_named
from bench.errors import UserError
from bench.ledger import Entry
from bench.prepare import dataset_for
from bench.quiet import quiet_tensorflow
from bench.user_files import new_file, write_json


def run(model: str, steps: int | None, json_path: Any, **given: Any) -> int:
    """Check each model; return 0 if all hold."""
    if steps and given["epochs"]:
        raise UserError("--steps and --epochs exclude each other: give one")
    new_file(json_path, "--json")
    names = models_named(model)
    epochs = given["epochs"] or (steps or 1)  # an epoch has a step at least; --steps cuts them
    configs = [config_from(name, given, epochs=epochs) for name in names]
    datasets = [dataset_for(c.spec, given["dataset"], given["limit"]) for c in configs]
    quiet_tensorflow()
    from bench.parity import check
    from bench.pipeline import parity_line
    from bench.records import parity_record

    results = []
    for config, dataset in zip(configs, datasets, strict=True):
        click.echo(
            f"{config.model} on {dataset.name} ({dataset.source}), raw {config.engine} "
            f"against keras {config.keras_engine}"
        )
        found = check(config, dataset, steps)
        for line in (*found.exact, *map(entry_line, found.entries), parity_line(found)):
            click.echo(line)
        results.append(found)
    write_json(json_path, "parity", {"results": [parity_record(found) for found in results]})
    return 0 if all(found.holds for found in results) else 1


def entry_line(entry: Entry) -> str:
    """Return one rung and tensor: the verdict, the sizes, and where they part."""
    verdict = "OK  " if entry.holds else "DIFF"
    d = entry.distance
    line = f"{verdict} {entry.rung:<20} {entry.tensor:<22} max {d.max_abs:.1e} {d.max_ulp:>6,} ULP"
    if entry.first_step is not None:
        line += f"  parted at step {entry.first_step}"
    return line if entry.holds or not entry.note else f"{line}  ({entry.note})"
