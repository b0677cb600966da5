"""Every skeleton, solution and right-but-different solution graded, in either language.

python -m tests.bench.exercises.all_right [EXERCISE ...]; exits with 1 where one is judged wrongly.
It ends with how far each right solution is from the library's, which ``ALIKE`` is set by.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bench.exercises.gap_by_gap import ALIKE, GapByGap
from bench.exercises.grade import OPEN, PASSES
from bench.exercises.grading import graded
from bench.exercises.loading import loaded
from bench.exercises.references import data_of
from bench.exercises.registry import EXERCISES
from bench.exercises.submission import Submission
from bench.exercises.tasks import LANGUAGES, gaps_of, written
from tests.bench.exercises.handing_in import filled
from tests.bench.exercises.right import RIGHT


def main(names: list[str]) -> int:
    """Grade those of some exercises, or of all; return the exit code."""
    rows = [row for name in names or EXERCISES for row in judged(name)]
    bad = [what for what, holds in rows if not holds]
    print(*bad, f"{len(rows) - len(bad)} of {len(rows)} are judged as they should be", sep="\n")
    apart = {f"{n}: {what}": spread(n, codes)
             for n in names or EXERCISES for what, codes in RIGHT.get(n, {}).items()}  # fmt: skip
    known = {what: far for what, far in apart.items() if far is not None}
    for what, far in sorted(known.items(), key=lambda item: -item[1])[:5]:
        print(f"{far:.1e}  {what}")
    print(
        f"{len(known)} right solutions, apart by {max(known.values()):.1e} at most; ALIKE {ALIKE}"
    )
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


def spread(name: str, codes: dict[int, str]) -> float | None:
    """Return how far a right solution is from the library's; None where both draw, or in Keras."""
    gaps = gaps_of(name)
    if EXERCISES[name].forbidden == () or any(gaps[n].draws for n in codes):
        return None
    handed = filled(name, codes)
    with tempfile.TemporaryDirectory() as folder:
        module = loaded(handed.text, Path(folder))[1]
        by_gap = GapByGap(handed, data_of(handed.exercise), Path(folder))
        return by_gap.apart(getattr(module, handed.exercise.makers[0])())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
