"""The binary perceptron by hand: is it digit 0 or digit 1?  ``y = sigmoid(x^T w + b)``."""

import tensorflow as tf

from rawtf.dense import dense, dense_shapes
from rawtf.initializers import Shape
from rawtf.metrics import binary_accuracy
from rawtf.model import Model
from rawtf.updates import Update


class Perceptron(Model):
    """One neuron: 784 weights, one bias, a sigmoid. Keras twin: ``keras_impl.perceptron``."""

    @staticmethod
    def shapes(n_inputs: int = 784) -> dict[str, Shape]:
        """Return name and shape of every parameter."""
        return dense_shapes("dense_1", n_inputs, 1)

    def forward(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return the logits ``x^T w + b``, (batch, 1)."""
        w, b = self.variables["dense_1/kernel"], self.variables["dense_1/bias"]
        return dense(x, w, b, self.kernels), []

    def losses(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return the binary cross-entropy of each sample, (batch,)."""
        return self.kernels.binary_cross_entropy(y, logits)

    def probabilities(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the probability of the second digit, (batch, 1)."""
        return self.kernels.sigmoid(logits)

    def accuracy(self, y: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        """Return the share on the right side of 0.5."""
        return binary_accuracy(y, probabilities)
