"""A training whose numbers are none any more: found at once, and named by step and tensor."""

import math

import numpy as np

from bench import twins
from bench.errors import Diverged
from bench.training.place import pieces

REMEDY = "lower --learning-rate, or start from another --initializer"


class Watched:
    """An engine that stops where a number is not finite.

    A piece of an epoch is one call, which may be one graph: its mean loss alone comes out of it. So
    the state before a piece is kept; where its loss is no number, the piece is trained again from
    there, a step at a time, until the first step and tensor are found.

    Args:
        engine: of either side.
        steps: that it has taken.
    """

    def __init__(self, engine: twins.Engine | twins.Fit, steps: int = 0) -> None:
        self.engine, self.steps = engine, steps
        self.predict, self.get_weights = engine.predict, engine.get_weights

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Train on ``x[order]``; return the mean loss, in nats.

        Raises:
            Diverged: the loss is not finite, or a weight is not.
        """
        before = twins.state(self.engine)
        loss = self.engine.train_epoch(x, y, order, batch_size)
        if not math.isfinite(loss) or not_finite(twins.state(self.engine)):
            twins.restore(self.engine, before, self.steps)
            raise Diverged(self._where(x, y, order, batch_size))
        self.steps += -(-len(order) // batch_size)
        return loss

    def _where(self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int) -> str:
        """Train again, and return where the first number is none."""
        for batch in pieces(order, batch_size, 0, 1):
            self.steps += 1
            loss = self.engine.train_epoch(x, y, batch, batch_size)
            bad = [
                *([] if math.isfinite(loss) else ["loss"]),
                *not_finite(twins.state(self.engine)),
            ]
            if bad:
                return f"step {self.steps:,}: {', '.join(bad[:3])} not finite: {REMEDY}"
        return f"step {self.steps:,}: the mean loss not finite: {REMEDY}"


def not_finite(state: twins.Weights) -> list[str]:
    """Return the names of the arrays that hold a number which is not finite."""
    return [n for n, v in state.items() if v.dtype.kind == "f" and not np.isfinite(v).all()]
