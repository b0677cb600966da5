"""The rungs between a step by hand and ``fit``: Keras's own pieces, one more on each."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from keras_impl.batches import of_known_length, open_signature, slices
from keras_impl.compiling import float_type
from keras_impl.fitting import Fit

Batches = Callable[[np.ndarray, np.ndarray, int, bool], tf.data.Dataset]
Update = Callable[[Sequence[tf.Tensor]], object]


class Borrowed(NamedTuple):
    """What a rung has not from Keras: it is handed in, so that nothing here knows the raw side.

    Attributes:
        batches: makes an epoch of batches of x, y, a batch size and whether to shuffle.
        optimizer: takes the parameters by name, returns what writes a step from the gradients.
    """

    batches: Batches
    optimizer: Callable[[Mapping[str, tf.Variable]], Update]


class OwnStep(Fit):
    """Keras's layers and loss in a step of one's own; the optimizer is a borrowed one."""

    def __init__(
        self, build: Callable[[], keras.Model], dtype: str, borrowed: Borrowed, verbose: int = 0
    ) -> None:
        super().__init__(build, dtype)
        self.batches = borrowed.batches
        self.apply = self.optimizer(borrowed)
        with float_type(dtype):
            self.prepare()

    def optimizer(self, borrowed: Borrowed) -> Update:
        """Return what writes a step from the gradients of the trainable variables."""
        variables = self.model.trainable_variables
        return borrowed.optimizer({v.path: v.value for v in variables})

    def prepare(self) -> None:
        """Trace the step; a rung that calls another function puts it in its place."""
        signature = open_signature(self.model, self.dtype)
        traced = tf.function(self._step, input_signature=signature, jit_compile=False)
        self.step = traced.get_concrete_function()  # as the hand-written step below it

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> Any:
        with tf.GradientTape() as tape:
            outputs = self.model(x, training=True)  # (batch, outputs)
            loss = self.model.compute_loss(x, y, outputs)
        self.apply(tape.gradient(loss, [v.value for v in self.model.trainable_variables]))
        return self.noted(x, y, outputs, loss)

    def noted(self, x: tf.Tensor, y: tf.Tensor, outputs: tf.Tensor, loss: tf.Tensor) -> Any:
        """Return what a step gives back: its loss."""
        return loss

    def train_epochs(
        self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        """Train for some epochs over one pipeline; return the mean loss of the last, in nats."""
        with float_type(self.dtype):
            pipeline, loss = self.batches(x, y, batch_size, shuffle), np.nan
            sizes = [len(batch) for batch in slices(np.arange(len(x)), batch_size)]
            for _ in range(epochs):
                loss = self.epoch(pipeline, sizes)
        return loss

    def epoch(self, pipeline: Iterable, sizes: Sequence[int]) -> float:
        """Take a step for each batch; return the mean loss, in nats, read after the last."""
        losses = [self.step(*batch) for batch in pipeline]
        return float(np.average([keras.ops.convert_to_numpy(v) for v in losses], weights=sizes))


class OwnStepKerasOptimizer(OwnStep):
    """The same step, written by Keras's optimizer."""

    def optimizer(self, borrowed: Borrowed) -> Update:
        """Return Keras's own step."""
        optimizer, variables = self.model.optimizer, self.model.trainable_variables
        optimizer.build(variables)
        return lambda gradients: optimizer.apply(gradients, variables)


class OwnStepMetrics(OwnStepKerasOptimizer):
    """The same step with Keras's loss tracker, and with whatever metrics are compiled in."""

    def prepare(self) -> None:
        """Make the metrics' variables, which Keras leaves to the first batch."""
        sample, label = (
            np.zeros((1, *tensor.shape[1:]), self.dtype)
            for tensor in (self.model.input, self.model.output)
        )
        self.model.test_on_batch(sample, label)  # inference: no weight, state or seed moves
        super().prepare()

    def noted(self, x: tf.Tensor, y: tf.Tensor, outputs: tf.Tensor, loss: tf.Tensor) -> Any:
        """Return loss and metrics, the means since the epoch's begin."""
        self.model.metrics[0].update_state(loss, sample_weight=tf.shape(x)[0])
        return self.model.compute_metrics(x, y, outputs)

    def epoch(self, pipeline: Iterable, sizes: Sequence[int]) -> float:
        """Take a step for each batch; return the mean loss, in nats, from the tracker."""
        self.model.reset_metrics()
        logs: Mapping[str, Any] = {}
        for batch in pipeline:
            logs = self.step(*batch)
        return float(logs["loss"])


class TrainStep(OwnStepMetrics):
    """Keras's own ``train_step`` in the function that ``fit`` makes of it, called in a loop."""

    def prepare(self) -> None:
        """Let Keras make the function; it takes an iterator, not a batch."""
        super().prepare()
        self.model.make_train_function()
        self.step = self.model.train_function

    def epoch(self, pipeline: Iterable, sizes: Sequence[int]) -> float:
        """Call the function for each batch; return the mean loss, in nats, from the tracker."""
        self.model.reset_metrics()
        iterator, logs = iter(pipeline), {}
        for _ in sizes:
            logs = self.step(iterator)
        return float(logs["loss"])


class UsersFit(Fit):
    """``fit`` as users call it, its progress bar turned away where there is one.

    Attributes:
        validation: what it validates on after each epoch; None for nothing.
    """

    def __init__(
        self, build: Callable[[], keras.Model], dtype: str, borrowed: Borrowed, verbose: int = 0
    ) -> None:
        super().__init__(build, dtype)
        self.batches, self.verbose = borrowed.batches, verbose
        self.validation: tuple[np.ndarray, np.ndarray] | None = None

    def train_epochs(
        self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        """Fit for some epochs; return the mean loss of the last, in nats."""
        with float_type(self.dtype):
            return self.fit(x, y, batch_size=batch_size, epochs=epochs, shuffle=shuffle)

    def fit(self, *data: Any, **how: Any) -> float:
        """Call ``fit``; return the mean loss of the last epoch, in nats."""
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            history = self.model.fit(
                *data, verbose=self.verbose, validation_data=self.validation, **how
            )
        return float(history.history["loss"][-1])


class UntunedFit(UsersFit):
    """``fit`` over a pipeline that TensorFlow does not tune while it runs."""

    def train_epochs(
        self, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, shuffle: bool = True
    ) -> float:
        """Fit for some epochs over one pipeline; return the mean loss of the last, in nats."""
        with float_type(self.dtype):
            pipeline = self.batches(x, y, batch_size, shuffle)  # it is not tuned
            known = of_known_length(pipeline, len(x), batch_size)
            return self.fit(known, epochs=epochs, shuffle=False)


RUNGS: dict[str, type[OwnStep] | type[UsersFit]] = {
    "own step": OwnStep,
    "own step, Keras optimizer": OwnStepKerasOptimizer,
    "own step, metrics": OwnStepMetrics,
    "train_step": TrainStep,
    "fit": UsersFit,
    "fit, untuned": UntunedFit,
}
