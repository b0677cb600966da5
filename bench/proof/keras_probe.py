"""What Keras's own training step computes for a batch, laid open without taking the step."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from keras_impl.batches import open_signature
from keras_impl.compiling import float_type
from keras_impl.engines import Fit


class KerasProbe:
    """Logits, loss and gradients of a compiled Keras model, as ``Model.train_step`` gets them.

    Keras shows none of the three. The loss is the compiled one on the model's own output, under a
    tape in a traced function; the logits are the output of the last layer with its activation
    taken off. Dropout draws the mask that the next training step will draw.
    """

    def __init__(self, engine: Fit) -> None:
        self.engine = engine
        self.model = engine.model
        # the batch dimension stays open, as in fit: of a known size Grappler makes a constant, and
        # of the division by it (the mean in batch norm) a product with the inverse, other bits
        inputs, labels = open_signature(self.model, engine.dtype)
        traced = partial(tf.function, jit_compile=self.model.jit_compile)
        self._backward = traced(self._trace_backward, input_signature=[inputs, labels])
        self._logits = traced(self._trace_logits, input_signature=[inputs])

    def __call__(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict]:
        """Return logits (batch, outputs), loss (scalar) and the gradients by parameter name."""
        with float_type(self.engine.dtype), self._state_kept():
            inputs, targets = tf.constant(x), tf.constant(y)
            loss, gradients = self._backward(inputs, targets)
            self._restore()
            logits = self._logits(inputs)
        return logits.numpy(), loss.numpy(), {n: g.numpy() for n, g in gradients.items()}

    def _trace_backward(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, dict]:
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(x, y, self.model(x, training=True))
        named = {n: v.value for n, v in self.engine.variables().items() if v.trainable}
        return loss, tape.gradient(loss, named)

    def _trace_logits(self, x: tf.Tensor) -> tf.Tensor:
        last = self.model.layers[-1]
        activation, last.activation = last.activation, keras.activations.linear
        try:
            return self.model(x, training=True)
        finally:
            last.activation = activation

    @contextmanager
    def _state_kept(self) -> Iterator[None]:
        weights = self.engine.get_weights()
        state = {n for n, v in self.engine.variables().items() if not v.trainable}
        self._states = {name: weights[name] for name in state}
        try:
            yield
        finally:
            self._restore()

    def _restore(self) -> None:
        self.engine.set_weights(self._states)
