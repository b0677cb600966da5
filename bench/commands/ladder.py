"""``gvk ladder``: the price of each convenience, a rung at a time."""

import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bench.commands.options import models_named
from bench.data import load
from bench.lock import sole_measurement
from bench.machine import environment
from bench.prepare import dataset_facts, dataset_for
from bench.quiet import quiet_tensorflow
from bench.results import read, report_folder
from bench.specs import model_spec
from bench.store import Store
from bench.user_files import new_file, write_json


def run(
    model: str,
    reports: Path,
    name: str | None,
    resume: bool,
    json_path: Path | None,
    **given: Any,
) -> int:
    """Prove, time, store and print each ladder; return the worst of 0, 3 and 1."""
    new_file(json_path, "--json")
    names = models_named(model)
    datasets = [dataset_for(model_spec(each), given["dataset"], given["limit"]) for each in names]
    store = Store(report_folder(reports, name or datasets[0].name))
    with sole_measurement():
        click.echo(f"data set {datasets[0].name}: {datasets[0].source}")
        quiet_tensorflow()
        from bench.ladder import Plan, measure

        plan = Plan(**given)
        store.start(
            resume,
            verb="ladder",
            command="gvk " + shlex.join(sys.argv[1:]),
            plan=asdict(plan) | {"models": names},
            environment=environment(),
            dataset=dataset_facts(load(plan.dataset)),
        )
        codes = {measure(store, each, plan, click.echo) for each in names}
        store.finish()
    own = [record for record in read(store.folder) if record["run"] == store.run]
    write_json(json_path, "ladder", {"records": own})
    return next((code for code in (1, 3) if code in codes), 0)
