"""``gvk grade``: what holds of an exercise that was filled in, and what helps where it does not."""

from functools import partial
from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.exercises.submission import submission
from bench.exercises.words import answer, screen
from bench.exercises.worker import grade_apart


def run(
    file: Path,
    solution: bool,
    timeout: float,
    memory: float,
    output: Path | None,
    json_path: Path | None,
) -> int:
    """Grade a file in a process of its own, and say what a teacher would."""
    for path, option in ((json_path, "--json"), (output, "--output")):
        new_file(path, option)
    submission(file)  # what is no exercise at all is refused before TensorFlow is loaded
    grade = grade_apart(file, timeout, memory, output)
    click.echo(screen(grade, solution, dim=partial(click.style, dim=True)))
    told = grade.to_dict()
    kept_back = dict.fromkeys(("words", "confirmed", "remedy"), "")
    told |= {"answer": list(answer(grade))} if solution else kept_back
    write_json(json_path, "grade", told)
    return grade.exit_code
