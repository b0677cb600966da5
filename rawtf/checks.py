"""What a model is fed, checked once before an epoch: Keras does this inside ``fit``.

TensorFlow itself would find some of it steps later, under another name, and some of it never: an
integer label where a one-hot row is due broadcasts, trains, and learns nothing.
"""

import numpy as np


def check_samples(
    x: np.ndarray, y: np.ndarray, x_shape: tuple[int, ...], y_shape: tuple[int, ...]
) -> None:
    """Raise ``ValueError`` unless x is (n, *x_shape), y is (n, *y_shape) and y holds labels.

    Labels are 0 or 1 for one output, a one-hot row for several.
    """
    _check_shape("x", x, x_shape)
    _check_shape("y", y, y_shape)
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} samples and y has {len(y)}: pair them")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y holds other values than 0 and 1: give 0 and 1, or one-hot rows")
    if y_shape[-1] > 1 and (y.sum(axis=-1) != 1).any():
        raise ValueError("y has rows without exactly one 1: give one-hot rows")


def check_order(order: np.ndarray, n: int, batch_size: int) -> None:
    """Raise ``ValueError`` unless ``order`` names samples below n, in batches of 1 or more."""
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}: give 1 or more")
    if len(order) == 0:
        raise ValueError("order is empty: give the index of one sample at least")
    if order.min() < 0 or order.max() >= n:
        raise ValueError(f"order names samples outside 0 to {n - 1}")


def _check_shape(name: str, values: np.ndarray, sample: tuple[int, ...]) -> None:
    if values.shape[1:] != sample:
        wanted = ", ".join(map(str, ("samples", *sample)))
        raise ValueError(f"{name} has shape {values.shape}, wanted ({wanted})")
