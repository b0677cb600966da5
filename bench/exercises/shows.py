"""How a mistake shows in numbers: what those of a gap have to do with what they should be."""

from typing import NamedTuple

import numpy as np

from bench.exercises.beside import Numbers, Pass
from bench.exercises.kinds import ALIKE, FEW, KINDS, close, factor_of, ordered, slope_of

UNSEEN = "unseen"
MOVES = ("other-way", "step-length", "other-mix", "count")


class Show(NamedTuple):
    """How a fault shows.

    Attributes:
        kind: in ``show_words.BY_SHOW``.
        of: which name of the gap shows it.
        more: of a shape, what it is and what it is to be.
        line: of the gap, counted from 1; 0 where it is not known.
    """

    kind: str
    of: str
    more: str = ""
    line: int = 0


def shown(ours: list[Pass], theirs: list[Pass]) -> Show | None:
    """Return what the first number of a gap that is not as it should be has to do with it."""
    whole = theirs[0].batch if theirs else 0
    if (fault := _unlike(ours, theirs)) is not None:
        return fault
    apart = [
        (name, mine.after[name], t, right)
        for mine, right in zip(ours, theirs, strict=False)
        for name, t in right.outcomes.items()
        if t is not None and name in mine.after and not _close(name, mine.after[name], t, right)
    ]
    if not apart:
        return _of_types(ours, theirs)
    found = _relation(*apart[0]) or _mixed_later(apart)
    if found is None:
        return None
    if found.kind == "unchanged" and all(right.batch for right in theirs):
        return found._replace(kind="as-it-was")
    if found.kind in ("factor", "sum-or-mean") and 0 < apart[0][3].batch < whole:
        return found._replace(kind="last-batch")
    return _each_time(found, apart) if found.kind in MOVES else found


def shown_over_steps(ours: list[Pass], theirs: list[Pass]) -> Show | None:
    """Return that one number is wrong by what changes from step to step, and with what that is."""
    first = theirs[0]
    for name, t in first.outcomes.items():
        numbers = [_series(passes, name) for passes in (ours, theirs)]
        if t is None or t.ndim or any(n is None or np.ptp(n) == 0 for n in numbers[1:]):
            continue
        with_it = next((n for n in first.before if np.ptp(_counted(theirs, n)) > 0), "")
        if numbers[0] is not None and with_it:
            kind = "same-each-step" if np.ptp(numbers[0]) == 0 else "factor-over-steps"
            return Show(f"{kind}:{with_it}", name)
    return None


def _series(passes: list[Pass], name: str) -> np.ndarray | None:
    """Return one number of a gap over the passes through it."""
    values = [p.after.get(name) for p in passes]
    known = [v for v in values if v is not None and v.ndim == 0]
    return np.array(known) if len(known) == len(passes) > 1 else None


def _counted(passes: list[Pass], name: str) -> np.ndarray:
    values = [p.before.get(name) for p in passes]
    return np.array([v if v is not None and v.ndim == 0 else 0.0 for v in values])


def _unlike(ours: list[Pass], theirs: list[Pass]) -> Show | None:
    """Return that a gap is left before its end, makes no value, or no variable."""
    for mine, right in zip(ours, theirs, strict=False):
        if not mine.ended:
            return Show("left-early", "")
        lacks = [name for name in right.needed if name in right.after and name not in mine.after]
        if mine.ended and (lacks or not set(right.outcomes) & set(mine.after)):
            return Show("not-made", next(iter(lacks or [*right.after][::-1]), ""))
        fixed = {n for n in right.variables if n in mine.after} - mine.variables
        if fixed:
            return Show("no-variable", min(fixed))
    return None


def _of_types(ours: list[Pass], theirs: list[Pass]) -> Show | None:
    """Return that the numbers are right, and of another type."""
    pairs = ((name, mine.types.get(name), kind) for mine, right in zip(ours, theirs, strict=False)
             for name, kind in right.types.items())  # fmt: skip
    other = ((n, f"{a}, not {b}") for n, a, b in pairs if a and b and a != b)
    return next((Show("type-of-number", name, more) for name, more in other), None)


def _mixed_later(apart: list) -> Show | None:
    found = (_relation(*each) for each in apart if each[0] == apart[0][0])
    return next((each for each in found if each and each.kind == "other-mix"), None)


def _each_time(found: Show, apart: list) -> Show | None:
    """Return how a variable moves wrongly, if it does so in the same way each time.

    What is remembered is zero at first, and its share of the mix shows only later.
    """
    again = [_relation(*each) for each in apart if each[0] == found.of]
    kinds = {each.kind if each else "" for each in again}
    if "other-mix" in kinds and kinds <= {*MOVES, ""}:
        return found._replace(kind="other-mix")
    return found if len(kinds) == 1 else None


def _close(name: str, o: np.ndarray | None, t: np.ndarray, right: Pass) -> bool:
    """Return whether two tensors are one but for rounding; of a variable, its move."""
    before = right.before.get(name) if name in right.variables else None
    if o is None or before is None or o.shape != t.shape:
        return o is not None and close(o, t)
    return close(o - before, t - before, ALIKE)


def same(ours: list[Pass], theirs: list[Pass]) -> bool:
    """Return whether a gap makes what it should each time, by the names that it has."""
    alike = [
        _close(name, mine.after[name], t, right)
        for mine, right in zip(ours, theirs, strict=False)
        for name, t in right.outcomes.items()
        if t is not None and name in mine.after
    ]
    return len(ours) == len(theirs) and bool(alike) and all(alike)


def _relation(name: str, o: np.ndarray | None, t: np.ndarray, right: Pass) -> Show | None:
    if o is None:
        return Show("no-number", name)
    if o.shape != t.shape:
        return _of_shapes(name, o, t)
    if not np.all(np.isfinite(o)):
        return Show("not-finite", name)
    before = right.before.get(name)
    if before is not None and name not in right.variables and (kind := _passed(o, t, before)):
        return Show(kind if right.batch else f"{kind}-in-prediction", name)
    return _of_values(name, o, t, right)


def _passed(o: np.ndarray, t: np.ndarray, before: np.ndarray) -> str:
    """Return that what should go through as it is does not, or the other way round."""
    if before.shape != t.shape or ordered(o, t):
        return ""
    if close(t, before):
        return "changed"
    if close(before + o, t):
        return "replaced"
    return "unchanged" if close(o, before) else ""


def _of_values(name: str, o: np.ndarray, t: np.ndarray, right: Pass) -> Show | None:
    before = right.before.get(name)
    if before is not None and name in right.variables and not np.array_equal(before, t):
        made = {n: v for n, v in right.after.items() if n != name}
        return _of_moves(name, o, t, before, right.before | made)
    for kind, holds in KINDS.items():
        if kind := holds(o, t, right):
            return Show(kind, name)
    return None


def _of_shapes(name: str, o: np.ndarray, t: np.ndarray) -> Show:
    more = f"{o.shape}, not {t.shape}"
    if t.ndim == 0:
        return Show("one-number", name, more)
    if o.ndim == 2 and o.shape == t.shape[::-1] and o.shape != t.shape:
        return Show("transposed", name, more)
    if o.ndim == 4 and t.ndim == 4 and o.shape[1:3] != t.shape[1:3]:
        return Show("height-and-width", name, more)
    return Show("shape", name, more)


def _of_moves(
    name: str, o: np.ndarray, t: np.ndarray, before: np.ndarray, known: Numbers
) -> Show | None:
    """Return what is wrong with how a variable moved, or with what it remembers."""
    mine, right = o - before, t - before
    if t.ndim == 0:
        return Show("count", name)
    if not mine.any():
        return Show("never-moves", name)
    if before.any() and (close(o, right, ALIKE) or close(o, -right, ALIKE)):
        return Show("not-kept", name)
    if (factor := factor_of(mine, right, ALIKE)) is not None:
        if not before.any():  # no weight, but what is remembered
            return Show("other-mix", name)
        return Show("other-way" if np.isclose(factor, -1, rtol=ALIKE) else "step-length", name)
    others = Pass(0, {n: v for n, v in known.items() if n != name})
    kind = _mixed(o, t, before, known) or slope_of(mine, right, others)
    return Show(kind, name) if kind else None


def _mixed(o: np.ndarray, t: np.ndarray, before: np.ndarray, known: Numbers) -> str:
    """Return that what is remembered is another mix of what was there and of what is new."""
    if not before.any() or t.size < FEW:
        return ""
    new = [v for v in known.values() if v is not None and v.shape == t.shape]
    new = [made(v) for v in new if not close(v, before) for made in _MADE]
    mixes = all(any(_is_mix(v, before, each) for each in new) for v in (o, t))
    return "other-mix" if mixes else ""


_MADE = (np.positive, np.square, np.abs)
"""What may be taken in of what is new."""


def _is_mix(v: np.ndarray, before: np.ndarray, new: np.ndarray) -> bool:
    """Return whether a tensor is a share of one and a share of another, whichever shares."""
    basis = np.stack([before.ravel(), new.ravel()], 1)
    shares = np.linalg.lstsq(basis, v.ravel(), rcond=None)[0]
    return close((basis @ shares).reshape(v.shape), v)
