"""``gvk exercise``: the exercises, and the file of one of them."""

from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.exercises.registry import EXERCISES, exercise
from bench.exercises.tasks import gaps_of, task, written
from bench.records.reading import write_whole

LIST = "list"


def run(name: str, output: Path | None, language: str, json_path: Path | None) -> int:
    """List the exercises, or write the skeleton of one to a file or to the screen."""
    new_file(json_path, "--json")
    if name == LIST:
        return _listed(language, json_path)
    exercise(name)
    new_file(output, "--output")
    skeleton = written(name, language)
    if output is None:
        click.echo(skeleton, nl=False)
    else:
        write_whole(output, skeleton.encode())
        click.echo(f"{name}: {output}, {len(gaps_of(name))} gaps; then: gvk grade {output}")
    write_json(json_path, "exercise", {"name": name, "language": language, "skeleton": skeleton})
    return 0


def _listed(language: str, json_path: Path | None) -> int:
    width = max(map(len, EXERCISES))
    rows = [
        {"name": name, "title": task(name, language).title, "gaps": len(gaps_of(name)),
         "model": each.model}
        for name, each in EXERCISES.items()
    ]  # fmt: skip
    for number, row in enumerate(rows, 1):
        click.echo(f"{number:>2}. {row['name']:<{width}}  {row['gaps']} gaps  {row['title']}")
    write_json(json_path, "exercise", {"exercises": rows})
    return 0
