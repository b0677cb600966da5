"""A rung above `step`: the same step, its batches from a ``tf.data`` pipeline as in ``fit``."""

from typing import Any

import numpy as np

from rawtf.engines.base import Build, Signature, slices
from rawtf.engines.step import Step
from rawtf.pipeline import batches


class Piped(Step):
    """Python calls TensorFlow once a step; threads of TensorFlow cut the batches beside it."""

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        self.step = self.one_step

    def train_epochs(
        self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        """Train for some epochs over one pipeline; return the mean loss of the last, in nats."""
        order = np.arange(len(x))
        self.check(x, y, order, batch_size)
        sizes = [len(batch) for batch in slices(order, batch_size)]
        pipeline, loss = batches(x, y, batch_size, shuffle), np.nan
        for _ in range(epochs):
            losses = [self.step(*batch) for batch in pipeline]
            loss = float(np.average(np.array(losses, np.float64), weights=sizes))
        return loss

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Train on ``x[order]`` as it stands; return its mean loss, in nats."""
        return self.train_epochs(x[order], y[order], batch_size, epochs=1, shuffle=False)
