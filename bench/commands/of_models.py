"""Verbs about models and pairs: train, prove, explain, diagnose."""

from pathlib import Path
from typing import Any

import click

from bench import specs
from bench.commands.click_options import (
    FILE,
    FOLDER,
    POSITIVE,
    choice,
    data_options,
    equality_option,
    json_option,
    limit_options,
    many,
    optimizer_option,
    pair_options,
    pool_options,
    report_options,
    resume_option,
    seed_option,
)
from bench.commands.verbs import Verb
from bench.errors import UserError


@click.command(cls=Verb)
@json_option
def models(json_path: Path | None) -> int:
    """List the models and the workshop's settings."""
    from bench.commands.models import run

    return run(json_path)


@click.command(cls=Verb)
@click.argument("model")
@choice("--impl", ("raw", "keras"), "By hand, or in Keras layers.", required=True)
@choice(
    "--engine", (*specs.ENGINES, "auto"), "How it is run (raw: step, keras: fit); auto: fastest."
)
@equality_option
@optimizer_option
@pair_options
@click.option("--epochs", type=click.IntRange(min=0), help="0 evaluates only.")
@data_options
@click.option("--exact", is_flag=True, help="Same weights, batches and bits on both sides.")
@click.option("--save", type=FILE, help="Write weights and optimizer state to a new npz file.")
@click.option("--load", type=FILE, help="Start from what either side saved.")
@click.option("--checkpoint", type=FOLDER, metavar="DIR",
              help="Keep in this folder all that it takes to go on after a kill.")  # fmt: skip
@click.option("--checkpoint-every", type=POSITIVE, metavar="N",
              help="Steps between two checkpoints (default: an epoch).")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on from the checkpoint, if there is one.")
@choice("--strategy", specs.STRATEGIES, "On several devices, or with other processes.")
@click.option("--replicas", type=click.IntRange(2, 64), metavar="N",
              help="Of --strategy, each with its part of a batch (default 2).")  # fmt: skip
@click.option("--tensorboard", type=FOLDER, help="Write graph and scalars there.")
@json_option
def train(**given: Any) -> int:
    """Train one side of MODEL and test it."""
    from bench.commands.train import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@many("--engine", specs.RAW_ENGINES, "How the raw model is run.", default=("step",))
@choice("--keras-engine", specs.KERAS_ENGINES, "Whose whole run is compared.", default="fit")
@many("--optimizer", specs.OPTIMIZERS, "The optimizer.", default=("sgd",))
@pair_options
@click.option("--epochs", type=POSITIVE, help="How long the lockstep is (default 1).")
@click.option("--steps", type=POSITIVE, help="The same in steps; not with --epochs.")
@click.option("--replicas", type=click.IntRange(2, 64), metavar="N",
              help="Compare N replicas, each with its part of a batch, with one.")  # fmt: skip
@choice("--order", specs.REDUCTIONS, "How replicas sum their gradients.")
@pool_options
@data_options
@json_option
def parity(replicas: int | None, order: str | None, **given: Any) -> int:
    """Walk both sides of MODEL (or all) in lockstep and compare every tensor."""
    if replicas:
        if given.pop("jobs") > 1 or given.pop("scheduler"):
            raise UserError("--jobs and --scheduler do nothing with --replicas: leave them out")
        from bench.commands.replicas import run as run_replicas

        return run_replicas(replicas=replicas, order=order or specs.REDUCTIONS[0], **given)
    if order:
        raise UserError("--order does nothing without --replicas: give it too")
    from bench.commands.parity import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@click.option("--seeds", type=POSITIVE, default=5, show_default=True, help="How many trainings.")
@click.option(
    "--margin",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="PP",
    help="Percentage points that count as equal.",
)
@choice("--mode", ("both", *specs.SEED_MODES), "Shared seeds, or own ones.", default="both")
@click.option("--vectorised", is_flag=True,
              help="By hand, all seeds of a dense model in one graph.")  # fmt: skip
@pool_options
@choice("--engine", specs.RAW_ENGINES, "How the raw model is run.", default="step")
@choice("--keras-engine", specs.KERAS_ENGINES, "How the Keras model is run.", default="fit")
@optimizer_option
@pair_options
@click.option("--epochs", type=POSITIVE, help="Of each training (default: the workshop's).")
@data_options
@json_option
def accuracy(**given: Any) -> int:
    """Train both sides of MODEL (or all) over several seeds and judge their accuracies equal."""
    from bench.commands.accuracy import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@click.option("--run", "measure", is_flag=True, help="Trace the graphs and plant the faults first.")
@click.option("--steps", type=POSITIVE, help="Of each training that --run does.")
@seed_option
@resume_option
@data_options
@report_options
@json_option
def explain(**given: Any) -> int:
    """Show what Keras hides of MODEL (or all), each line beside those by hand that do the same."""
    from bench.commands.explain import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("files", nargs=-1)
@click.option("--loop", default="loop", show_default=True, help="The function that makes yours.")
@click.option("--reference", default="reference", show_default=True,
              help="The function that makes the other.")  # fmt: skip
@click.option("--data", default="DATA", show_default=True, help="The function that loads the data.")
@click.option("--steps", type=POSITIVE, default=5, show_default=True, help="That are compared.")
@click.option("--speed", is_flag=True, help="Say why the loop is slow, not why it disagrees.")
@limit_options
@click.option("--template", is_flag=True, help="Print a file to fill in, and stop.")
@click.option("--output", type=FILE, help="Keep what the programs print in a new file.")
@click.option("--report", "report_path", type=FILE, help="Write the answer as Markdown too.")
@json_option
def diagnose(**given: Any) -> int:
    """Say why two programs disagree, or one is slow: FILES is a file, or A.py:make B.py:make."""
    from bench.commands.diagnose import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("folder", type=FOLDER)
@click.option("--loop", default="loop", show_default=True, help="The function that is diagnosed.")
@click.option(
    "--speed", is_flag=True, help="Mark `gvk diagnose --speed`: slow pairs and equal ones."
)
@limit_options
@pool_options
@click.option("--report", "report_path", type=FILE, help="Write the table as Markdown too.")
@json_option
def scorecard(**given: Any) -> int:
    """Diagnose every pair in FOLDER whose answer is known, and count what is right."""
    from bench.commands.scorecard import run

    return run(**given)


VERBS = (models, train, parity, accuracy, explain, diagnose, scorecard)
