"""``gvk models``: the registry as a table."""

from dataclasses import asdict
from pathlib import Path

import click
from tabulate import tabulate

from bench.commands.user_files import new_file, write_json
from bench.specs import every_model


def run(json_path: Path | None) -> int:
    """Print a row for each model."""
    new_file(json_path, "--json")
    every = every_model()
    rows = [
        {
            "model": spec.name,
            "layers": spec.layers,
            "batch size": spec.batch_size,
            "epochs": spec.epochs,
            "steps an epoch (raw)": spec.iterations,
            "learning rate": spec.learning_rate,
            "what it is": spec.summary,
        }
        for spec in every.values()
    ]
    click.echo(tabulate(rows, headers="keys"))
    write_json(json_path, "models", {"models": [asdict(spec) for spec in every.values()]})
    return 0
