"""Costs from times: how much of each kind of work there was, and what a unit of each takes."""

from collections.abc import Sequence

import numpy as np


def costs(amounts: Sequence[np.ndarray], seconds: np.ndarray) -> tuple[float, ...]:
    """Return the cost of a unit of each kind of work, none of them below zero.

    ``seconds = sum(cost * amount)``, by least squares with the weights ``1 / seconds^2``: the noise
    of a time is a share of it, and unweighted the longest ones alone would decide.

    Args:
        amounts: of each kind of work, how much there was each time.
        seconds: what each time took.

    >>> samples = np.array([1.0, 10.0, 100.0])
    >>> fixed, slope = costs([np.ones(3), samples], 3 + 2 * samples)
    >>> round(fixed, 6), round(slope, 6)
    (3.0, 2.0)
    """
    from scipy.optimize import nnls

    # each row divided by its seconds; the columns scaled alike, as amounts run over decades
    scales = [float(np.max(each)) for each in amounts]
    columns = [each / scale / seconds for each, scale in zip(amounts, scales, strict=True)]
    units, _ = nnls(np.stack(columns, 1), np.ones(len(seconds)))
    return tuple(float(unit / scale) for unit, scale in zip(units, scales, strict=True))
