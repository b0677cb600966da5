"""Verbs for who learns: exercises, what is said of them, and notebooks."""

from typing import Any

import click

from bench.commands.click_options import FILE, choice, json_option, limit_options
from bench.commands.verbs import Verb
from bench.exercises.tasks import LANGUAGES


@click.command(cls=Verb)
@click.argument("name")
@click.option("-o", "--output", type=FILE, help="Write the skeleton to a new file.")
@choice("--language", LANGUAGES, "Of the task.", default="en", show_default=True)
@json_option
def exercise(**given: Any) -> int:
    """Write the skeleton of exercise NAME, a program with gaps and its task; `list` lists them."""
    from bench.commands.exercise import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("file", type=FILE)
@click.option("--solution", is_flag=True, help="Tell the answer of that gap.")
@limit_options
@click.option("--output", type=FILE, help="Keep what the program prints in a new file.")
@json_option
def grade(**given: Any) -> int:
    """Grade an exercise: what holds, the first thing that does not, and what helps."""
    from bench.commands.grade import run

    return run(**given)


@click.command(cls=Verb)
@click.argument("model")
@click.option("-o", "--output", type=FILE,
              help="The new file, .ipynb or .py (default: MODEL.ipynb).")  # fmt: skip
@json_option
def notebook(**given: Any) -> int:
    """Write the chapter of MODEL as a notebook: both sides to run, to change and to compare."""
    from bench.commands.notebook import run

    return run(**given)


VERBS = (exercise, grade, notebook)
