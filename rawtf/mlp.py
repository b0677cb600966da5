"""The multilayer perceptron by hand, plain and with dropout: which of the ten digits is it?

``a_l = sigmoid(a_{l-1}^T W_l + b_l)`` for the hidden layers, softmax at the output.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from rawtf.classifier import Classifier
from rawtf.dense import dense_shapes
from rawtf.dropout import Dropout, dropout_shapes
from rawtf.initializers import Shape
from rawtf.updates import Update


class MLP(Classifier):
    """784-64-32-16-10 as in the workshop. Keras twin: ``keras_impl.mlp.mlp``."""

    @staticmethod
    def shapes(
        hidden_layers: Sequence[int], n_inputs: int = 784, n_classes: int = 10
    ) -> dict[str, Shape]:
        """Return name and shape of every parameter, ``W_l`` and ``b_l`` as ``dense_l``."""
        n_1, n_2, n_3 = hidden_layers
        return {
            **dense_shapes("dense_1", n_inputs, n_1),
            **dense_shapes("dense_2", n_1, n_2),
            **dense_shapes("dense_3", n_2, n_3),
            **dense_shapes("dense_4", n_3, n_classes),
        }

    def forward(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return the logits, (batch, 10)."""
        sigmoid = self.kernels.sigmoid
        a_1 = sigmoid(self.layer(x, "dense_1"))  # (batch, 64)
        a_2 = sigmoid(self.layer(a_1, "dense_2"))  # (batch, 32)
        a_3 = sigmoid(self.layer(a_2, "dense_3"))  # (batch, 16)
        return self.layer(a_3, "dense_4"), []  # (batch, 10)


class MLPDropout(MLP):
    """The same with dropout after each hidden layer. Keras twin: ``keras_impl.mlp.mlp_dropout``."""

    def __init__(
        self, values: Mapping[str, np.ndarray], kernels: str = "fused", *, dropout_rate: float
    ) -> None:
        super().__init__(values, kernels)
        self.dropout_1 = Dropout("dropout_1", self.variables, dropout_rate)
        self.dropout_2 = Dropout("dropout_2", self.variables, dropout_rate)
        self.dropout_3 = Dropout("dropout_3", self.variables, dropout_rate)

    @staticmethod
    def shapes(
        hidden_layers: Sequence[int], n_inputs: int = 784, n_classes: int = 10
    ) -> dict[str, Shape]:
        """Return the shapes of ``MLP`` and the random state of each dropout."""
        states = dropout_shapes("dropout_1", "dropout_2", "dropout_3")
        return MLP.shapes(hidden_layers, n_inputs, n_classes) | states

    def forward(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return the logits, (batch, 10), and in training the next state of each dropout."""
        sigmoid = self.kernels.sigmoid
        a_1 = sigmoid(self.layer(x, "dense_1"))  # (batch, 64)
        a_1, next_1 = self.dropout_1(a_1, training, self.kernels)
        a_2 = sigmoid(self.layer(a_1, "dense_2"))  # (batch, 32)
        a_2, next_2 = self.dropout_2(a_2, training, self.kernels)
        a_3 = sigmoid(self.layer(a_2, "dense_3"))  # (batch, 16)
        a_3, next_3 = self.dropout_3(a_3, training, self.kernels)
        return self.layer(a_3, "dense_4"), [*next_1, *next_2, *next_3]  # (batch, 10)
