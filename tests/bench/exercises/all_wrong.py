"""Every wrong solution graded, a line each, then a table; exits with 1 where a hint does not fit.

python -m tests.bench.exercises.all_wrong [EXERCISE ...]
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bench.exercises.grading import graded
from bench.exercises.registry import EXERCISES
from bench.exercises.words import screen
from tests.bench.exercises.handing_in import filled
from tests.bench.exercises.judging import Wrong, fits
from tests.bench.exercises.wrong import every


def main(names: list[str]) -> int:
    """Grade those of some exercises, or of all; return the exit code."""
    rows = {n: [judged(n, wrong) for wrong in every(n)] for n in names or EXERCISES if every(n)}
    every_one = [fit for fits_of in rows.values() for fit in fits_of]
    for name, judgements in {**rows, "all": every_one}.items():
        print(f"| `{name}` | {len(judgements)} | {sum(judgements)} |")
    return not all(every_one)


def judged(name: str, wrong: Wrong) -> bool:
    """Grade one, say how it went, and return whether the hint fits."""
    grade = graded(filled(name, {wrong.gap: wrong.code}))
    fit = fits(wrong, grade)
    said = f"{name}: {wrong.what} ({wrong.concept}; {grade.cause or 'no cause'})"
    print("ok " if fit else "BAD", said, "" if fit else "\n" + screen(grade), flush=True)
    return fit


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
