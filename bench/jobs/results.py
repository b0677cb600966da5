"""Handing out jobs to a pool: every result once, in order, and none lost on the way."""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from bench.errors import Interrupted, UserError
from bench.host.progress import progress
from bench.jobs.job import Job, result_of
from bench.jobs.kept import Kept, keeping
from bench.jobs.pool import ATTEMPTS, Pool


def results(pool: Pool, work: str, tasks: Sequence[dict[str, Any]], title: str) -> Iterator[Any]:
    """Yield what became of each task, in order; each is on the disk as soon as it is there.

    Args:
        pool: who does them.
        work: the function that does one, ``package.module:function``.
        tasks: what it is called with: values that JSON has.
        title: of the progress bar.

    Raises:
        Interrupted: the run was stopped, or the cluster is gone; the same command goes on.
        UserError: processes were killed again and again, as they are where memory is short; what
            else there was to do is done and kept.
    """
    jobs = [Job(work, task) for task in tasks]
    with keeping(jobs) as kept:
        if kept.earlier:
            click.echo(f"goes on: {kept.count} of {len(jobs)} are kept in {kept.path}", err=True)
        try:
            yield from _in_order(pool, jobs, kept, title)
        except KeyboardInterrupt as error:
            raise Interrupted(kept.how_to_go_on) from error
        except Interrupted as error:
            raise Interrupted(f"{error}: {kept.how_to_go_on}") from error
        kept.drop()


def _in_order(pool: Pool, jobs: Sequence[Job], kept: Kept, title: str) -> Iterator[Any]:
    ended, killed, turn = dict(kept.earlier), [], 0
    left = {number: job for number, job in enumerate(jobs) if number not in ended}
    with progress(title, len(left)) as advance:
        while turn in ended:
            yield ended.pop(turn)
            turn += 1
        for number, answer in pool.answers(left):
            advance()
            if "killed" in answer:
                killed.append(answer["killed"])
                continue
            ended[number] = result_of(answer)
            kept.add(number, ended[number])
            while turn in ended:
                yield ended.pop(turn)
                turn += 1
    if killed:
        raise UserError(
            f"{pool.fewer} ({len(killed)} of {len(jobs)} jobs were killed {ATTEMPTS} times, at "
            f"last by {killed[-1]}); {kept.how_to_go_on}"
        )
