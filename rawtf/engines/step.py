"""The engine `step`: one ``tf.function`` a step, the batches fed from the host."""

import tensorflow as tf

from rawtf.engines.base import Build, Signature
from rawtf.engines.eager import Eager


class Step(Eager):
    """Python calls TensorFlow once a step; inside, the step is one graph.

    The code of the step is the one that ``Eager`` runs. Tracing it is all the difference.
    """

    def __init__(self, build: Build, signature: Signature) -> None:
        super().__init__(build, signature)
        x, y = signature.x(), signature.y()
        # XLA off on both sides, said in so many words: Keras's default depends on the device
        self.step = tf.function(self._step, input_signature=[x, y], jit_compile=False)
        self.look = tf.function(self._look, input_signature=[x, y], jit_compile=False)
        self.forward = tf.function(self.model.predict, input_signature=[x], jit_compile=False)
