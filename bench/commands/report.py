"""``gvk report``: reports from stored records, their blocks, one page; TensorFlow never loads."""

from itertools import combinations
from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.errors import UserError
from bench.records import frame
from bench.records.reading import report_folder, some_report_folders, write_whole
from bench.report.document import write_report
from bench.report.index import write_index


def run(
    name: str | None, reports: Path, csv_path: Path | None, html_path: Path | None,
    json_path: Path | None,
) -> int:  # fmt: skip
    """Write one report or all, and the index over them; of one also its blocks, as a table."""
    _check_files({"--csv": csv_path, "--html": html_path, "--json": json_path})
    folders = [report_folder(reports, name)] if name else some_report_folders(reports)
    table = _table(name, folders[0]) if csv_path else b""
    paths = [write_report(folder) for folder in folders]
    paths.append(write_index(reports))
    if csv_path:
        paths.append(write_whole(csv_path, table))
    if html_path:
        from bench.page.write import write_page

        paths.append(write_page(reports, folders, html_path))
    for path in paths:
        click.echo(path)
    write_json(json_path, "report", {"reports": [str(path) for path in paths]})
    return 0


def _check_files(files: dict[str, Path | None]) -> None:
    """Check that each file that was named can be made, and none was named twice."""
    for option, path in files.items():
        new_file(path, option)
    for (one, path), (other, same) in combinations(files.items(), 2):
        if path and path == same:
            raise UserError(f"{one} and {other} both name {path}: give each a file of its own")


def _table(name: str | None, folder: Path) -> bytes:
    """Return the blocks of a report as CSV.

    Raises:
        UserError: no report is named, or nothing was timed for it.
    """
    if not name:
        raise UserError("--csv: name the report that the table is made of: gvk report NAME --csv F")
    blocks = frame(folder)
    if blocks.empty:
        raise UserError(f"--csv: nothing was timed in {name}: run `gvk bench --name {name}` first")
    return blocks.to_csv(index=False).encode()
