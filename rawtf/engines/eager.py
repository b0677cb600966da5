"""The engine `eager`: a Python loop with a GradientTape, nothing traced."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Engine, Probe, Signature
from rawtf.step import update


class Eager(Engine):
    """Every operation is a call from Python, every step. Slow, and easy to put a print into."""

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        self.model, self.optimizer = build()
        self.step, self.look, self.forward = self._step, self._look, self.model.predict

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        back = self.backward(self.model, x, y)
        update(self.optimizer, back)
        return back.loss

    def _look(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        back = self.backward(self.model, x, y)
        return back.logits, back.loss, back.gradients

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Take one step; return the loss, a scalar tensor, without waiting for it."""
        return self.step(tf.constant(x), tf.constant(y))

    def predict_on_batch(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, (batch, outputs)."""
        return self.forward(tf.constant(x)).numpy()

    def probe(self, x: np.ndarray, y: np.ndarray) -> Probe:
        """Return logits, loss and gradients of a batch in training, and change nothing."""
        logits, loss, gradients = self.look(tf.constant(x), tf.constant(y))
        by_name = zip(self.model.parameters, gradients, strict=True)
        return Probe(logits.numpy(), loss.numpy(), {n: g.numpy() for n, g in by_name})

    def get_weights(self) -> dict[str, np.ndarray]:
        """Return a copy of every variable by name."""
        return {name: v.numpy().copy() for name, v in self.model.variables.items()}

    def get_optimizer_state(self) -> dict[str, np.ndarray]:
        """Return a copy of every slot and counter by name."""
        return {name: v.numpy().copy() for name, v in self.optimizer.state.items()}

    def set_state(self, weights: Mapping[str, np.ndarray], slots: Mapping[str, np.ndarray]) -> None:
        """Write variables, slots and counters by name."""
        for variables, values in ((self.model.variables, weights), (self.optimizer.state, slots)):
            for name, value in values.items():
                variables[name].assign(value)

    def graph(self) -> tf.Graph:
        """Return what one step would be as a graph; tracing it trains nothing."""
        traced = tf.function(self._step, input_signature=[self.signature.x(), self.signature.y()])
        return traced.get_concrete_function().graph
