"""Which samples an epoch sees, and in which order. The one place that decides it."""

from collections.abc import Iterator

import numpy as np

from bench.specs import Config


def epoch_order(config: Config, n: int, epoch: int) -> np.ndarray:
    """Return the sample indices of one epoch; consecutive runs of ``batch_size`` are its batches.

    `permutation`: every sample once, shuffled; the last batch is what is left. So Keras does.
    `replacement`: ``iterations`` full batches, each sample drawn from all ``n`` with replacement.
    So the workshop's hand-written loop does.

    A function of (seed, epoch) alone: an epoch can be redone without those before it.
    """
    rng = np.random.default_rng([config.seed, epoch, 1])
    if config.sampling == "permutation":
        return rng.permutation(n)
    return rng.integers(0, n, config.iterations * config.batch_size)


def orders(config: Config, n: int) -> Iterator[np.ndarray]:
    """Yield the order of each epoch of a run."""
    return (epoch_order(config, n, epoch) for epoch in range(config.epochs))


def steps_per_epoch(config: Config, n: int) -> int:
    """Return how many batches an epoch has, a partial one counted."""
    if config.sampling == "permutation":
        return -(-n // config.batch_size)
    return config.iterations
