"""``gvk report``: reports from stored records; TensorFlow is never loaded."""

from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.records.reading import report_folder, some_report_folders
from bench.report.document import write_report
from bench.report.index import write_index


def run(name: str | None, reports: Path, json_path: Path | None) -> int:
    """Write one report or all, and the index over them."""
    new_file(json_path, "--json")
    folders = [report_folder(reports, name)] if name else some_report_folders(reports)
    paths = [write_report(folder) for folder in folders]
    paths.append(write_index(reports))
    for path in paths:
        click.echo(path)
    write_json(json_path, "report", {"reports": [str(path) for path in paths]})
    return 0
