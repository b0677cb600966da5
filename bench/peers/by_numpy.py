"""NumPy by hand: forward, backward and update into memory that is there already, in float32.

The learning rate goes into the first difference, so that what comes back is what to subtract.
"""

from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np

from bench.peers.peer import NotWritten, Peer, Task, task_of
from bench.peers.walked import Masks, Weights, batches


def make(config: dict[str, Any], dataset: str, limit: int | None) -> Peer:
    """Return the peer.

    Raises:
        NotWritten: the model has convolutions.
    """
    task = task_of(config, dataset, limit)
    if task.config.spec.filters:
        raise NotWritten("nobody writes convolutions in NumPy to be fast")
    return NumpyPeer(task)


@dataclass
class Layer:
    """A dense layer and its memory for batches of one size.

    Attributes:
        w, b: kernel (inputs, units) and bias (units,), shared by all sizes.
        a: activations (batch, units).
        h: what is left of them by dropout; the activations themselves where there is none.
        delta: the difference on its way back (batch, units).
        slope: room for the slope of the sigmoid.
        step: what the kernel moves by.
    """

    w: np.ndarray
    b: np.ndarray
    a: np.ndarray
    h: np.ndarray
    delta: np.ndarray
    slope: np.ndarray
    step: np.ndarray


class NumpyPeer(Peer):
    """The perceptron and the MLPs."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.dropout = task.config.spec.dropout_rate
        self.masks = np.random.Generator(np.random.SFC64(task.config.seed))  # NumPy's fastest
        self._by_size: dict[int, tuple[np.ndarray, list[Layer], np.ndarray]] = {}

    def set_weights(self, values: Weights) -> None:
        """Take copies."""
        n = sum(name.endswith("/kernel") for name in values)
        named = [(values[f"dense_{i}/kernel"], values[f"dense_{i}/bias"]) for i in range(1, n + 1)]
        self.parameters = [(w.copy(), b.copy()) for w, b in named]
        self._by_size.clear()

    def weights(self) -> Weights:
        """Return copies."""
        return {
            f"dense_{i}/{role}": value.copy()
            for i, pair in enumerate(self.parameters, start=1)
            for role, value in zip(("kernel", "bias"), pair, strict=True)
        }

    def train(self, order: np.ndarray, masks: Masks | None = None) -> None:
        """Take a step for each batch."""
        given = iter(masks) if masks is not None else repeat(None)
        with np.errstate(over="ignore"):  # exp(-z) of a far z: the sigmoid is 0 then
            for batch, own in zip(batches(order, self.batch_size), given, strict=False):
                x, layers, ones = self._memory(len(batch))
                np.take(self.task.x, batch, axis=0, out=x, mode="clip")
                self._forward(x, layers, own)
                self._start_back(layers[-1], self.task.y[batch])
                self._backward(x, layers, ones)

    def _memory(self, n: int) -> tuple[np.ndarray, list[Layer], np.ndarray]:
        """Return inputs, layers and ones for batches of n, made once."""
        if n not in self._by_size:
            dropped = bool(self.dropout)
            layers = []
            for number, (w, b) in enumerate(self.parameters, start=1):
                a, other, delta, slope = np.empty((4, n, len(b)), np.float32)
                h = other if dropped and number < len(self.parameters) else a
                layers.append(Layer(w, b, a, h, delta, slope, np.empty_like(w)))
            x = np.empty((n, *self.task.x.shape[1:]), np.float32)
            self._by_size[n] = x, layers, np.ones(n, np.float32)
        return self._by_size[n]

    def _forward(self, x: np.ndarray, layers: list[Layer], given: Any) -> None:
        """Fill the activations of each layer; of the last one they are what comes before."""
        h = x
        for number, layer in enumerate(layers):
            np.dot(h, layer.w, out=layer.a)
            layer.a += layer.b
            if layer is layers[-1]:
                return
            _sigmoid(layer.a)
            if layer.h is not layer.a:
                # the room of the slope holds the mask until the way back has used it
                self._mask(layer.slope, None if given is None else given[number])
                np.multiply(layer.a, layer.slope, out=layer.h)
            h = layer.h

    def _mask(self, mask: np.ndarray, given: np.ndarray | None) -> None:
        if given is not None:
            mask[:] = given
            return
        self.masks.random(dtype=np.float32, out=mask)
        np.greater_equal(mask, self.dropout, out=mask)
        mask *= 1 / (1 - self.dropout)

    def _start_back(self, last: Layer, y: np.ndarray) -> None:
        """Put the learning rate times the gradient of the mean loss into the last difference."""
        p, delta = last.a, last.delta
        if p.shape[1] == 1:
            _sigmoid(p)
            np.subtract(p, y[:, np.newaxis], out=delta, casting="same_kind")
        else:
            p -= p.max(axis=1, keepdims=True)
            np.exp(p, out=p)
            np.divide(p, p.sum(axis=1, keepdims=True), out=delta)
            delta[np.arange(len(y)), y] -= 1
        delta *= np.float32(self.rate / len(y))

    @staticmethod
    def _backward(x: np.ndarray, layers: list[Layer], ones: np.ndarray) -> None:
        """Move each layer, the last one first; the difference goes on by the kernel of before."""
        for number in range(len(layers) - 1, -1, -1):
            layer, below = layers[number], layers[number - 1] if number else None
            if below is not None:
                np.dot(layer.delta, layer.w.T, out=below.delta)
                if below.h is not below.a:
                    below.delta *= below.slope
                np.subtract(1, below.a, out=below.slope)
                below.slope *= below.a
                below.delta *= below.slope
            np.dot((x if below is None else below.h).T, layer.delta, out=layer.step)
            layer.w -= layer.step
            layer.b -= np.dot(ones, layer.delta)


def _sigmoid(z: np.ndarray) -> None:
    """Put 1 / (1 + exp(-z)) in the place of z."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)
