"""What becomes of a whole training: the loss on the test data, as the reference counts it."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from bench.diagnose.pair import rows
from bench.diagnose.stand import LOOP, REFERENCE, Stand


class Judge:
    """Trains either side as its user does and asks the reference for the loss on the test data."""

    def __init__(self, stand: Stand) -> None:
        self.stand, self.data = stand, stand.pair.data
        self.epochs = min(int(stand.pair.fit.get("epochs") or 2), 3)

    def loop(self, shuffled: bool) -> float:
        """Train the loop, on data shuffled for it or as it lies."""
        program = self.stand.program(LOOP)
        program.write(self.stand.drawn[REFERENCE])
        rng, n = np.random.default_rng(5), len(self.data)
        for _ in range(self.epochs):
            order = rng.permutation(n) if shuffled else np.arange(n)
            program.fit(
                rows(self.data.x, order),
                rows(self.data.y, order),
                epochs=1,
                batch_size=self.stand.pair.batch_size,
            )
        return self._loss(program.read())

    def reference(self, seed: int, start: Sequence[np.ndarray] | None = None) -> float:
        """Train the reference by its own fit, from the weights that it drew or from others."""
        program = self.stand.program(REFERENCE)
        program.write(self.stand.drawn[REFERENCE] if start is None else start)
        keras.utils.set_random_seed(seed)
        program.fit(self.data.x, self.data.y, epochs=self.epochs)
        return self._loss(program.read())

    def _loss(self, weights: Any) -> float:
        program = self.stand.program(REFERENCE)
        program.write(weights)
        return float(program.evaluate(self.data.x_test, self.data.y_test)["loss"])
