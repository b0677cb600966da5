"""One training step by hand: what ``Model.train_step`` of Keras hides."""

from dataclasses import dataclass

import tensorflow as tf

from rawtf.model import Model
from rawtf.optimizers import Optimizer
from rawtf.tape import Tape
from rawtf.updates import Update, assign_all


@dataclass(frozen=True)
class Backward:
    """What one pass forward and back yields, before anything is written."""

    logits: tf.Tensor  # (batch, outputs)
    loss: tf.Tensor  # scalar
    gradients: list[tf.Tensor]  # one for each parameter, of its shape
    state: list[Update]  # what changes beside the parameters


def backward(model: Model, x: tf.Tensor, y: tf.Tensor) -> Backward:
    """Run the model forward in training, then back to the gradient of each parameter.

    In a TensorFlow 1 graph, too, where the workshop has ``tf.gradients``: the graph itself is a
    tape. But that adds up the gradients of a tensor that was used three times (the input of batch
    norm) in another order, and ends in other bits.
    """
    parameters = list(model.parameters.values())
    with tf.GradientTape() as tape:
        logits, state = model.forward(x, training=True)
        loss = model.loss(y, logits)
    return Backward(logits, loss, tape.gradient(loss, parameters), state)


def backward_by_hand(model: Model, x: tf.Tensor, y: tf.Tensor) -> Backward:
    """Do the same with no automatic differentiation at all."""
    tape = Tape()
    recorded = model.using(tape.recording(model.kernels))
    logits, state = recorded.forward(x, training=True)
    loss = recorded.loss(y, logits)
    gradients = tape.gradient(loss, list(model.parameters.values()))
    return Backward(logits, loss, gradients, state)


def update(optimizer: Optimizer, back: Backward) -> tf.Operation | None:
    """Write the optimizer's step and the model's own state; return the op that does it."""
    return assign_all([*optimizer.updates(back.gradients), *back.state])
