"""``gvk scorecard``: how often a diagnosis is right, on pairs whose answer is known."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from bench.commands.user_files import new_file, write_json
from bench.diagnose.marks import known
from bench.diagnose.scorecard import MARK, Score, counts, table, totals
from bench.errors import UserError
from bench.jobs.opening import opened
from bench.jobs.pool import Pool
from bench.jobs.results import results


def run(
    folder: Path,
    loop: str,
    speed: bool,
    timeout: float,
    memory: float,
    jobs: int,
    scheduler: str | None,
    report_path: Path | None,
    json_path: Path | None,
) -> int:
    """Diagnose every known pair of a folder, a line each; 0 where every verdict is right."""
    for path, option in ((json_path, "--json"), (report_path, "--report")):
        new_file(path, option)
    files = [f for f in sorted(folder.glob("*.py")) if _is_known(f)]
    if not files:
        raise UserError(f"{folder}: no pair in it says CAUSE, LINE and KIND: name another folder")
    if speed and loop != "loop":
        raise UserError("--loop does nothing with --speed: the pairs are searched as they are")
    if speed and (jobs > 1 or scheduler):
        raise UserError("--speed times, and what is timed never runs beside other work: leave out "
                        "--jobs and --scheduler")  # fmt: skip
    if speed:
        return _speed(files, timeout, memory, report_path, json_path)
    with opened(jobs, scheduler) as pool:
        scores = list(_scores(pool, files, loop, timeout, memory))
    click.echo(counts(scores))
    plain = {"totals": totals(scores), "pairs": [asdict(s) for s in scores]}
    write_json(json_path, "scorecard", plain)
    if report_path is not None:
        report_path.write_text(f"# Scorecard of `gvk diagnose`\n\n{table(scores)}")
    return 0 if all(s.right for s in scores) else 1


def _scores(
    pool: Pool, files: list[Path], loop: str, timeout: float, memory: float
) -> Iterator[Score]:
    """Diagnose each pair, say a line of it, and yield its marks."""
    given = {"loop": loop, "timeout": timeout, "memory_mb": memory, "beside": pool.beside}
    tasks = [{"name": file.stem, "source": file.read_text(), **given} for file in files]
    for marks in results(pool, MARK, tasks, "scorecard"):
        score = Score.from_dict(marks)
        click.echo(f"{'right' if score.right else 'WRONG'}  {score.name}: {score.verdict} "
                   f"{', '.join(score.causes)} ({score.seconds:.1f} s)")  # fmt: skip
        yield score


def _speed(
    files: list[Path],
    timeout: float,
    memory: float,
    report_path: Path | None,
    json_path: Path | None,
) -> int:
    """Search each slow pair and each equal one for what is slow; 0 where every answer is right."""
    from bench.host.lock import sole_measurement
    from bench.slow.marks import is_marked, mark_speed, plain, speed_table, speed_totals

    scores = []
    with sole_measurement():
        for file in filter(is_marked, files):
            score = mark_speed(file, timeout, memory)
            scores.append(score)
            fixed = f", {score.of_fixed[0]:.2f} of fixed" if score.of_fixed else ""
            said = "right" if score.right else "WRONG"
            line = ", line" if score.line else ", other line" if score.named else ""
            click.echo(f"{said}  {score.name}: {score.verdict} {', '.join(score.causes)}{line}"
                       f"{fixed} ({score.seconds:.1f} s)")  # fmt: skip
    if not scores:
        raise UserError("no pair in that folder is of KIND speed or none: name another folder")
    counts = speed_totals(scores)
    click.echo(", ".join(f"{k} {v}" for k, v in counts.items()))
    write_json(json_path, "scorecard", {"totals": counts, "pairs": [plain(s) for s in scores]})
    if report_path is not None:
        report_path.write_text(f"# Scorecard of `gvk diagnose --speed`\n\n{speed_table(scores)}")
    return 0 if all(s.right for s in scores) else 1


def _is_known(file: Path) -> bool:
    try:
        return known(file) is not None
    except SyntaxError:
        return False
    except ValueError as error:
        raise UserError(
            f"{file}: what it says of itself (CAUSE, LINE, KIND, CAUSES, LINES) is more than "
            "constants, names and lists: write it out"
        ) from error
