"""``gvk parity --replicas N``: n replicas of a part of the batch against one of the whole."""

from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

import click

from bench.commands.config_from import config_from, each_of, models_named
from bench.commands.user_files import new_file, write_json
from bench.data.for_model import dataset_for
from bench.errors import UserError
from bench.host.device import replica_devices
from bench.scale.parts import check_parts
from bench.specs import OPTIMIZERS

FIXED = {"engine": ("step",), "keras_engine": "fit", "kernels": "fused", "gradients": "auto",
         "xla": False, "steps_per_execution": None}  # fmt: skip
"""Dials that replicas have not got, and the only value that each may have."""


def run(
    model: str, replicas: int, order: str, steps: int | None, json_path: Path | None, **given: Any
) -> int:
    """Answer the four questions for each model and optimizer; return 0 if all holds."""
    if steps and given["epochs"]:
        raise UserError("--steps and --epochs exclude each other: give one")
    refuse_other_dials(given)
    given.pop("engine")
    new_file(json_path, "--json")
    given["epochs"] = given["epochs"] or (steps or 1)
    configs = [
        config_from(name, given, optimizer=optimizer, engine="step")
        for name, optimizer in product(models_named(model), each_of(given["optimizer"], OPTIMIZERS))
    ]
    datasets = {c.model: dataset_for(c.spec, given["dataset"], given["limit"]) for c in configs}
    for config in configs:
        check_parts(config, len(datasets[config.model].train), replicas)
    devices = replica_devices(replicas)
    from bench.scale.replicas import check_replicas

    results = []
    for config in configs:
        results.append(check_replicas(config, datasets[config.model], devices, order, steps))
        for line in lines(results[-1]):
            click.echo(line)
    write_json(json_path, "parity", {"replicas": [record(result) for result in results]})
    return 0 if all(result.holds for result in results) else 1


def refuse_other_dials(given: dict[str, Any], apart: tuple[str, ...] = ()) -> None:
    """Raise ``UserError`` if a dial is turned that replicas have not got."""
    for dial, only in FIXED.items():
        if dial not in apart and given[dial] != only:
            option = dial.replace("_", "-")
            raise UserError(
                f"--{option} does nothing with replicas, where each is a graph a step: leave it out"
            )


def lines(result: Any) -> list[str]:
    """Return what was found in a line for each question."""
    config, n = result.config, result.replicas
    cut = ", ".join(f"{sum(size)} as {'+'.join(map(str, size))}" for size in result.sizes)
    head = (
        f"replicas   {config.model} {config.optimizer}: {n}, summed {result.order}, over "
        f"{result.steps:,} steps; batches of {cut}"
    )
    pairs = {
        "devices": "by hand, on as many devices against in turn on one",
        "keras": "Keras's fit under MirroredStrategy against by hand",
        "one": f"by hand, {n} replicas against one with the whole batch",
        "keras one": f"Keras's fit, {n} replicas against one with the whole batch",
    }
    said = [f"  {pairs[answer.question]}: {verdict(answer)}" for answer in result.answers]
    apart = result.copies["keras"].max_relative
    if apart:
        said.append(f"  Keras's replicas are no copies any more: {apart:.1e} apart")
    return [head, *said]


def verdict(answer: Any) -> str:
    """Return an answer in words: equal or not, how far, and why."""
    d = answer.distance
    if answer.equal:
        return f"OK, {answer.criterion} ({d.max_ulp:,} ULP, {d.max_relative:.1e})"
    if answer.why:
        return f"another program, {d.max_relative:.1e} apart: {'; '.join(answer.why)}"
    where = next(entry for entry in answer.entries if not entry.holds)
    return f"DIFF, {where.stage} {where.tensor}: step {where.first_step}, {d.max_ulp:,} ULP"


def record(result: Any) -> dict[str, Any]:
    """Return a result as plain values."""
    answers = [
        {
            "question": answer.question, "holds": answer.holds, "equal": answer.equal,
            "criterion": answer.criterion, "why": list(answer.why), **asdict(answer.distance),
        }
        for answer in result.answers
    ]  # fmt: skip
    return {
        "config": result.config.to_dict(), "replicas": result.replicas, "order": result.order,
        "steps": result.steps, "sizes": result.sizes, "holds": result.holds, "answers": answers,
        "copies": {side: asdict(distance) for side, distance in result.copies.items()},
    }  # fmt: skip
