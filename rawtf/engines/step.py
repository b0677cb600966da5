"""The engine `step`: one ``tf.function`` a step, the batches fed from the host."""

from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Signature
from rawtf.engines.eager import Eager


class Step(Eager):
    """Python calls TensorFlow once a step; inside, the step is one graph.

    The code of the step is the one that ``Eager`` runs. Tracing it is all the difference.
    """

    takes_xla = True

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        x, y = signature.x(), signature.y()
        self.step = self.traced(self._step, [x, y])
        self.look = self.traced(self._look, [x, y])
        self.forward = self.traced(self.model.predict, [x])

    def traced(self, function: Any, input_signature: list[tf.TensorSpec] | None = None) -> Any:
        """Return a function as a graph; XLA on or off in so many words.

        Keras's default depends on the device, so that neither side leaves it open.
        """
        return tf.function(function, input_signature=input_signature, jit_compile=self.xla)

    @cached_property
    def one_step(self) -> Any:
        """The graph of the step itself.

        ``tf.function`` looks for it anew at every call, by what it is given. That takes Python
        longer than to send the batch, and there is one graph alone to be found. Where TensorFlow is
        told to run functions eagerly there is none.
        """
        step: Any = self.step
        return step if tf.config.functions_run_eagerly() else step.get_concrete_function()

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> tf.Tensor:
        """Take one step; return the loss, a scalar tensor, without waiting for it."""
        return self.one_step(tf.constant(x), tf.constant(y))
