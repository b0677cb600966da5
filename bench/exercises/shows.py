"""How a mistake shows in numbers: what those of a gap have to do with what they should be."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import log_softmax, softmax

from bench.exercises.beside import Numbers, Pass

CLOSE = 1e-4
"""Of the size of what is compared. What is told here was found to differ by more than the
tolerance of a grade; the rounding of a few operations in float32 is under 1e-5."""
UNSEEN = "unseen"
MOVES = ("other-way", "step-length", "other-mix", "count")
FEW = 4  # fewer numbers stand in too many relations to each other


class Show(NamedTuple):
    """How a fault shows.

    Attributes:
        kind: in ``hints.BY_SHOW``.
        of: which name of the gap shows it.
        more: of a shape, what it is and what it is to be.
        line: of the gap, counted from 1; 0 where it is not known.
    """

    kind: str
    of: str
    more: str = ""
    line: int = 0


def close(a: np.ndarray, b: np.ndarray) -> bool:
    """Return whether two tensors are one but for rounding."""
    return a.shape == b.shape and bool(np.linalg.norm(a - b) <= CLOSE * np.linalg.norm(b))


def shown(ours: list[Pass], theirs: list[Pass]) -> Show | None:
    """Return what the first number of a gap that is not as it should be has to do with it."""
    whole = theirs[0].batch if theirs else 0
    apart = [
        (name, mine.after[name], t, right)
        for mine, right in zip(ours, theirs, strict=False)
        for name, t in right.outcomes.items()
        if t is not None and name in mine.after and not _close(mine.after[name], t)
    ]
    if not apart:
        return _nothing(ours, theirs)
    found = _relation(*apart[0])
    if found is None:
        return None
    if found.kind in ("factor", "sum-or-mean") and apart[0][3].batch < whole:
        return found._replace(kind="last-batch")
    return found if found.kind not in MOVES or _each_time(found, apart) else None


def _nothing(ours: list[Pass], theirs: list[Pass]) -> Show | None:
    """Return that a gap is left before its end, or gives what it should make no value."""
    for mine, right in zip(ours, theirs, strict=False):
        if right.after and not mine.after:
            return Show("left-early", "")
        if right.outcomes and not set(right.outcomes) & set(mine.after):
            return Show("not-made", next(reversed(right.outcomes)))
    return None


def _each_time(found: Show, apart: list) -> bool:
    """Return whether a variable moves wrongly in the same way each time."""
    again = [_relation(*each) for each in apart if each[0] == found.of]
    return all(each is not None and each.kind == found.kind for each in again)


def _close(o: np.ndarray | None, t: np.ndarray) -> bool:
    return o is not None and close(o, t)


def same(ours: list[Pass], theirs: list[Pass]) -> bool:
    """Return whether a gap makes what it should each time, by the names that it has."""
    pairs = [
        (mine.after[name], t)
        for mine, right in zip(ours, theirs, strict=False)
        for name, t in right.outcomes.items()
        if t is not None and name in mine.after
    ]
    alike = all(_close(o, t) for o, t in pairs)
    return len(ours) == len(theirs) and bool(pairs) and alike


def _relation(name: str, o: np.ndarray | None, t: np.ndarray, right: Pass) -> Show | None:
    if o is None:
        return Show("no-number", name)
    if o.shape != t.shape:
        return _of_shapes(name, o, t)
    if not np.all(np.isfinite(o)):
        return Show("not-finite", name)
    before = right.before.get(name)
    if before is not None and name in right.variables and not close(before, t):
        return _of_moves(name, o, t, before, right.before)
    for kind, holds in _KINDS.items():
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
    if not mine.any():
        return Show("never-moves", name)
    if close(o, right) or close(o, -right):
        return Show("not-kept", name)
    if before.any() and t.size >= FEW and (mixed := _mixed(o, t, before, known)):
        return Show(mixed, name)
    factor = _factor(mine, right)
    if factor is None:
        return None
    if t.ndim == 0:
        return Show("count", name)
    return Show("other-way" if np.isclose(factor, -1) else "step-length", name)


def _mixed(o: np.ndarray, t: np.ndarray, before: np.ndarray, known: Numbers) -> str:
    """Return that what is remembered is another mix of what was there and of what is new."""
    for new in (v for v in known.values() if v is not None and v.shape == t.shape):
        for power in (new, new**2):
            basis = np.stack([before.ravel(), power.ravel()], 1)
            shares = [np.linalg.lstsq(basis, v.ravel(), rcond=None)[0] for v in (o, t)]
            fits = [close((basis @ s).reshape(v.shape), v)
                    for s, v in zip(shares, (o, t), strict=True)]  # fmt: skip
            if all(fits) and not close(power, before):
                return "other-mix"
    return ""


def _factor(o: np.ndarray, t: np.ndarray) -> float | None:
    """Return the one number that o is t times, if there is one."""
    if not t.any():
        return None
    factor = float(np.vdot(t, o) / np.vdot(t, t))
    return factor if factor and close(o, factor * t) else None


def _scaled(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    factor = _factor(o, t)
    if factor is None:
        return ""
    if np.isclose(factor, -1, rtol=CLOSE):
        return "sign"
    sizes = {n for v in (t, *right.before.values()) if v is not None for n in v.shape}
    counts = [float(n) for n in {*sizes, right.batch} if n > 1]
    counted = any(np.isclose(factor, c, rtol=CLOSE) for n in counts for c in (n, 1 / n))
    if counted:
        return "sum-or-mean"
    return "factor" if t.size >= FEW else ""


def _shifted(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    """A constant too much everywhere, or the same for every image."""
    apart = o - t
    if t.size < FEW:
        return ""
    if np.ptp(apart) <= CLOSE * np.abs(apart).max() and not _has_bias(t, right):
        sizes = [np.log(n) for n in t.shape if n > 1]
        in_log = any(np.isclose(abs(apart.flat[0]), size, rtol=1e-3) for size in sizes)
        return "sum-or-mean-inside" if in_log else "term"
    several = t.ndim > 1 and t.shape[0] > 1 and _has_bias(t, right)
    return "bias" if several and _same_in(apart, tuple(range(t.ndim - 1))) else ""


def _has_bias(t: np.ndarray, right: Pass) -> bool:
    return any(v is not None and v.shape == t.shape[-1:] for v in right.before.values())


def _same_in(apart: np.ndarray, axes: tuple[int, ...]) -> bool:
    return bool(np.max(np.ptp(apart, axis=axes)) <= CLOSE * np.abs(apart).max())


_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
    "tanh": np.tanh,
    "relu": lambda v: np.maximum(v, 0),
    "softmax": lambda v: softmax(v, axis=-1),
}


def _activated(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    """One activation too many, too few, or another."""
    if t.size < FEW or t.ndim < 2:
        return ""
    if _probabilities(np.exp(np.minimum(t, 1))) and close(o, log_softmax(np.exp(t), axis=-1)):
        return "squashed-twice"
    if any(close(o, f(t)) for f in _ACTIVATIONS.values()):
        return "squashed-twice" if _probabilities(t) or 0 <= t.min() <= t.max() <= 1 else "squashed"
    if any(close(f(o), t) for f in _ACTIVATIONS.values()):
        return "not-squashed"
    known = [v for v in right.before.values() if v is not None and v.shape == t.shape]
    if any(close(f(v), t) for v in known for f in _ACTIVATIONS.values()) and _follows(o, t):
        return "other-activation"
    return ""


def _logarithm(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    if t.size >= FEW and (close(o, np.exp(t)) or (t.min() > 0 and close(o, np.log(t)))):
        return "logarithm"
    if t.size >= FEW and t.min() >= 0 and (close(o, np.sqrt(t)) or close(o, t**2)):
        return "root"
    return ""


def _probabilities(v: np.ndarray) -> bool:
    return v.ndim == 2 and v.min() >= 0 and np.allclose(v.sum(1), 1, atol=CLOSE)


def _normalised(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    """Probabilities, or their logarithms, made over another axis."""
    if t.ndim != 2 or t.size < FEW:
        return ""
    if _probabilities(t) and o.min() > 0:
        o, t = np.log(o), np.log(np.maximum(t, 1e-300))
    elif not _probabilities(np.exp(np.minimum(t, 50))):
        return ""
    d = o - t
    rest = d - d.mean(0, keepdims=True) - d.mean(1, keepdims=True) + d.mean()
    return "axis" if np.abs(rest).max() <= CLOSE * np.abs(d).max() else ""


def _ordered(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    same = t.size >= FEW and close(np.sort(o, axis=None), np.sort(t, axis=None))
    if same:
        return "order"
    return "sign" if t.size >= FEW and close(np.abs(o), np.abs(t)) else ""


def _slope(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    """Off by a factor that depends on one of the gap's inputs, number by number."""
    if t.size < 10 * FEW or not np.all(t):
        return ""
    ratio = o / t
    for name, v in right.before.items():
        if v is not None and v.shape == t.shape and not close(v, t) and _follows(ratio, v):
            return f"factor-of:{name}"
    return ""


def _follows(values: np.ndarray, of: np.ndarray) -> bool:
    """Return whether numbers go smoothly, up or down or once both, as others grow."""
    along = values.ravel()[np.argsort(of, axis=None, kind="stable")]
    spread = np.ptp(along)
    return bool(spread > 0 and np.abs(np.diff(along)).sum() <= 2.05 * spread)


def _as_it_was(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    if not o.any():
        return "zeros"
    if t.size >= FEW and np.ptp(o) <= CLOSE * np.abs(o).max() and np.ptp(t) > CLOSE:
        return "same-for-all"
    same = (n for n, v in right.before.items() if v is not None and t.size >= FEW and close(o, v))
    return next((f"unchanged:{name}" for name in same), "")


_KINDS = {
    "unchanged": _as_it_was, "scaled": _scaled, "shifted": _shifted, "logarithm": _logarithm,
    "activated": _activated, "normalised": _normalised, "ordered": _ordered, "slope": _slope,
}  # fmt: skip
"""In this order: what is told first says more."""


def names() -> Iterator[str]:
    """Yield the names of all relations; ``hints.BY_SHOW`` has words for each."""
    yield from (
        "left-early", "not-made", "no-number", "not-finite",
        "one-number", "transposed", "height-and-width", "shape",
        "never-moves", "not-kept", "other-mix", "count", "other-way", "step-length", "sign",
        "sum-or-mean", "factor", "sum-or-mean-inside", "term", "bias", "squashed-twice",
        "squashed", "not-squashed", "other-activation", "logarithm", "root", "axis", "order",
        "factor-of", "zeros", "same-for-all", "unchanged", "last-batch",
    )  # fmt: skip
