"""Keras layers, loss and optimizer in a training loop of one's own: no ``fit``, no metrics.

Whoever leaves ``fit`` needs TensorFlow's tape.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_impl.batches import open_signature
from keras_impl.compiling import float_type
from keras_impl.fitting import TrainOnBatch


class OwnLoop(TrainOnBatch):
    """Takes each step by a ``tf.function`` over Keras's own pieces."""

    def __init__(self, build: Callable[[], keras.Model], dtype: str = "float32") -> None:
        super().__init__(build, dtype)
        self.model.optimizer.build(self.model.trainable_variables)
        self.step = tf.function(
            self._step,
            input_signature=open_signature(self.model, dtype),
            jit_compile=self.model.jit_compile,
        )

    @cached_property
    def one_step(self) -> Any:
        """The graph of the step itself: not looked for anew at every call, if there is one."""
        eagerly = tf.config.functions_run_eagerly()
        return self.step if eagerly else self.step.get_concrete_function()

    def _step(self, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = self.model.compute_loss(x, y, self.model(x, training=True))
        variables = self.model.trainable_variables
        gradients = tape.gradient(loss, [v.value for v in variables])
        self.model.optimizer.apply(gradients, variables)
        return loss

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Take one step; return the loss, a scalar tensor, without waiting for it."""
        with float_type(self.dtype):
            return self.one_step(tf.constant(x), tf.constant(y))
