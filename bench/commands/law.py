"""``gvk law``: what a step costs at each batch size and width, and the lines through that."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from bench.commands.options import models_named
from bench.lock import sole_measurement
from bench.prepare import dataset_for
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
    """Measure and store the laws; return 0, 1 where twins part, 3 where a crossover stays open."""
    new_file(json_path, "--json")
    names = models_named(model)
    datasets = [dataset_for(model_spec(each), given["dataset"], given["limit"]) for each in names]
    store = Store(report_folder(reports, name or datasets[0].name))
    with sole_measurement():
        click.echo(f"data set {datasets[0].name}: {datasets[0].source}")
        quiet_tensorflow()
        from bench.law import Plan, begin
        from bench.law import run as measure

        plan = Plan(**given)
        begin(store, plan, "gvk " + shlex.join(sys.argv[1:]), resume, models=names)
        code = measure(store, names, plan, click.echo)
    own = [record for record in read(store.folder) if record["run"] == store.run]
    write_json(json_path, "law", {"records": own})
    return code
