"""``gvk bench``: the pipeline, then the report, and what it says in a table."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from bench.commands.config_from import check_initializers, each_of, models_named
from bench.commands.measuring import measured
from bench.errors import UserError
from bench.peers.names import named
from bench.specs import RAW_ENGINES


def run(
    model: tuple[str, ...],
    engine: tuple[str, ...],
    initializer: tuple[str, ...],
    verbose: bool,
    peers: str,
    **given: Any,
) -> int:
    """Measure, store, report; return 0, 1 or 3, as the verdicts have it."""
    others = named(peers) if peers else ()
    if others and given["optimizer"] != "sgd":
        raise UserError("--peers have plain SGD alone: leave --optimizer out, or --peers")
    names = list(dict.fromkeys(each for given_name in model for each in models_named(given_name)))
    check_initializers(names, initializer)
    engines = each_of(engine, RAW_ENGINES)
    plan = {"engines": engines, "initializers": initializer, "peers": others}
    prepare, conclude = partial(_prepare, plan, verbose), partial(_conclude, names)
    return measured("bench", names, prepare, given, conclude)


def _prepare(plan: dict[str, Any], verbose: bool, **dials: Any) -> tuple[Any, Any]:
    from bench.pipeline import BenchPlan
    from bench.pipeline import run as measure

    if plan["peers"]:
        _on_the_cpu()

    def aloud(store: Any, models: list[str], plan: Any, say: Any) -> int:
        return measure(store, models, plan, say if verbose else lambda line: None)

    return BenchPlan(**plan, **dials), aloud


def _on_the_cpu() -> None:
    """Refuse a GPU: what a peer does on it, and whether it can, is another question for each."""
    import tensorflow as tf

    if tf.config.get_visible_devices("GPU"):
        raise UserError("--peers are measured on the CPU: give --device cpu with it")


def _conclude(models: list[str], report: Path) -> None:
    """Print what was found of each model, and where the rest stands."""
    from bench.render.terminal import print_table
    from bench.report.answers_table import COLUMNS, answers

    print_table(COLUMNS, answers(report.parent, models))
    click.echo(f"report     {report}")
