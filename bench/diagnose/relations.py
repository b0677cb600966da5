"""How two sets of numbers are related: a factor, a multiple of the weights, their signs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MODELS = ("1", "k", "a", "b", "ka", "kb", "ab", "kab")
LEFT = 0.1
"""What a factor may leave unexplained at most, of the whole: with k the tolerance grows, and a
rounding error of theirs becomes anything once it is multiplied by a large enough number."""


@dataclass(frozen=True)
class Relation:
    """ours = k theirs + a w + b sign(w), for one variable."""

    k: float = 1.0
    a: float = 0.0
    b: float = 0.0


def relation(
    ours: np.ndarray, theirs: np.ndarray, weight: np.ndarray, tolerance: float
) -> Relation | None:
    """Return the simplest relation that holds within a tolerance, or None.

    >>> g, w = np.arange(9.0), np.linspace(-1, 2, 9)
    >>> off = relation(3 * g, g, w, 1e-9)
    >>> round(off.k, 6), off.a, off.b
    (3.0, 0.0, 0.0)
    """
    if ours.shape != theirs.shape:
        return None
    y, g, w = (np.asarray(v, "f8").ravel() for v in (ours, theirs, weight))
    for model in MODELS:
        if y.size < 2 * len(model):
            continue
        columns = {"k": g, "a": w, "b": np.sign(w)}
        rest = y if "k" in model else y - g
        names = [c for c in model if c in columns]
        coefficients = dict.fromkeys(names, 0.0)
        if names:
            matrix = np.stack([columns[c] for c in names], 1)
            solved, *_ = np.linalg.lstsq(matrix, rest, rcond=None)
            coefficients = dict(zip(names, map(float, solved), strict=True))
            rest = rest - matrix @ solved
        scale = max(1.0, abs(coefficients.get("k", 1.0)))
        within = 4 * tolerance * scale
        if scale > 1:
            within = min(within, LEFT * float(np.linalg.norm(y)))
        if np.linalg.norm(rest) <= within:
            return Relation(
                coefficients.get("k", 1.0), coefficients.get("a", 0.0), coefficients.get("b", 0.0)
            )
    return None


def common(values: Sequence[float], tolerance: float = 1e-3) -> float | None:
    """Return the one number that all of these are, or None."""
    if not values:
        return None
    middle = float(np.median(values))
    return middle if all(abs(v - middle) <= tolerance * abs(middle) for v in values) else None


def factor(ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> float:
    """Return the factor by which one list of arrays is best made from another."""
    x = np.concatenate([np.asarray(v, "f8").ravel() for v in theirs])
    y = np.concatenate([np.asarray(v, "f8").ravel() for v in ours])
    return float(x @ y / (x @ x)) if x @ x else 0.0


def described_factor(k: float, sizes: dict[str, float]) -> str:
    """Return a factor in words: what of the pair it is, if it is anything.

    >>> described_factor(32.0, {"the batch size": 32.0})
    '32 times (the batch size)'
    """
    for name, size in sizes.items():
        if size not in (0, 1) and abs(k - size) <= 1e-3 * size:
            return f"{size:g} times ({name})"
        if size not in (0, 1) and abs(k * size - 1) <= 1e-3:
            return f"1/{size:g} of it ({name})"
    return f"{k:.4g} times"
