"""Verbs that time, and the one that compares what was timed."""

from typing import Any

import click

from bench import specs
from bench.commands.click_options import (
    POSITIVE,
    Counts,
    choice,
    crossover_option,
    data_options,
    equality_option,
    json_option,
    ladder_option,
    many,
    margin,
    margin_option,
    measuring,
    optimizer_option,
    report_options,
    reports_option,
    resume_option,
    seed_option,
)
from bench.commands.verbs import Verb
from bench.dials.dials import TUNED
from bench.growth.points import AXES
from bench.peers.names import PEERS
from bench.scaling.points import MOST_MISSED

CALIBRATION_PARTS = ("simulation", "quiet", "loaded", "planted", "spread")
SLOW = ", ".join(name for name in specs.RAW_ENGINES if not specs.ENGINES[name].in_quick)


@click.command(cls=Verb)
@click.argument("model", nargs=-1, required=True)
@choice(
    "--optimizer",
    specs.OPTIMIZERS,
    "Of the proof, of the accuracy run and of what is timed; the step size follows it.",
    default="sgd",
    show_default=True,
)
@click.option(
    "--epochs",
    type=POSITIVE,
    help="Of the accuracy run (full: the workshop's; quick: cut to 100 steps, of a ConvNet to 10).",
)
@choice(
    "--sampling",
    specs.SAMPLINGS,
    "How the accuracy run's epochs walk the data: every sample "
    "once, or so many random batches as the workshop's loop by hand takes, whatever the size "
    "of the data (default: as the workshop's Keras code does).",
)
@choice(
    "--initializer",
    specs.INITIALIZERS,
    "Where the accuracy run starts (default: from each "
    "that the model has, a run each). May be repeated.",
    multiple=True,
)
@click.option("--parity-epochs", type=POSITIVE, default=1, show_default=True,
              help="How long the proof is.")  # fmt: skip
@click.option("--parity-steps", type=POSITIVE, help="Cut the proof after so many steps (quick: 5).")
@click.option("--accuracy/--no-accuracy", default=True, help="Whether both sides are trained.")
@click.option("--timing/--no-timing", default=True, help="Whether both sides are timed.")
@click.option(
    "--verbose", is_flag=True, help="Print every proof, arm and ratio as it is there, a line each."
)
@click.option("--costs/--no-costs", default=None,
              help="Whether memory, graph and the way to the first step are looked at (full: yes, "
              "with the timing).")  # fmt: skip
@click.option(
    "--peers",
    default="",
    metavar="P,...",
    help=f"Other libraries to check and time beside both, with commas: {', '.join(PEERS)}, or all "
    "that are installed.",
)
@many(
    "--engine",
    (*specs.RAW_ENGINES, "auto"),
    f"How the raw model is run (quick: all but {SLOW}); "
    "auto: the fastest of one model, in its dials.",
)
@equality_option
@measuring(margin_option)
@data_options
@report_options
@json_option
def bench(**given: Any) -> int:
    """Prove each MODEL (or all) equal, compare accuracy, then time both sides; write the report."""
    from bench.commands.bench import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@measuring(ladder_option)
@data_options
@report_options
@json_option
def ladder(**given: Any) -> int:
    """Say what each convenience of Keras costs a step of MODEL (or all), one rung at a time."""
    from bench.commands.ladder import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@measuring(crossover_option)
@data_options
@report_options
@json_option
def law(**given: Any) -> int:
    """Fit a step of MODEL (or all) as fixed cost plus cost a sample, for each engine."""
    from bench.commands.law import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@many("--engine", TUNED, "That is tuned (default: all).")
@measuring(margin_option)
@data_options
@report_options
@json_option
def tune(**given: Any) -> int:
    """Say what threads, oneDNN, XLA and allocators are worth to MODEL (or all), and the best."""
    from bench.commands.tune import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@many("--axis", AXES, "What grows.", default=("all",))
@measuring(crossover_option)
@data_options
@report_options
@json_option
def growth(**given: Any) -> int:
    """Time and weigh MODEL (or all) as batch, data, width and seeds grow, beside fit."""
    from bench.commands.growth import run

    return run(**given)


@click.command(cls=Verb)
@many("--part", CALIBRATION_PARTS, "What of the method is tried.", default=("all",))
@click.option("--runs", type=POSITIVE, help="Of each part (default: what the part needs).")
@click.option("--time-budget", type=click.FloatRange(min=1), metavar="S",
              help="Begin no run after S seconds (default: 20 minutes).")  # fmt: skip
@seed_option
@resume_option
@reports_option
@click.option("--name", default="calibration", show_default=True, help="Of the report.")
@json_option
def calibrate(**given: Any) -> int:
    """Try the method of measuring itself, on simulated noise and on this machine."""
    from bench.commands.calibrate import run

    return run(parts=CALIBRATION_PARTS, **given)


@click.command(cls=Verb)
@click.argument("run_a")
@click.argument("run_b")
@margin_option
@reports_option
@json_option
def compare(**given: Any) -> int:
    """Compare the ratios of two runs (ids, or names of reports for their latest)."""
    from bench.commands.compare import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@measuring(margin_option)
@data_options
@report_options
@json_option
def floor(**given: Any) -> int:
    """Say what a step's matrix products take by themselves, and each engine's share of it."""
    from bench.commands.floor import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model", nargs=-1, required=True)
@optimizer_option
@click.option("--steps", type=POSITIVE, default=10, show_default=True,
              help="How many steps of the GPU are held against the CPU's.")  # fmt: skip
@click.option("--rehearse", is_flag=True,
              help="Walk through all of it with the CPU in the GPU's place.")  # fmt: skip
@measuring(margin_option)
@data_options
@report_options
@json_option
def gpu(**given: Any) -> int:
    """Hold a GPU against the CPU, then prove, train and time each MODEL (or all) on it."""
    from bench.commands.gpu import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@click.option("--replicas", type=Counts(), default="1,2,4", show_default=True, metavar="N,...",
              help="Devices of one process, their gradients summed by hand.")  # fmt: skip
@click.option("--workers", type=Counts(), default="1,2", show_default=True, metavar="N,...",
              help="Processes of this machine that train together; 1 for none.")  # fmt: skip
@choice("--order", specs.REDUCTIONS, "In which replicas sum.", default="in-turn", show_default=True)
@click.option("--batch-size", type=POSITIVE, help="Of all together (default: the workshop's).")
@click.option("--project", type=Counts(), default="8,64", show_default=True, metavar="N,...",
              help="Larger numbers, projected by a model of what was measured.")  # fmt: skip
@click.option("--latency", "latency_us", type=click.FloatRange(min=0), metavar="US",
              help="Of another network, to project on too.")  # fmt: skip
@click.option("--bandwidth", "bandwidth_gb", type=click.FloatRange(min=0, min_open=True),
              metavar="GB/S", help="The same of its bandwidth.")  # fmt: skip
@measuring(margin(MOST_MISSED, "How far the model may lie from a measured step."))
@data_options
@report_options
@json_option
def scaling(**given: Any) -> int:
    """Time replicas and workers of MODEL (or all), communication apart, and project more."""
    from bench.commands.scaling import run

    return run(**given)


VERBS = (bench, gpu, ladder, law, growth, tune, floor, scaling, calibrate, compare)
