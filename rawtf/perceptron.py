"""The binary perceptron by hand: is it digit 0 or digit 1?  ``y = sigmoid(x^T w + b)``.

``k`` holds the operations (``kernels.py``): ``k.matmul`` is ``tf.matmul``, and the others are
TensorFlow's fused ops or the formulas of ``bias.py``, ``activations.py``, ``losses.py``. What every
model has is in ``model.py``, the way back to the gradients in ``step.py``.
"""

from collections.abc import Sequence

import tensorflow as tf

from rawtf.initializers import Shape
from rawtf.model import Model, Values
from rawtf.updates import Update


class Perceptron(Model):
    """One neuron: 784 weights, one bias, a sigmoid. Keras twin: ``keras_impl.perceptron``."""

    @staticmethod
    def shapes(n_inputs: int = 784) -> dict[str, Shape]:
        """Return name and shape of every variable."""
        return {"dense_1/kernel": (n_inputs, 1), "dense_1/bias": (1,)}

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make the weights and the bias."""
        self.w = tf.Variable(values["dense_1/kernel"], name="dense_1/kernel")  # (784, 1)
        self.b = tf.Variable(values["dense_1/bias"], name="dense_1/bias")  # (1,)
        return [self.w, self.b]

    def forward(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return the logits ``z = x w + b``, (batch, 1)."""
        k = self.kernels
        z = k.bias_add(k.matmul(x, self.w), self.b)  # x w + b, (batch, 1)
        return z, []

    def losses(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return ``-y log s(z) - (1 - y) log(1 - s(z))`` of each sample, (batch,)."""
        return self.kernels.binary_cross_entropy(y, logits)

    def probabilities(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the probability of the second digit, ``s(z)``, (batch, 1)."""
        return self.kernels.sigmoid(logits)
