"""What every measuring verb does around its measurement: lock, store, run, report, JSON."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
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
Prepare = Callable[..., tuple[Any, Measure]]


@dataclass(frozen=True)
class Destination:
    """On what a verb measures, and where it writes.

    Attributes:
        reports, name: where the report is.
        resume: go on with the last run of the verb.
        device, require_gpu: as ``bench.host.device.choose`` takes them.
        json_path: where the records go too.
    """

    reports: Path
    name: str | None
    resume: bool
    device: str
    require_gpu: bool
    json_path: Path | None


def _where(report: Path) -> None:
    click.echo(f"report     {report}")


def measured(
    verb: str,
    models: list[str],
    prepare: Prepare,
    given: dict[str, Any],
    conclude: Callable[[Path], None] = _where,
    several: bool = False,
) -> int:
    """Measure models into the records of a report, write it, and return the exit code.

    Args:
        verb: of the command line.
        models: by name.
        prepare: called with the options of the plan, when TensorFlow is there; returns the plan,
            and what measures by it.
        given: the options of the plan, ``dataset`` and ``limit`` among them, and those that a
            ``Destination`` is made of.
        conclude: called with the path of the report, to say what stands in it; that it is there,
            by default.
        several: whether more than one GPU may be computed on.
    """
    to, dials = _split(given)
    new_file(to.json_path, "--json")
    data = (dials["dataset"], dials["limit"])
    datasets = [dataset_for(model_spec(model), *data) for model in models]
    choose(to.device, to.require_gpu, several)
    name = to.name or report_name(datasets[0].name, to.device)
    store = Store(report_folder(to.reports, name))
    with sole_measurement():
        click.echo(f"data set {datasets[0].name}: {datasets[0].source}")
        quiet_tensorflow()
        from bench.records.run_header import begin

        plan, measure = prepare(**dials)
        command = "gvk " + shlex.join(sys.argv[1:])
        begin(store, verb, plan, command, to.resume, models=models, device=to.device)
        code = measure(store, models, plan, click.echo)
    conclude(_report(store, to.reports, verb, to.json_path))
    return code


def _split(given: dict[str, Any]) -> tuple[Destination, dict[str, Any]]:
    names = {field.name for field in fields(Destination)}
    to = Destination(**{name: given[name] for name in names})
    return to, {name: value for name, value in given.items() if name not in names}


def _report(store: Store, reports: Path, verb: str, json_path: Path | None) -> Path:
    from bench.report.document import write_report
    from bench.report.index import write_index

    path = write_report(store.folder)
    write_index(reports)
    own = [record for record in read(store.folder) if record["run"] == store.run]
    write_json(json_path, verb, {"report": str(path), "records": own})
    return path
