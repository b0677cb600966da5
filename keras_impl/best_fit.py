"""``fit`` at its best: what it can be told that changes no bit of what is trained.

Both are dials of Keras and ``tf.data`` that any call of ``fit`` can turn.
"""

from collections.abc import Callable

import keras
import numpy as np

from keras_impl.batches import batches_of_fit, open_batches, untuned
from keras_impl.compiling import float_type
from keras_impl.fitting import Fit


class Fit32(Fit):
    """``compile(steps_per_execution=32)``: a call from Python, and its callbacks, for 32 steps."""

    def __init__(self, build: Callable[[], keras.Model], dtype: str = "float32") -> None:
        super().__init__(build, dtype)
        self.model.steps_per_execution = 32


class UntunedFit(Fit):
    """``fit`` over a pipeline that does not tune itself, so that no epoch waits for its tuner."""

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Fit one epoch on ``x[order]`` as it stands; return its mean loss, in nats."""
        with float_type(self.dtype):
            batches = untuned(open_batches(x[order], y[order], batch_size))
            history = self.model.fit(batches, shuffle=False, verbose=0)
        return float(history.history["loss"][0])

    def train(self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int) -> None:
        """Fit for some epochs over the pipeline that ``fit`` makes of arrays, untuned."""
        with float_type(self.dtype):
            batches = untuned(batches_of_fit(x, y, batch_size))
            self.model.fit(batches, epochs=epochs, shuffle=False, verbose=0)
