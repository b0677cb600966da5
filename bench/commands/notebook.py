"""``gvk notebook``: the chapter of a model as something to run and to change."""

from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.errors import UserError
from bench.notebooks.writing import NOTEBOOK, write
from bench.specs import MODELS


def run(model: str, output: Path | None, json_path: Path | None) -> int:
    """Write the notebook of a model, under its own name if no other is given."""
    if model not in MODELS:
        raise UserError(f"gvk notebook {model}: is of the workshop's models: {', '.join(MODELS)}")
    path = output or Path(model + NOTEBOOK)
    for each, option in ((path, "--output"), (json_path, "--json")):
        new_file(each, option)
    write(MODELS[model], path)
    click.echo(f"{model}: {path}; open it by: jupyter lab {path}")
    write_json(json_path, "notebook", {"model": model, "path": str(path)})
    return 0
