"""What two tensors of a shape have to do with each other, one what the other should be."""

from collections.abc import Callable

import numpy as np
from scipy.special import log_softmax, softmax

from bench.exercises.beside import Pass

ALIKE = 1e-3
"""Of the size of what a step makes: a loss, a move, a prediction. Over 30 right solutions written
otherwise (other orders of sums, float64, einsum, image by image) come within 8e-6, and the nearest
of over 90 wrong ones is 0.2 away (``python -m tests.bench.exercises.noise``): a hundred times the
noise, and about the middle of the two in their logarithms."""
CLOSE = 1e-4
"""Of the size of what is compared. What is told here was found to differ by more than the
tolerance of a grade; the rounding of a few operations in float32 is under 1e-5."""
PART = 0.1
FEW = 4  # fewer numbers stand in too many relations to each other


def close(a: np.ndarray, b: np.ndarray, within: float = CLOSE) -> bool:
    """Return whether two tensors are one but for rounding."""
    return a.shape == b.shape and bool(np.linalg.norm(a - b) <= within * np.linalg.norm(b))


def factor_of(o: np.ndarray, t: np.ndarray, within: float = CLOSE) -> float | None:
    """Return the one number that o is t times, if there is one."""
    if not t.any():
        return None
    factor = float(np.vdot(t, o) / np.vdot(t, t))
    return factor if factor and close(o, factor * t, within) else None


def _scaled(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    factor = factor_of(o, t)
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
    if t.size < FEW or t.ndim < 2 or np.ptp(o) == 0 or _logarithm(o, t, right):
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


def _cut(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    """Right in part, and never zero where it should be: what is cut off is not cut off last."""
    if t.size < FEW or t.any() == t.all() or t.min() < 0 or not o.all():
        return ""
    right_in_part = np.isclose(o, t, rtol=CLOSE, atol=0)[t != 0].mean()
    return "cut-not-last" if right_in_part > PART else ""


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


def ordered(o: np.ndarray, t: np.ndarray) -> bool:
    """Return whether two tensors hold the same numbers, not all in the same place."""
    alike = close(np.sort(o, axis=None), np.sort(t, axis=None))
    return t.size >= FEW and alike and not close(o, t)


def _ordered(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
    if ordered(o, t):
        return "order"
    if close(o, -t):
        return "sign"
    return "sign" if o.any() and t.size >= FEW and close(np.abs(o), np.abs(t)) else ""


def slope_of(o: np.ndarray, t: np.ndarray, right: Pass) -> str:
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
    return next((f"still:{name}" for name in same), "")


KINDS = {
    "activated": _activated, "ordered": _ordered, "unchanged": _as_it_was, "scaled": _scaled,
    "shifted": _shifted, "logarithm": _logarithm, "normalised": _normalised, "cut": _cut,
    "slope": slope_of,
}  # fmt: skip
"""In this order: what is told first says more."""
