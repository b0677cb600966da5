"""``gvk bench``: the pipeline, then the report."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from bench.commands.options import each_of, models_named
from bench.lock import sole_measurement
from bench.prepare import dataset_for
from bench.quiet import quiet_tensorflow
from bench.results import read, report_folder
from bench.specs import ENGINES, model_spec
from bench.store import Store
from bench.user_files import new_file, write_json


def run(
    model: tuple[str, ...],
    reports: Path,
    name: str | None,
    resume: bool,
    json_path: Path | None,
    **given: Any,
) -> int:
    """Measure, store, report; return 0, 1 or 3, as the verdicts have it."""
    new_file(json_path, "--json")
    names = list(dict.fromkeys(each for given_name in model for each in models_named(given_name)))
    datasets = [dataset_for(model_spec(each), given["dataset"], given["limit"]) for each in names]
    folder = report_folder(reports, name or datasets[0].name)
    store = Store(folder)
    with sole_measurement():
        click.echo(f"data set {datasets[0].name}: {datasets[0].source}")
        quiet_tensorflow()
        from bench.pipeline import Plan, begin
        from bench.pipeline import run as measure

        plan = Plan(engines=each_of(given.pop("engine"), ENGINES), **given)
        begin(store, plan, "gvk " + shlex.join(sys.argv[1:]), resume, models=names)
        code = measure(store, names, plan, click.echo)
    from bench.report import write_report
    from bench.report_index import write_index

    path = write_report(folder)
    write_index(reports)
    click.echo(f"report     {path}")
    own = [record for record in read(folder) if record["run"] == store.run]
    write_json(json_path, "bench", {"report": str(path), "records": own})
    return code
