"""Optimizer steps by hand, slots and step counters included.

An optimizer here is a pure rule: it returns pairs of a variable and its next value, and
``assign_all`` writes them. So the same rule serves a traced function, a Python loop and a
TensorFlow 1 graph, where nothing is written unless something asks for it. What it has to
remember from step to step stands in variables of its own, the slots: one for each parameter and
quantity. Keras hides them in the optimizer.

The order of the operations is that of ``keras.optimizers``; another order is the same formula
and other bits.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import tensorflow as tf

from rawtf.updates import Update


class Optimizer(ABC):
    """A rule and what it remembers.

    Args:
        parameters: the variables it moves, by name.
        learning_rate: the step size.
    """

    slot_names: tuple[str, ...] = ()
    """What it remembers of each parameter; every slot starts at zero."""

    def __init__(self, parameters: Mapping[str, tf.Variable], learning_rate: float) -> None:
        self.parameters = parameters
        # a variable as in Keras, where a schedule can turn it: of a constant Grappler would move
        # the product into the gradient's last op, and round elsewhere
        dtype = next(iter(parameters.values())).dtype
        self.learning_rate = tf.Variable(
            learning_rate, dtype=dtype, name="learning_rate", trainable=False
        )
        self.state = {
            f"{slot}/{name}": tf.Variable(tf.zeros(w.shape, w.dtype), name=slot, trainable=False)
            for slot in self.slot_names
            for name, w in parameters.items()
        }

    def updates(self, gradients: Sequence[tf.Tensor]) -> list[Update]:
        """Return every variable that a step changes with its next value.

        Args:
            gradients: one for each parameter, in their order and of their shape.
        """
        learning_rate = self.learning_rate.read_value()  # once, or equal products are not merged
        return [
            update
            for (name, w), g in zip(self.parameters.items(), gradients, strict=True)
            for update in self.rule(name, w, g, learning_rate)
        ]

    @abstractmethod
    def rule(
        self, name: str, w: tf.Variable, g: tf.Tensor, learning_rate: tf.Tensor
    ) -> list[Update]:
        """Return the next value of one parameter, and of its slots."""


class SGD(Optimizer):
    """Stochastic gradient descent: ``w <- w - learning_rate g``.

    Keras name: ``keras.optimizers.SGD``.
    """

    def rule(
        self, name: str, w: tf.Variable, g: tf.Tensor, learning_rate: tf.Tensor
    ) -> list[Update]:
        """Return the next ``w``."""
        return [(w, w - g * learning_rate)]


class Momentum(Optimizer):
    """SGD with momentum: ``m <- momentum m - learning_rate g``, ``w <- w + m``.

    Source: Polyak 1964, the heavy ball. Keras name: ``keras.optimizers.SGD(momentum=0.9)``.
    """

    slot_names = ("momentum",)
    momentum = 0.9

    def rule(
        self, name: str, w: tf.Variable, g: tf.Tensor, learning_rate: tf.Tensor
    ) -> list[Update]:
        """Return the next ``w`` and ``m``."""
        m = self.next_momentum(name, g, learning_rate)
        return [(w, w + m), (self.state[f"momentum/{name}"], m)]

    def next_momentum(self, name: str, g: tf.Tensor, learning_rate: tf.Tensor) -> tf.Tensor:
        """Return ``momentum m - learning_rate g``."""
        return self.decayed(self.state[f"momentum/{name}"], g, learning_rate)

    def decayed(self, m: tf.Tensor, g: tf.Tensor, learning_rate: tf.Tensor) -> tf.Tensor:
        """Return a momentum a step further along the gradient."""
        return m * _through_float32(self.momentum, g) - g * learning_rate


class Nesterov(Momentum):
    """Nesterov's momentum: as above, then ``w <- w + momentum m - learning_rate g``, the new ``m``.

    The step looks ahead to where the momentum is about to carry the weight. Source: Nesterov 1983
    in the form of Sutskever et al. 2013. Keras: ``keras.optimizers.SGD(0.9, nesterov=True)``.
    """

    def rule(
        self, name: str, w: tf.Variable, g: tf.Tensor, learning_rate: tf.Tensor
    ) -> list[Update]:
        """Return the next ``w`` and ``m``."""
        m = self.next_momentum(name, g, learning_rate)
        return [(w, w + self.decayed(m, g, learning_rate)), (self.state[f"momentum/{name}"], m)]


class RMSprop(Optimizer):
    """Each weight divided by its own size: ``v <- rho v + (1 - rho) g^2``.

    Then ``w <- w - learning_rate g / sqrt(v + epsilon)``, epsilon inside the root as Keras has
    it. Source: Hinton, lecture 6e, 2012. Keras name: ``keras.optimizers.RMSprop``.
    """

    slot_names = ("velocity",)
    rho, epsilon = 0.9, 1e-7

    def rule(
        self, name: str, w: tf.Variable, g: tf.Tensor, learning_rate: tf.Tensor
    ) -> list[Update]:
        """Return the next ``w`` and ``v``."""
        slot = self.state[f"velocity/{name}"]
        v = _as(self.rho, g) * slot + _as(1 - self.rho, g) * tf.square(g)
        step = learning_rate * g / tf.sqrt(v + _as(self.epsilon, g))
        return [(w, w - step), (slot, v)]


class Adam(Optimizer):
    """Momentum over RMSprop, both corrected for their start at zero.

    ``m <- m + (g - m) (1 - b1)``, ``v <- v + (g^2 - v) (1 - b2)``,
    ``alpha = learning_rate sqrt(1 - b2^t) / (1 - b1^t)`` at step ``t`` from 1, and
    ``w <- w - alpha m / (sqrt(v) + epsilon)``. Source: Kingma and Ba 2015, section 2, the
    efficient form. Keras name: ``keras.optimizers.Adam``.
    """

    slot_names = ("momentum", "velocity")
    beta_1, beta_2, epsilon = 0.9, 0.999, 1e-7

    def __init__(self, parameters: Mapping[str, tf.Variable], learning_rate: float) -> None:
        super().__init__(parameters, learning_rate)
        # int64 as in Keras: a float32 counter would stand still at 2^24
        self.iterations = tf.Variable(0, dtype=tf.int64, name="iterations", trainable=False)
        self.state["iterations"] = self.iterations

    def updates(self, gradients: Sequence[tf.Tensor]) -> list[Update]:
        """Return the updates of the rule, and the counter one up."""
        counter = (self.iterations, self.iterations + tf.constant(1, tf.int64))
        return [*super().updates(gradients), counter]

    def rule(
        self, name: str, w: tf.Variable, g: tf.Tensor, learning_rate: tf.Tensor
    ) -> list[Update]:
        """Return the next ``w``, ``m`` and ``v``."""
        slot_m, slot_v = self.state[f"momentum/{name}"], self.state[f"velocity/{name}"]
        m = slot_m + (g - slot_m) * _as(1 - self.beta_1, g)
        v = slot_v + (tf.square(g) - slot_v) * _as(1 - self.beta_2, g)
        step = m * self.alpha(g, learning_rate) / (tf.sqrt(v) + _as(self.epsilon, g))
        return [(w, w - step), (slot_m, m), (slot_v, v)]

    def alpha(self, g: tf.Tensor, learning_rate: tf.Tensor) -> tf.Tensor:
        """Return the step size, corrected for the start of ``m`` and ``v`` at zero."""
        t = tf.cast(self.iterations + tf.constant(1, tf.int64), g.dtype)
        correction_1 = _as(1.0, g) - tf.pow(_through_float32(self.beta_1, g), t)
        correction_2 = _as(1.0, g) - tf.pow(_through_float32(self.beta_2, g), t)
        return learning_rate * tf.sqrt(correction_2) / correction_1


def _as(number: float, like: tf.Tensor) -> tf.Tensor:
    """Return a constant in the dtype of a tensor.

    By ``tf.constant``, not ``tf.cast``: a cast rounds 0.05 through float32 on its way to float64.
    """
    return tf.constant(number, like.dtype)


def _through_float32(number: float, like: tf.Tensor) -> tf.Tensor:
    """Return a constant in the dtype of a tensor, rounded to float32 on its way.

    Keras casts some of its hyper-parameters where it should convert them. In float64 its 0.999 is
    0.99900001287, and the step of Adam 6e-6 too short; a twin has to be wrong alike.
    """
    return tf.cast(tf.constant(number, tf.float32), like.dtype)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSprop,
    "adam": Adam,
}
