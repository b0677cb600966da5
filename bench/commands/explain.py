"""``gvk explain``: what Keras hides of a model, beside the same by hand; with --run, measured."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bench.commands.config_from import models_named
from bench.commands.measuring import measured
from bench.commands.user_files import new_file, write_json
from bench.errors import UserError
from bench.explain.concept import Concept
from bench.explain.concepts import concepts_of, totals
from bench.explain.excerpts import size, source
from bench.explain.text import explanation
from bench.faults.words import listed, told
from bench.records.reading import (
    FILE_NAME,
    Record,
    latest_summaries,
    read,
    report_folder,
    report_folders,
)
from bench.specs import MODELS, ModelSpec, model_spec


def run(model: str, measure: bool, steps: int | None, seed: int, **given: Any) -> int:
    """Print the explanation of each model; with ``measure``, run what it tells of first."""
    models, json_path = models_named(model), given.pop("json_path")
    new_file(json_path, "--json")
    if own := [name for name in models if name not in MODELS]:
        raise UserError(f"gvk explain {own[0]}: is of the workshop's models: {', '.join(MODELS)}")
    of_run = {"steps": steps, "seed": seed, "resume": given["resume"], "limit": given["limit"]}
    if not measure and (unused := [name for name, value in of_run.items() if value]):
        raise UserError(f"--{unused[0]} is of what --run runs: give --run too")
    if measure:
        elsewhere = {"device": "auto", "require_gpu": False, "json_path": None}
        measured("explain", models, _prepare, {**given, **elsewhere, "steps": steps, "seed": seed})
    width = shutil.get_terminal_size((80, 24)).columns
    whole = []
    for spec in map(model_spec, models):
        faults = stored_faults(given["reports"], given["name"], spec.name)
        for line in explanation(spec, faults, width):
            click.echo(line)
        whole.append(as_json(spec, faults))
    write_json(json_path, "explain", {"models": whole})
    return 0


def stored_faults(reports: Path, name: str | None, model: str) -> dict[str, Record]:
    """Return the faults of a model by name, from a report or from the first that has any."""
    for folder in [report_folder(reports, name)] if name else report_folders(reports):
        if (folder / FILE_NAME).is_file():
            faults = latest_summaries(read(folder), "fault").get(model, [])
            if faults:
                return {record["fault"]: record for record in faults}
    return {}


def as_json(spec: ModelSpec, faults: dict[str, Record]) -> dict[str, Any]:
    """Return the explanation of a model as plain data."""
    concepts = concepts_of(spec)
    keras, raw = totals(concepts)
    return {
        "model": spec.name,
        "keras": asdict(keras),
        "raw": asdict(raw),
        "concepts": [_concept(concept, spec, faults) for concept in concepts],
    }


def _concept(concept: Concept, spec: ModelSpec, faults: dict[str, Record]) -> dict[str, Any]:
    sides = {"keras": concept.keras, "raw": concept.raw, "written_out": concept.written_out}
    return {
        "name": concept.name,
        "formula": concept.formula,
        "hidden": concept.hidden,
        **{
            side: {
                **asdict(size(excerpts)),
                "code": [{"place": e.place, "source": source(e)} for e in excerpts],
            }
            for side, excerpts in sides.items()
        },
        "faults": {
            name: told(faults[name]) if name in faults else None
            for name in listed(concept.faults, spec, faults)
        },
    }


def _prepare(**dials: Any) -> tuple[Any, Any]:
    from bench.explain.measure import ExplainPlan
    from bench.explain.measure import run as measure

    return ExplainPlan(**dials), measure
