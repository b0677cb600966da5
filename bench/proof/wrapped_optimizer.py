"""An optimizer within another one: what is planted or shaken changes no line of ``rawtf``."""

import tensorflow as tf

from rawtf.optimizers import Optimizer
from rawtf.updates import Update


class WrappedOptimizer(Optimizer):
    """Does what the optimizer within does; a subclass changes what goes in or what comes out."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer, self.state = optimizer, optimizer.state
        self.parameters, self.learning_rate = optimizer.parameters, optimizer.learning_rate

    def rule(
        self, name: str, w: tf.Variable, g: tf.Tensor, learning_rate: tf.Tensor
    ) -> list[Update]:
        """Return what the optimizer within returns."""
        return self.optimizer.rule(name, w, g, learning_rate)
