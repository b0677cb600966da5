"""Initial weights by hand, drawn in NumPy from a generator that the caller owns.

Keras names: ``keras.initializers.GlorotUniform``, ``TruncatedNormal``, ``Zeros``.
"""

from collections.abc import Callable

import numpy as np

Shape = tuple[int, ...]
Initializer = Callable[[np.random.Generator, Shape], np.ndarray]


def fans(shape: Shape) -> tuple[int, int]:
    """Return how many inputs and outputs one unit of a kernel is wired to.

    For a dense kernel ``(n_in, n_out)`` that is ``(n_in, n_out)``; for a convolution kernel
    ``(height, width, c_in, c_out)`` both counts are multiplied by the receptive field.
    """
    receptive_field = int(np.prod(shape[:-2]))
    return shape[-2] * receptive_field, shape[-1] * receptive_field


def glorot_uniform(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Draw U(-a, a) with ``a = sqrt(6 / (fan_in + fan_out))``, float64.

    The variance of what flows forward and of what flows back both stay near 1.
    Source: Glorot and Bengio 2010, equation 16. It is Keras's default for ``Dense``.
    """
    limit = np.sqrt(6.0 / sum(fans(shape)))
    return rng.uniform(-limit, limit, shape)


def truncated_normal(
    rng: np.random.Generator, shape: Shape, standard_deviation: float = 1.0
) -> np.ndarray:
    """Draw N(0, s^2) and draw again whatever lies beyond two standard deviations, float64.

    The workshop's choice, with ``s = 1``. The truncation narrows it: the standard deviation of
    what is returned is 0.8796 s.
    """
    values = rng.standard_normal(shape)
    while (beyond := np.abs(values) > 2.0).any():
        values[beyond] = rng.standard_normal(int(beyond.sum()))
    return values * standard_deviation


def zeros(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Return zeros, float64; where a bias starts. Nothing is drawn from ``rng``."""
    return np.zeros(shape)


def ones(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Return ones, float64; where a scale or a variance starts. Nothing is drawn from ``rng``."""
    return np.ones(shape)


def seed_state(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Return where a dropout's random state starts: (a drawn seed, counter 0), int64."""
    return np.array([rng.integers(np.iinfo(np.int32).max), 0], np.int64)


INITIALIZERS: dict[str, Initializer] = {
    "glorot-uniform": glorot_uniform,
    "truncated-normal": truncated_normal,
}


def initialize(
    shapes: dict[str, Shape], kernel_initializer: str, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Draw every variable of a model, in order: kernels by the named initializer, biases zero.

    Args:
        shapes: variable name, such as ``dense_1/kernel``, to its shape; what stands behind the
            slash (kernel, bias, gamma, seed_state, ...) says how it starts.
        kernel_initializer: a key of ``INITIALIZERS``.
        rng: the only source of randomness; equal generators give equal weights.

    Returns:
        The same names with float64 arrays (int64 for a seed state); the caller casts the floats.

    >>> weights = initialize({"w/kernel": (3, 2), "w/bias": (2,)}, "glorot-uniform",
    ...                      np.random.default_rng(0))
    >>> weights["w/kernel"].shape, weights["w/bias"].tolist()
    ((3, 2), [0.0, 0.0])
    """
    by_role = {
        "kernel": INITIALIZERS[kernel_initializer],
        "bias": zeros,
        "gamma": ones,
        "beta": zeros,
        "moving_mean": zeros,
        "moving_variance": ones,
        "seed_state": seed_state,
    }
    return {name: by_role[name.split("/")[-1]](rng, shape) for name, shape in shapes.items()}
