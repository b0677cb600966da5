"""The engine `session`: the workshop's own way, a TensorFlow 1 graph and a session.

First the graph is built, once: placeholders for what is fed, the step as an operation. Then a
session runs it, and ``feed_dict`` says what stands in the placeholders. The graph is this
object's own (``tf.Graph``), so that eager TensorFlow goes on working around it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from rawtf.engines.base import Build, Engine, Probe, Signature
from rawtf.step import update


class Session(Engine):
    """Build, initialize, then run the training operation a batch at a time."""

    def __init__(self, build: Build, signature: Signature, **dials: Any) -> None:
        super().__init__(build, signature, **dials)
        graph = tf.Graph()
        with graph.as_default():
            self.model, self.optimizer = build()
            self.x = tf.compat.v1.placeholder(signature.dtype, signature.x().shape, name="x")
            self.y = tf.compat.v1.placeholder(signature.dtype, signature.y().shape, name="y")
            self.back = self.backward(self.model, self.x, self.y)
            self.train_op = update(self.optimizer, self.back)
            self.probabilities = self.model.predict(self.x)
            self.values = {n: v.read_value() for n, v in self.model.variables.items()}
            self.slots = {n: v.read_value() for n, v in self.optimizer.state.items()}
            initialize = tf.compat.v1.global_variables_initializer()
        self.session = tf.compat.v1.Session(graph=graph, config=_as_for_functions())
        self.session.run(initialize)

    def train_on_batch(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Take one step; return the loss, a scalar."""
        feed_dict = {self.x: x, self.y: y}
        _, loss = self.session.run([self.train_op, self.back.loss], feed_dict)
        return loss

    def predict_on_batch(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, (batch, outputs)."""
        return self.session.run(self.probabilities, {self.x: x})

    def probe(self, x: np.ndarray, y: np.ndarray) -> Probe:
        """Return logits, loss and gradients of a batch in training, and change nothing."""
        gradients = dict(zip(self.model.parameters, self.back.gradients, strict=True))
        fetches = [self.back.logits, self.back.loss, gradients]
        return Probe(*self.session.run(fetches, {self.x: x, self.y: y}))

    def get_weights(self) -> dict[str, np.ndarray]:
        """Return a copy of every variable by name."""
        return self.session.run(self.values)

    def get_optimizer_state(self) -> dict[str, np.ndarray]:
        """Return a copy of every slot and counter by name."""
        return self.session.run(self.slots) if self.slots else {}

    def set_state(self, weights: Mapping[str, np.ndarray], slots: Mapping[str, np.ndarray]) -> None:
        """Write variables, slots and counters by name: initialize them again, from other values."""
        for variables, values in ((self.model.variables, weights), (self.optimizer.state, slots)):
            for name, value in values.items():
                initializer = variables[name].initializer
                self.session.run(initializer, {initializer.inputs[1]: value})

    def graph(self) -> tf.Graph:
        """Return the graph that the session runs."""
        return self.session.graph

    def close(self) -> None:
        """Close the session; its graph and variables go with it."""
        self.session.close()


def _as_for_functions() -> tf.compat.v1.ConfigProto:
    """Return a configuration with Grappler set as ``tf.config.optimizer`` has it.

    What is set there holds for functions; a session has to be told by itself.
    """
    config, options = tf.compat.v1.ConfigProto(), tf.config.optimizer.get_experimental_options()
    rewrites = config.graph_options.rewrite_options
    rewrites.disable_meta_optimizer = bool(options.get("disable_meta_optimizer"))
    if options.get("arithmetic_optimization") is False:
        rewrites.arithmetic_optimization = type(rewrites).OFF
    return config
