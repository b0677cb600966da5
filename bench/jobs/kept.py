"""What the jobs of a run came to, on the disk as they end: the same command goes on from there.

A line each, in the user's cache folder, in a file that is named after all that the run is: its
jobs, and the program. Once the run is done the file is gone. Where it cannot be written, or another
run of the same command has it, nothing is kept, and all else is as it would be.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.host import cache
from bench.jobs.job import Job
from bench.jobs.same_program import program, settings

LOCK = ".lock"


class Kept:
    """Results by the number of their job.

    Args:
        path: of the file; None keeps nothing.
        jobs: how many there are.
    """

    def __init__(self, path: Path | None, jobs: int) -> None:
        self.path = path
        self.earlier = {n: r for n, r in _read(path) if n < jobs} if path else {}
        self.count = len(self.earlier)

    def add(self, number: int, result: Any) -> None:
        """Write a result down."""
        if self.path is None:
            return
        try:
            with self.path.open("a") as file:
                file.write(f"\n{json.dumps([number, result])}\n")  # the line before may be cut off
        except OSError:
            self.path = None
        else:
            self.count += 1

    def drop(self) -> None:
        """Forget what the run came to: it is done."""
        if self.path is not None:
            for path in (self.path, self.path.with_suffix(LOCK)):
                with suppress(OSError):
                    path.unlink()

    @property
    def how_to_go_on(self) -> str:
        """What the user is told of a run that is stopped."""
        if self.path is None:
            return "nothing is kept"
        return f"{self.count} results are kept, the same command goes on"


@contextmanager
def keeping(jobs: Sequence[Job]) -> Iterator[Kept]:
    """Yield what an earlier sitting of these jobs came to, and where more is kept."""
    with ExitStack() as stack:
        yield Kept(_held(jobs, stack) if len(jobs) > 1 else None, len(jobs))


def _held(jobs: Sequence[Job], stack: ExitStack) -> Path | None:
    """Return the file of a run, which nobody else has; None where that cannot be had."""
    from filelock import FileLock, Timeout

    folder = cache.cache_folder()
    if folder is None:
        return None
    path = folder / f"jobs-{_name(jobs)}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(FileLock(path.with_suffix(LOCK), timeout=0))
    except (OSError, Timeout):
        return None
    return path


def _name(jobs: Sequence[Job]) -> str:
    chosen = settings()
    whole = json.dumps([jobs, chosen, program(chosen)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _read(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield what was kept; a line that a kill cut off is none."""
    with suppress(OSError, UnicodeDecodeError):
        for line in path.read_text().splitlines():
            with suppress(ValueError, TypeError):
                number, result = json.loads(line)
                yield int(number), result
