"""Every wrong solution graded, a line each; exits with 1 where a hint does not fit.

python -m tests.bench.exercises.all_wrong [EXERCISE ...]
"""

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bench.exercises.grading import graded
from bench.exercises.words import screen
from tests.bench.exercises.handing_in import filled
from tests.bench.exercises.wrong import WRONG, fits


def main(names: list[str]) -> int:
    """Grade those of some exercises, or of all; return the exit code."""
    bad = 0
    for name in names or WRONG:
        for wrong in WRONG[name]:
            begin = time.perf_counter()
            grade = graded(filled(name, {wrong.gap: wrong.code}))
            fit = fits(wrong, grade)
            bad += not fit
            seconds = time.perf_counter() - begin
            said = f"{name}: {wrong.what} ({seconds:.1f} s, {grade.cause or 'no cause'})"
            print("ok " if fit else "BAD", said, "" if fit else "\n" + screen(grade), flush=True)
    print(f"{bad} of {sum(len(WRONG[n]) for n in names or WRONG)} do not fit")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
