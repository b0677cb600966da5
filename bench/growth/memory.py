"""How much memory an arm has had at each point of an axis, in a process of its own.

The most that a process has had can only rise. So one process goes through the points of an axis,
small ones first, and what stands at a point is what it took to come there.
"""

import gc
from collections.abc import Sequence
from math import prod

import keras
import numpy as np

from bench.anatomy.first_step import resident_mib
from bench.growth.points import TOGETHER, Point
from bench.growth.stand import Engines, built, runner_of
from bench.host.fresh_process import in_fresh_process
from bench.specs import Config

STEPS = 3
"""Of each point: what a step takes for good is there then."""
COPIES = 4
"""Of the data that may be there at once: the arrays, ``epoch``'s, ``fit``'s, and one on its way."""


def peaks(config: Config, arm: str, points: Sequence[Point]) -> list[float]:
    """Return the most memory up to each point, in MiB.

    Args:
        config: of the model.
        arm: such as ``raw step``.
        points: of one axis, small ones first.
    """
    return in_fresh_process(_walk, config, arm, list(points))


def _walk(config: Config, arm: str, points: Sequence[Point]) -> list[float]:
    found = []
    for point in points:
        _take_steps(point.config(config), arm, point)
        found.append(round(resident_mib(), 1))
        keras.backend.clear_session()  # what this point held is not the next one's
        gc.collect()
    return found


def _take_steps(config: Config, arm: str, point: Point) -> None:
    """Build an arm, let it take a few steps over the samples of a point, and let go of both."""
    engine = built(arm, config, point.seeds if arm == TOGETHER else 1, Engines())
    runner = runner_of(arm, engine, config, *drawn(config, point.samples))
    runner.take(1)
    runner.take(STEPS)
    runner.close()


def drawn(config: Config, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return samples drawn from a seed: what stands in them changes no memory."""
    rng, spec = np.random.default_rng(config.seed), config.spec
    x = rng.random((samples, *spec.input_shape), np.float32)
    labels = rng.integers(0, max(2, spec.n_outputs), samples)
    if spec.is_binary:
        return x, labels.astype(config.dtype)[:, np.newaxis]
    return x, np.eye(spec.n_outputs, dtype=config.dtype)[labels]


def too_much(config: Config, samples: int) -> str:
    """Return why a point is left out whose data would take over half of what is free; else ''."""
    import psutil

    free = psutil.virtual_memory().available
    bytes_each = np.dtype(config.dtype).itemsize * prod(config.spec.input_shape)
    needed = COPIES * samples * bytes_each
    if needed <= free / 2:
        return ""
    return (
        f"not measured: {needed / 2**30:.1f} GiB of samples would be over half of the "
        f"{free / 2**30:.1f} GiB that are free"
    )
