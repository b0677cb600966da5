"""What every engine does: train on a batch, on an epoch, predict, and show its weights."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, NamedTuple

import numpy as np
import tensorflow as tf

from rawtf.checks import check_order, check_samples
from rawtf.model import Model
from rawtf.optimizers import Optimizer
from rawtf.step import Backward, backward, backward_by_hand

Build = Callable[[], tuple[Model, Optimizer]]


class Signature(NamedTuple):
    """What one sample looks like; the batch dimension stays open.

    An engine traces once for it. The last, smaller batch of an epoch traces nothing new.
    """

    x_shape: tuple[int, ...]
    y_shape: tuple[int, ...]
    dtype: str

    def x(self) -> tf.TensorSpec:
        """Return the inputs of a batch."""
        return tf.TensorSpec((None, *self.x_shape), self.dtype)

    def y(self) -> tf.TensorSpec:
        """Return the labels of a batch."""
        return tf.TensorSpec((None, *self.y_shape), self.dtype)


class Probe(NamedTuple):
    """What a training step would do with a batch, taken without changing anything."""

    logits: np.ndarray  # (batch, outputs)
    loss: np.ndarray  # scalar, in nats
    gradients: dict[str, np.ndarray]  # by parameter name


class Engine(ABC):
    """Runs one model.

    Args:
        build: makes model and optimizer; called where the engine's graph lives.
        signature: what one sample looks like.
        gradients: a key of ``gradients``.
        xla: whether XLA compiles the graph; for engines that have one that Python calls.
    """

    takes_xla = False
    gradients: ClassVar[dict[str, Callable[[Model, tf.Tensor, tf.Tensor], Backward]]] = {
        "auto": backward,
        "manual": backward_by_hand,
    }
    """Where the gradients come from."""

    def __init__(
        self, build: Build, signature: Signature, *, gradients: str = "auto", xla: bool = False
    ) -> None:
        if xla and not self.takes_xla:
            raise ValueError(f"the engine {type(self).__name__} has no graph for XLA to compile")
        self.signature, self.xla = signature, xla
        self.backward = self.gradients[gradients]
        self._seen: tuple[np.ndarray, np.ndarray] | None = None

    @abstractmethod
    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> object:
        """Take one step; return the batch's loss, a scalar that ``float`` takes."""

    @abstractmethod
    def predict_on_batch(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, (batch, outputs)."""

    @abstractmethod
    def probe(self, x: np.ndarray, y: np.ndarray) -> Probe:
        """Return logits, loss and gradients of a batch in training, and change nothing."""

    @abstractmethod
    def get_weights(self) -> dict[str, np.ndarray]:
        """Return a copy of every variable by name, state included."""

    @abstractmethod
    def get_optimizer_state(self) -> dict[str, np.ndarray]:
        """Return a copy of every slot and counter by name, such as ``momentum/dense_1/bias``."""

    @abstractmethod
    def set_state(self, weights: Mapping[str, np.ndarray], slots: Mapping[str, np.ndarray]) -> None:
        """Write variables, slots and counters by name: training goes on where they were taken."""

    @abstractmethod
    def graph(self) -> tf.Graph:
        """Return the graph of one training step."""

    def close(self) -> None:  # noqa: B027 - most engines hold nothing
        """Give back what the engine holds; nothing by default."""

    def train_epoch(
        self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int
    ) -> float:
        """Take a step for each batch of ``x[order]``, the last partial one included.

        Returns:
            The mean training loss over the samples seen, in nats. It is worked out after the last
            step: to read each loss as it is made would be to wait for each step in turn.
        """
        self.check(x, y, order, batch_size)
        losses = [self.train_on_batch(x[b], y[b]) for b in slices(order, batch_size)]
        sizes = [len(b) for b in slices(order, batch_size)]
        return float(np.average(np.array(losses, np.float64), weights=sizes))

    def check(self, x: np.ndarray, y: np.ndarray, order: np.ndarray, batch_size: int) -> None:
        """Raise ``ValueError`` unless an epoch can be trained on these; data once seen passes."""
        if not self._seen or self._seen[0] is not x or self._seen[1] is not y:
            check_samples(x, y, self.signature.x_shape, self.signature.y_shape)
            self._seen = (x, y)
        check_order(order, len(x), batch_size)

    def predict(self, x: np.ndarray, batch_size: int) -> np.ndarray:
        """Return the probabilities for all of ``x``, a batch at a time."""
        order = np.arange(len(x))
        return np.concatenate([self.predict_on_batch(x[b]) for b in slices(order, batch_size)])


def slices(order: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """Yield ``order`` cut into batches, the last one as long as what is left."""
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
