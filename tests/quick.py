"""Which of many cases ``make test`` runs; the others are marked ``full``, for ``make test-all``."""

from collections.abc import Iterable
from itertools import cycle, product

import pytest


def quick_are(cases: Iterable, *quick):
    """Return all cases as parameters, all but those that are named marked ``full``."""
    cases = list(cases)
    assert set(quick) <= set(cases), f"{quick} are not all among {cases}"
    return [_case(case, case in quick) for case in cases]


def every_pair(rows: Iterable, columns: Iterable):
    """Return each pair of two registries; on a diagonal, which meets each entry, it is quick."""
    rows, columns = list(rows), list(columns)
    longer, shorter = (rows, columns) if len(rows) >= len(columns) else (columns, rows)
    diagonal = set(zip(longer, cycle(shorter), strict=False))
    quick = diagonal if longer is rows else {(a, b) for b, a in diagonal}
    return [_case(pair, pair in quick) for pair in product(rows, columns)]


def _case(case, quick):
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=() if quick else pytest.mark.full)
