"""Verbs about what is there: reports, this machine, data sets."""

from pathlib import Path
from typing import Any

import click

from bench.commands.click_options import (
    FILE,
    json_option,
    reports_option,
)
from bench.commands.verbs import Verb, Verbs


@click.command(cls=Verb)
@click.argument("name", required=False)
@reports_option
@click.option("--csv", "csv_path", type=FILE, help="Write the blocks of NAME as a table, too.")
@click.option(
    "--html",
    "html_path",
    type=FILE,
    help="Write them as one page of HTML, too: it needs no network, and has a search.",
)
@json_option
def report(**given: Any) -> int:
    """Write the reports again from their stored records: NAME, or all of them."""
    from bench.commands.report import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("report", required=False)
@reports_option
@json_option
def verify(**given: Any) -> int:
    """Work out every number of REPORT (or all) again from its records; name what differs."""
    from bench.commands.verify import run

    return run(**given)


@click.command(cls=Verb)
@json_option
def check(json_path: Path | None) -> int:
    """Say what this machine has, and what each missing piece would give."""
    from bench.commands.check import run

    return run(json_path)


@click.group(cls=Verbs)
def data() -> None:
    """Data sets."""


@data.command()
@click.argument("name")
@json_option
def fetch(name: str, json_path: Path | None) -> int:
    """Download a data set: the only command that goes to the network."""
    from bench.commands.user_files import new_file, write_json
    from bench.data.fetch import fetch as download

    new_file(json_path, "--json")
    path = download(name)
    click.echo(f"{name}: {path}")
    write_json(json_path, "data fetch", {"name": name, "path": str(path)})
    return 0


VERBS = (report, verify, check, data)
