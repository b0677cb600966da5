"""How far right solutions are from the library's, and wrong ones: what ``ALIKE`` stands between.

python -m tests.bench.exercises.noise [EXERCISE ...]
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from bench.exercises.gap_by_gap import GapByGap
from bench.exercises.kinds import ALIKE
from bench.exercises.loading import loaded
from bench.exercises.references import data_of
from bench.exercises.registry import EXERCISES
from bench.exercises.tasks import gaps_of
from tests.bench.exercises.fresh import FRESH
from tests.bench.exercises.handing_in import filled
from tests.bench.exercises.right import RIGHT
from tests.bench.exercises.wrong import WRONG

SHOWN = 5


def main(names: list[str]) -> int:
    """Print the largest distances of right solutions and the smallest of wrong ones."""
    right = {f"{n}: {what}": apart(n, codes) for n in names or EXERCISES
             for what, codes in RIGHT.get(n, {}).items()}  # fmt: skip
    wrong = {f"{n}: {w.what}": apart(n, {w.gap: w.code}) for n in names or EXERCISES
             for w in (*WRONG.get(n, []), *FRESH.get(n, []))}  # fmt: skip
    most = told("right", right, largest=True)
    least = told("wrong", wrong, largest=False)
    print(f"ALIKE {ALIKE:g}: {ALIKE / most:.0f} times the one, 1/{least / ALIKE:.0f} of the other")
    return not most < ALIKE < least


def apart(name: str, codes: dict[int, str]) -> float | None:
    """Return the distance that a grade goes by; None where numbers are drawn, or code fails."""
    if any(gap.draws for gap in gaps_of(name).values()):
        return None
    handed = filled(name, codes)
    with tempfile.TemporaryDirectory() as folder:
        module = loaded(handed.text, Path(folder))[1]
        by_gap = GapByGap(handed, data_of(handed.exercise), Path(folder))
        try:
            return by_gap.apart(getattr(module, handed.exercise.makers[0])())
        except Exception:  # what a wrong solution raises
            return None


def told(what: str, found: dict[str, float | None], largest: bool) -> float:
    """Print the distances that are nearest to the other kind's; return the first of them."""
    known = [(far, name) for name, far in found.items() if far is not None and np.isfinite(far)]
    nearest = sorted(known, reverse=largest)[:SHOWN]
    print(f"{len(known)} {what}:", *(f"  {far:.1e}  {name}" for far, name in nearest), sep="\n")
    return nearest[0][0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
