"""Whether two sides err on the same examples: the exact McNemar test.

Source: Q. McNemar, Psychometrika 12 (1947).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Disagreement:
    """How many test examples each side classified rightly, and whether the sides differ.

    Attributes:
        both_right: examples right on both sides.
        raw_only: examples right in raw alone.
        keras_only: examples right in Keras alone.
        both_wrong: examples wrong on both sides.
        p: how likely a split this uneven is if either side is as likely to be the right one.
    """

    both_right: int
    raw_only: int
    keras_only: int
    both_wrong: int
    p: float


def mcnemar(raw_right: np.ndarray, keras_right: np.ndarray) -> Disagreement:
    """Return on which examples the two sides disagree, with the exact McNemar test.

    Examples on which both are right, or both wrong, say nothing about which is better. Of the m
    others k are right in raw alone; p = min(1, 2 P(X <= min(k, m - k))), X ~ Binomial(m, 1/2).
    Without any such example p is 1.

    Several seeds are pooled by passing arrays of shape (seeds, examples). The test takes every
    element for an independent one; the same example under another seed is not, so pooled p-values
    tend to be too small.

    >>> mcnemar(np.array([True, True, False]), np.array([True, False, False])).raw_only
    1

    Args:
        raw_right: whether raw classified each example rightly, boolean, of any shape.
        keras_right: the same for Keras, of the same shape.

    Raises:
        ValueError: for unequal shapes, no examples, or arrays that are not boolean.
    """
    from statsmodels.stats import contingency_tables

    raw_right, keras_right = np.asarray(raw_right), np.asarray(keras_right)
    if raw_right.shape != keras_right.shape:
        raise ValueError(f"shapes differ: {raw_right.shape} (raw) against {keras_right.shape}")
    if raw_right.dtype != bool or keras_right.dtype != bool:
        raise ValueError(f"not boolean: {raw_right.dtype} (raw), {keras_right.dtype} (keras)")
    if not raw_right.size:
        raise ValueError("no examples")
    right = [
        [int(np.sum(a & b)) for b in (keras_right, ~keras_right)] for a in (raw_right, ~raw_right)
    ]
    (both_right, raw_only), (keras_only, both_wrong) = right
    p = float(contingency_tables.mcnemar(right, exact=True).pvalue)
    return Disagreement(both_right, raw_only, keras_only, both_wrong, p)
