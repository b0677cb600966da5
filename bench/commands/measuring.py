"""What every measuring verb does around its measurement: lock, store, run, report, JSON."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bench.commands.user_files import new_file, write_json
from bench.data.for_model import dataset_for
from bench.host.device import choose, report_name
from bench.host.lock import sole_measurement
from bench.host.quiet_import import quiet_tensorflow
from bench.records.reading import read, report_folder
from bench.records.writing import Store
from bench.specs import model_spec

Measure = Callable[[Store, list[str], Any, Callable[[str], None]], int]


def measured(
    verb: str,
    models: list[str],
    prepare: Callable[[], tuple[Any, Measure]],
    *,
    reports: Path,
    name: str | None,
    resume: bool,
    device: str,
    require_gpu: bool,
    json_path: Path | None,
    data: tuple[str, int | None],
) -> int:
    """Measure models into the records of a report, write it, and return the exit code.

    Args:
        verb: of the command line.
        models: by name.
        prepare: returns the plan and what measures by it; called when TensorFlow is there.
        reports, name: where the report is.
        resume: go on with the last run of the verb.
        device, require_gpu: as ``bench.host.device.choose`` takes them.
        json_path: where the records go too.
        data: name of the data set, and how many samples of it at most.
    """
    new_file(json_path, "--json")
    datasets = [dataset_for(model_spec(model), *data) for model in models]
    choose(device, require_gpu)
    folder = report_folder(reports, name or report_name(datasets[0].name, device))
    store = Store(folder)
    with sole_measurement():
        click.echo(f"data set {datasets[0].name}: {datasets[0].source}")
        quiet_tensorflow()
        from bench.records.run_header import begin

        plan, measure = prepare()
        command = "gvk " + shlex.join(sys.argv[1:])
        begin(store, verb, plan, command, resume, models=models, device=device)
        code = measure(store, models, plan, click.echo)
    _report(store, reports, verb, json_path)
    return code


def _report(store: Store, reports: Path, verb: str, json_path: Path | None) -> None:
    from bench.report.document import write_report
    from bench.report.index import write_index

    path = write_report(store.folder)
    write_index(reports)
    click.echo(f"report     {path}")
    own = [record for record in read(store.folder) if record["run"] == store.run]
    write_json(json_path, verb, {"report": str(path), "records": own})
