"""``gvk bench``: the pipeline, then the report, and what it says in a table."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from bench.commands.auto import AUTO, chosen
from bench.commands.config_from import check_initializers, each_of, models_named
from bench.commands.measuring import measured
from bench.data.for_model import dataset_for
from bench.errors import UserError
from bench.host import gpu
from bench.peers.names import named
from bench.specs import RAW_ENGINES, default_config, model_spec


def run(
    model: tuple[str, ...],
    engine: tuple[str, ...],
    same_bits: bool,
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
    if AUTO in engine:
        engine = (_fastest(names, engine, same_bits, given),)
    engines = each_of(engine, RAW_ENGINES)
    plan = {"engines": engines, "initializers": initializer, "peers": others}
    prepare, conclude = partial(_prepare, plan, verbose), partial(_conclude, names)
    return measured("bench", names, prepare, given, conclude)


def _fastest(
    names: list[str], engines: tuple[str, ...], same_bits: bool, given: dict[str, Any]
) -> str:
    """Return the fastest raw engine of the one model, in a process that has its dials.

    XLA is none of them: both sides are timed without it.
    """
    if len(names) > 1 or len(engines) > 1:
        raise UserError("--engine auto is for one MODEL and no other --engine: name one of each")
    dataset_for(model_spec(names[0]), given["dataset"], given["limit"])
    config = default_config(names[0], seed=given["seed"], optimizer=given["optimizer"])
    return chosen(config, "raw", given, same_bits, xla=False)[0]


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
    if gpu.gpus():
        raise UserError("--peers are measured on the CPU: give --device cpu with it")


def _conclude(models: list[str], report: Path) -> None:
    """Print what was found of each model, and where the rest stands."""
    from bench.render.terminal import print_table
    from bench.report.answers_table import COLUMNS, answers

    print_table(COLUMNS, answers(report.parent, models))
    click.echo(f"report     {report}")
