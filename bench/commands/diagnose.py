"""``gvk diagnose``: why two programs disagree."""

from functools import partial
from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.diagnose.words import page, screen
from bench.diagnose.worker import Request, diagnose_apart
from bench.errors import UserError
from bench.host.progress import said


def run(
    files: tuple[str, ...],
    loop: str,
    reference: str,
    data: str,
    steps: int,
    speed: bool,
    timeout: float,
    memory: float,
    template: bool,
    output: Path | None,
    report_path: Path | None,
    json_path: Path | None,
) -> int:
    """Diagnose the pair of one file, or of two, and print one screen."""
    if template:
        click.echo(_template(), nl=False)
        return 0
    if len(files) not in (1, 2):
        raise UserError("name one file with both programs, or two as A.py:make B.py:make")
    for path, option in ((json_path, "--json"), (report_path, "--report"), (output, "--output")):
        new_file(path, option)
    request = Request(files, loop, reference, data, steps)
    if speed:
        return _speed(request, timeout, memory, output, report_path, json_path)
    diagnosis = diagnose_apart(request, timeout, memory, output)
    click.echo(screen(diagnosis, dim=partial(click.style, dim=True)))
    write_json(json_path, "diagnose", diagnosis.to_dict())
    if report_path is not None:
        report_path.write_text(page(diagnosis, files))
    return diagnosis.exit_code


def _speed(
    request: Request,
    timeout: float,
    memory: float,
    output: Path | None,
    report_path: Path | None,
    json_path: Path | None,
) -> int:
    """Say why the loop is slow; one search at a time on a machine."""
    from bench.host.lock import sole_measurement
    from bench.slow.words import page as speed_page
    from bench.slow.words import screen as speed_screen
    from bench.slow.worker import speed_apart

    with sole_measurement(), said() as say:
        answer = speed_apart(request, timeout, memory, output, say)
    click.echo(speed_screen(answer, dim=partial(click.style, dim=True)))
    write_json(json_path, "diagnose", answer.to_dict())
    if report_path is not None:
        report_path.write_text(speed_page(answer, request.files))
    return answer.exit_code


def _template() -> str:
    import bench.diagnose

    return (Path(bench.diagnose.__file__).parent / "template.py").read_text()
