"""The command line ``gvk``: options and exit codes; the work is done elsewhere.

Exit codes: 0 holds, 1 does not hold, 2 bad usage or input, 3 inconclusive, 130 interrupted.
"""

import sys
from pathlib import Path
from typing import Any

import click

from bench import specs
from bench.cli_options import (
    FILE,
    FOLDER,
    POSITIVE,
    choice,
    data_options,
    json_option,
    limit_options,
    many,
    margin_option,
    measuring_options,
    optimizer_option,
    pair_options,
    report_options,
    reports_option,
    resume_option,
    seed_option,
)
from bench.errors import NotVerified, UserError

CALIBRATION_PARTS = ("simulation", "quiet", "loaded", "planted", "spread")
HOLDS, DOES_NOT_HOLD, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="graph-vs-keras", prog_name="gvk")
def gvk() -> None:
    """Low-level TensorFlow and Keras side by side: proved equal to the bit, then timed."""


@gvk.command()
@click.argument("model")
@choice("--impl", ("raw", "keras"), "By hand, or in Keras layers.", required=True)
@choice("--engine", specs.ENGINES + specs.KERAS_ENGINES, "How it is run (raw: step, keras: fit).")
@optimizer_option
@pair_options
@click.option("--epochs", type=click.IntRange(min=0), help="0 evaluates only.")
@data_options
@click.option("--exact", is_flag=True, help="Same weights, batches and bits on both sides.")
@click.option("--save", type=FILE, help="Write the weights to a new npz file.")
@click.option("--load", type=FILE, help="Start from weights that either side saved.")
@click.option("--tensorboard", type=FOLDER, help="Write graph and scalars there.")
@json_option
def train(**given: Any) -> int:
    """Train one side of MODEL and test it."""
    from bench.commands.train import run

    return run(**given)


@gvk.command()
@click.argument("model")
@many("--engine", specs.ENGINES, "How the raw model is run.", default=("step",))
@choice("--keras-engine", specs.KERAS_ENGINES, "Whose whole run is compared.", default="fit")
@many("--optimizer", specs.OPTIMIZERS, "The optimizer.", default=("sgd",))
@pair_options
@click.option("--epochs", type=POSITIVE, help="How long the lockstep is (default 1).")
@click.option("--steps", type=POSITIVE, help="The same in steps; not with --epochs.")
@data_options
@json_option
def parity(**given: Any) -> int:
    """Walk both sides of MODEL (or all) in lockstep and compare every tensor."""
    from bench.commands.parity import run

    return run(**given)


@gvk.command()
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
@choice("--engine", specs.ENGINES, "How the raw model is run.", default="step")
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


@gvk.command()
@click.argument("model", nargs=-1, required=True)
@click.option("--epochs", type=POSITIVE, help="Of the accuracy run (full: the workshop's).")
@click.option("--parity-epochs", type=POSITIVE, default=1, show_default=True,
              help="How long the proof is.")  # fmt: skip
@click.option("--parity-steps", type=POSITIVE, help="Cut the proof after so many steps (quick: 5).")
@click.option("--accuracy/--no-accuracy", default=True, help="Whether both sides are trained.")
@click.option("--timing/--no-timing", default=True, help="Whether both sides are timed.")
@click.option("--costs/--no-costs", default=None,
              help="Whether memory, graph and the way to the first step are looked at (full: yes, "
              "with the timing).")  # fmt: skip
@many("--engine", specs.ENGINES, "How the raw model is run (quick: all but eager).")
@click.option("--segment-seconds", type=click.FloatRange(min=1), metavar="S",
              help="An epoch that takes longer is cut (quick: 1, full: 4).")  # fmt: skip
@measuring_options
@data_options
@report_options
@json_option
def bench(**given: Any) -> int:
    """Prove each MODEL (or all) equal, compare accuracy, then time both sides; write the report."""
    from bench.commands.bench import run

    return run(**given)


@gvk.command()
@click.argument("model")
@measuring_options
@data_options
@report_options
@json_option
def ladder(**given: Any) -> int:
    """Say what each convenience of Keras costs a step of MODEL (or all), one rung at a time."""
    from bench.commands.ladder import run

    return run(**given)


@gvk.command()
@click.argument("model")
@measuring_options
@data_options
@report_options
@json_option
def law(**given: Any) -> int:
    """Fit a step of MODEL (or all) as fixed cost plus cost a sample, for each engine."""
    from bench.commands.law import run

    return run(**given)


@gvk.command()
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


@gvk.command()
@click.argument("files", nargs=-1)
@click.option("--loop", default="loop", show_default=True, help="The function that makes yours.")
@click.option("--reference", default="reference", show_default=True,
              help="The function that makes the other.")  # fmt: skip
@click.option("--data", default="DATA", show_default=True, help="The function that loads the data.")
@click.option("--steps", type=POSITIVE, default=5, show_default=True, help="That are compared.")
@limit_options
@click.option("--template", is_flag=True, help="Print a file to fill in, and stop.")
@click.option("--output", type=FILE, help="Keep what the programs print in a new file.")
@click.option("--report", "report_path", type=FILE, help="Write the answer as Markdown too.")
@json_option
def diagnose(**given: Any) -> int:
    """Say why two programs disagree: FILES is one file with both, or A.py:make B.py:make."""
    from bench.commands.diagnose import run

    return run(**given)


@gvk.command()
@click.argument("folder", type=FOLDER)
@click.option("--loop", default="loop", show_default=True, help="The function that is diagnosed.")
@limit_options
@click.option("--report", "report_path", type=FILE, help="Write the table as Markdown too.")
@json_option
def scorecard(**given: Any) -> int:
    """Diagnose every pair in FOLDER whose answer is known, and count what is right."""
    from bench.commands.scorecard import run

    return run(**given)


@gvk.command()
@many("--part", CALIBRATION_PARTS, "What of the method is tried.", default=("all",))
@click.option("--runs", type=POSITIVE, help="Of each part (default: what the part needs).")
@seed_option
@resume_option
@reports_option
@click.option("--name", default="calibration", show_default=True, help="Of the report.")
@json_option
def calibrate(**given: Any) -> int:
    """Try the method of measuring itself, on simulated noise and on this machine."""
    from bench.commands.calibrate import run

    return run(parts=CALIBRATION_PARTS, **given)


@gvk.command()
@click.argument("report", required=False)
@reports_option
@json_option
def verify(**given: Any) -> int:
    """Work out every number of REPORT (or all) again from its records; name what differs."""
    from bench.commands.verify import run

    return run(**given)


@gvk.command()
@click.argument("run_a")
@click.argument("run_b")
@margin_option
@reports_option
@json_option
def compare(**given: Any) -> int:
    """Compare the ratios of two runs (ids, or names of reports for their latest)."""
    from bench.commands.compare import run

    return run(**given)


@gvk.command()
@click.argument("name", required=False)
@reports_option
@json_option
def report(**given: Any) -> int:
    """Write the reports again from their stored records: NAME, or all of them."""
    from bench.commands.report import run

    return run(**given)


@gvk.command()
@json_option
def check(json_path: Path | None) -> int:
    """Say what this machine has, and what each missing piece would give."""
    from bench.commands.check import run

    return run(json_path)


@gvk.command()
@json_option
def models(json_path: Path | None) -> int:
    """List the models and the workshop's settings."""
    from bench.commands.models import run

    return run(json_path)


@gvk.group()
def data() -> None:
    """Data sets."""


@data.command()
@click.argument("name")
@json_option
def fetch(name: str, json_path: Path | None) -> int:
    """Download a data set: the only command that goes to the network."""
    from bench.data_fetch import fetch as download
    from bench.user_files import new_file, write_json

    new_file(json_path, "--json")
    path = download(name)
    click.echo(f"{name}: {path}")
    write_json(json_path, "data fetch", {"name": name, "path": str(path)})
    return HOLDS


def main(arguments: list[str] | None = None) -> None:
    """Run ``gvk`` and exit with its code; an error is one line on standard error."""
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: list[str] | None) -> int:
    try:
        return gvk.main(arguments, prog_name="gvk", standalone_mode=False) or HOLDS
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        return BAD_INPUT
    except click.ClickException as error:
        return _refuse(error.format_message(), BAD_INPUT)
    except UserError as error:
        return _refuse(str(error), BAD_INPUT)
    except NotVerified as error:
        return _refuse(str(error), DOES_NOT_HOLD)
    except (KeyboardInterrupt, click.Abort):
        return _refuse("interrupted: what was measured so far is kept", INTERRUPTED)


def _refuse(message: str, code: int) -> int:
    click.echo(f"gvk: {' '.join(message.split())}", err=True)
    return code
