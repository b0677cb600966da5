"""The options that several verbs of ``gvk`` share."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bench import specs
from bench.ladder.rungs import ADDS_UP
from bench.law.points import THRESHOLD
from bench.stats.verdicts import DEFAULT_MARGIN

REPORTS = Path("reports")
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
POSITIVE = click.IntRange(min=1)

Command = Callable[..., Any]


def options(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return one decorator that does what several do, in the order in which they stand."""
    return lambda command: functools.reduce(lambda c, d: d(c), reversed(decorators), command)


def choice(name: str, values: tuple[str, ...], words: str, **more: Any) -> Callable[..., Any]:
    """Return an option that takes one of some names."""
    return click.option(name, type=click.Choice(values), help=words, **more)


def many(name: str, values: tuple[str, ...], words: str, **more: Any) -> Callable[..., Any]:
    """Return an option that takes several names, each with the option before it, or ``all``."""
    return choice(name, (*values, "all"), f"{words} May be repeated.", multiple=True, **more)


class Percent(click.ParamType):
    """A percentage such as ``3%``, kept as a fraction; the sign may be left out."""

    name = "percentage"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Return the fraction."""
        if isinstance(value, float):
            return value
        try:
            percent = float(str(value).strip().removesuffix("%"))
        except ValueError:
            percent = float("nan")
        if not 0 < percent < 100:
            self.fail(f"{value!r} is no percentage between 0% and 100%: give one such as 3%")
        return percent / 100


class Counts(click.ParamType):
    """Numbers such as ``1,2,4``."""

    name = "numbers"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        """Return them."""
        if isinstance(value, tuple):
            return value
        words = str(value).split(",")
        if not all(word.strip().isdecimal() and int(word) for word in words):
            self.fail(f"{value!r} is no list of numbers from 1 on: give one such as 1,2,4")
        return tuple(map(int, words))


json_option = click.option("--json", "json_path", type=FILE, help="Write the result as JSON too.")
data_options = options(
    click.option(
        "--dataset",
        default="auto",
        show_default=True,
        metavar="D",
        help="mnist, fashion-mnist, digits, PATH.npz, a folder of IDX files, or auto.",
    ),
    click.option("--limit", type=int, metavar="N", help="Only the first N training samples."),
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True,
    help="Of weights, batches and orders.",
)  # fmt: skip
limit_options = options(
    click.option("--timeout", type=click.FloatRange(min=1), default=300.0, show_default=True,
                 metavar="S", help="End the programs after S seconds."),
    click.option("--memory", type=click.FloatRange(min=100), default=8000.0, show_default=True,
                 metavar="MB", help="End them above so many megabytes."),
)  # fmt: skip
pair_options = options(
    choice("--kernels", specs.KERNELS, "Fused ops, or the formulas.", default="fused"),
    choice("--gradients", specs.GRADIENTS, "Autodiff, or by hand.", default="auto"),
    click.option("--xla", is_flag=True, help="Compile both sides by XLA (step and epoch)."),
    click.option("--steps-per-execution", type=POSITIVE, help="Of Keras fit (default 1)."),
    choice("--initializer", specs.INITIALIZERS, "Where kernels start."),
    choice("--dtype", specs.DTYPES, "Of weights and data.", default="float32"),
    click.option("--batch-size", type=POSITIVE, help="Samples in a batch."),
    click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), help="Step size."),
    seed_option,
    choice("--sampling", specs.SAMPLINGS, "How an epoch walks the data."),
    click.option("--iterations", type=POSITIVE, help="Steps an epoch, drawn with replacement."),
)
equality_option = click.option(
    "--same-bits/--within-noise", "same_bits", default=True,
    help="What --engine auto keeps to: the bits (default), or the noise floor.",
)  # fmt: skip
pool_options = options(
    click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, metavar="N",
                 help="At the same time, each in a process."),
    click.option("--scheduler", metavar="ADDRESS",
                 help="Of a Dask cluster that does the jobs: tcp://host:8786."),
)  # fmt: skip
resume_option = click.option(
    "--resume", is_flag=True, help="Go on with the last run, if it was cut short."
)


def margin(default: float, words: str) -> Callable[..., Any]:
    """Return the option that says which difference counts as none."""
    shown = f"{100 * default:g}%"
    return click.option(
        "--margin", type=Percent(), default=default, show_default=shown, metavar="P%", help=words
    )


margin_option = margin(DEFAULT_MARGIN, "The difference of speed that counts as none.")
ladder_option = margin(ADDS_UP, "How far the sum of the rungs may lie from the whole.")
crossover_option = margin(THRESHOLD, "What Keras may cost more where the crossover is.")
device_options = options(
    click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="D",
        help="cpu, gpu, gpu:N, or auto: the first GPU, else the CPU.",
    ),
    click.option("--require-gpu", is_flag=True, help="Stop where there is no GPU."),
)

_how_much_is_measured = options(
    choice(
        "--precision",
        specs.PRECISIONS,
        "quick: all blocks in one process; full: a fresh process for each block.",
        default="quick",
        show_default=True,
    ),
    click.option(
        "--target-width", type=Percent(), metavar="P%", help="Stop at intervals so narrow (3%)."
    ),
    click.option(
        "--time-budget", type=click.FloatRange(min=1), metavar="S", help="Stop after S seconds."
    ),
    click.option("--blocks", type=click.IntRange(min=2), help="Take so many, whatever they say."),
)


def measuring(margin_option: Callable[..., Any]) -> Callable[[Command], Command]:
    """Return the options of every measuring verb, the margin in the verb's own sense among them."""
    return options(_how_much_is_measured, margin_option, seed_option, resume_option, device_options)


reports_option = click.option(
    "--reports", type=FOLDER, default=REPORTS, show_default=True, help="The folder of all reports."
)
report_options = options(
    reports_option,
    click.option("--name", help="Of the report (default: the data set's name)."),
)
optimizer_option = choice("--optimizer", specs.OPTIMIZERS, "The optimizer.", default="sgd")
