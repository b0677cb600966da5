"""``gvk verify``: the numbers of a report, worked out again from its records."""

from dataclasses import asdict
from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.records.reading import FILE_NAME, report_folder, some_report_folders


def run(report: str | None, reports: Path, json_path: Path | None) -> int:
    """Print each fault and its place; return 1 if there is any."""
    new_file(json_path, "--json")
    from bench.report.verify import verify, verify_index

    folders = [_folder(reports, report)] if report else some_report_folders(reports)
    by_report = {folder.name: verify(folder) for folder in folders}
    faults = 0
    for name, verified in by_report.items():
        for fault in verified.faults:
            click.echo(f"verify     {name}: {fault}")
        click.echo(
            f"verify     {name}: {verified.records:,} records, {verified.blocks:,} blocks, "
            f"{verified.summaries:,} summaries and {verified.files} files worked out again, "
            f"{len(verified.faults)} faults"
        )
        faults += len(verified.faults)
    of_index = [] if report else verify_index(reports)
    for fault in of_index:
        click.echo(f"verify     {fault}")
    result = {name: asdict(verified) for name, verified in by_report.items()}
    write_json(json_path, "verify", {"reports": result, "index": [asdict(f) for f in of_index]})
    return 1 if faults or of_index else 0


def _folder(reports: Path, report: str) -> Path:
    """Return the folder of a report, given by its name or by its path."""
    path = Path(report)
    return path if (path / FILE_NAME).is_file() else report_folder(reports, report)
