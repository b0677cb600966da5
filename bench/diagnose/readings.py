"""What a program hands back, read as numbers: a loss, metrics, gradients."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def named_metrics(values: Any) -> dict[str, float]:
    """Return the metrics that an evaluation gave, by name."""
    if isinstance(values, dict):
        return {str(k): float(np.asarray(v).ravel()[0]) for k, v in values.items()}
    values = values if isinstance(values, list | tuple) else [values]
    return {f"result {i}": float(np.asarray(v).ravel()[0]) for i, v in enumerate(values)}


def number(loss: Any) -> float | None:
    """Return the loss that a step reports, or None where that is no number."""
    if isinstance(loss, dict):
        loss = loss.get("loss")
    if isinstance(loss, list | tuple):
        loss = loss[0] if loss else None
    try:
        value = np.asarray(loss, "float64")
    except (TypeError, ValueError):
        return None
    return float(value.ravel()[0]) if value.size == 1 else None


def gradients_of(calls: Sequence[dict[int, np.ndarray]], handles: Sequence[int]) -> list[Any]:
    """Return, for each variable, the sum of what the tape gave for it; None for nothing."""
    gradients = []
    for handle in handles:
        given = [call[handle] for call in calls if handle in call]
        gradients.append(sum(given[1:], given[0]) if given else None)
    return gradients
