"""Every skeleton, solution and right-but-different solution graded, in either language.

python -m tests.bench.exercises.all_right [EXERCISE ...]; exits with 1 where one is judged wrongly.
"""

import os
import sys
from collections.abc import Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bench.exercises.grade import OPEN, PASSES
from bench.exercises.grading import graded
from bench.exercises.registry import EXERCISES
from bench.exercises.submission import Submission
from bench.exercises.tasks import LANGUAGES, written
from tests.bench.exercises.handing_in import filled
from tests.bench.exercises.right import RIGHT


def main(names: list[str]) -> int:
    """Grade those of some exercises, or of all; return the exit code."""
    rows = [row for name in names or EXERCISES for row in judged(name)]
    bad = [what for what, holds in rows if not holds]
    print(*bad, f"{len(rows) - len(bad)} of {len(rows)} are judged as they should be", sep="\n")
    return bool(bad)


def judged(name: str) -> Iterator[tuple[str, bool]]:
    """Yield what was graded of an exercise, and whether the grade is the one that it deserves."""
    for language in LANGUAGES:
        for solved in (False, True):
            found = graded(Submission(name, written(name, language, solved)))
            right = (PASSES, None) if solved else (OPEN, 1)
            what = f"{name} ({language}, {'solved' if solved else 'skeleton'})"
            yield said(what, found, (found.verdict, found.gap) == right)
    for what, codes in RIGHT.get(name, {}).items():
        found = graded(filled(name, codes))
        yield said(f"{name}: {what}", found, found.verdict == PASSES)


def said(what: str, found: object, holds: bool) -> tuple[str, bool]:
    """Say whether a grade is as it should be, at once: all of them take a while."""
    print("ok " if holds else "BAD", what, "" if holds else found, flush=True)
    return what, holds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
