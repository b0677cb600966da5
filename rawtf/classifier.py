"""What the models of the ten digits share: dense layers, and softmax over the classes."""

import tensorflow as tf

from rawtf.dense import dense
from rawtf.metrics import categorical_accuracy
from rawtf.model import Model


class Classifier(Model):
    """A model whose logits stand for classes; its layers are what is left to write."""

    def layer(self, a: tf.Tensor, name: str) -> tf.Tensor:
        """Return ``a^T W + b`` with the parameters of the named dense layer."""
        w, b = self.variables[f"{name}/kernel"], self.variables[f"{name}/bias"]
        return dense(a, w, b, self.kernels)

    def losses(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return the categorical cross-entropy of each sample, (batch,)."""
        return self.kernels.categorical_cross_entropy(y, logits)

    def probabilities(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the probability of each class, (batch, classes)."""
        return self.kernels.softmax(logits)

    def accuracy(self, y: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        """Return the share whose most probable class is the right one."""
        return categorical_accuracy(y, probabilities)
