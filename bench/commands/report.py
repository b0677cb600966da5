"""``gvk report``: reports from stored records; TensorFlow is never loaded."""

from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.errors import UserError
from bench.records.reading import FILE_NAME, report_folder
from bench.report.document import write_report
from bench.report.index import write_index


def run(name: str | None, reports: Path, json_path: Path | None) -> int:
    """Write one report or all, and the index over them."""
    new_file(json_path, "--json")
    folders = [report_folder(reports, name)] if name else _all(reports)
    paths = [write_report(folder) for folder in folders]
    paths.append(write_index(reports))
    for path in paths:
        click.echo(path)
    write_json(json_path, "report", {"reports": [str(path) for path in paths]})
    return 0


def _all(reports: Path) -> list[Path]:
    folders = sorted(path.parent for path in reports.glob(f"*/{FILE_NAME}"))
    if not folders:
        raise UserError(f"--reports {reports}: no records there: run `gvk bench` first")
    return folders
