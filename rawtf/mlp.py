"""The multilayer perceptron by hand, plain and with dropout: which of the ten digits is it?

``a_l = sigmoid(a_{l-1} W_l + b_l)`` for the hidden layers, softmax at the output.

``k`` holds the operations (``kernels.py``): ``k.matmul`` is ``tf.matmul``, and the others are
TensorFlow's fused ops or the formulas of ``bias.py``, ``activations.py``, ``losses.py``. What every
model has is in ``model.py``, the way back to the gradients in ``step.py``.
"""

from collections.abc import Sequence

import tensorflow as tf

from rawtf.dropout import Dropout, dropout_shapes
from rawtf.initializers import Shape
from rawtf.model import Model, Values
from rawtf.updates import Update


class MLP(Model):
    """784-64-32-16-10 as in the workshop. Keras twin: ``keras_impl.mlp.mlp``."""

    @staticmethod
    def shapes(
        hidden_layers: Sequence[int], n_inputs: int = 784, n_classes: int = 10
    ) -> dict[str, Shape]:
        """Return name and shape of every variable, ``W_l`` and ``b_l`` as ``dense_l``."""
        n_1, n_2, n_3 = hidden_layers
        return {
            "dense_1/kernel": (n_inputs, n_1),
            "dense_1/bias": (n_1,),
            "dense_2/kernel": (n_1, n_2),
            "dense_2/bias": (n_2,),
            "dense_3/kernel": (n_2, n_3),
            "dense_3/bias": (n_3,),
            "dense_4/kernel": (n_3, n_classes),
            "dense_4/bias": (n_classes,),
        }

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make the weights and the bias of each layer."""
        self.w_1 = tf.Variable(values["dense_1/kernel"], name="dense_1/kernel")  # (784, 64)
        self.b_1 = tf.Variable(values["dense_1/bias"], name="dense_1/bias")  # (64,)
        self.w_2 = tf.Variable(values["dense_2/kernel"], name="dense_2/kernel")  # (64, 32)
        self.b_2 = tf.Variable(values["dense_2/bias"], name="dense_2/bias")  # (32,)
        self.w_3 = tf.Variable(values["dense_3/kernel"], name="dense_3/kernel")  # (32, 16)
        self.b_3 = tf.Variable(values["dense_3/bias"], name="dense_3/bias")  # (16,)
        self.w_4 = tf.Variable(values["dense_4/kernel"], name="dense_4/kernel")  # (16, 10)
        self.b_4 = tf.Variable(values["dense_4/bias"], name="dense_4/bias")  # (10,)
        return [
            self.w_1, self.b_1, self.w_2, self.b_2, self.w_3, self.b_3, self.w_4, self.b_4
        ]  # fmt: skip

    def forward(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return the logits, (batch, 10)."""
        k = self.kernels
        a_1 = k.sigmoid(k.bias_add(k.matmul(x, self.w_1), self.b_1))  # s(x W_1 + b_1), (batch, 64)
        a_2 = k.sigmoid(k.bias_add(k.matmul(a_1, self.w_2), self.b_2))  # (batch, 32)
        a_3 = k.sigmoid(k.bias_add(k.matmul(a_2, self.w_3), self.b_3))  # (batch, 16)
        z = k.bias_add(k.matmul(a_3, self.w_4), self.b_4)  # a_3 W_4 + b_4, (batch, 10)
        return z, []

    def losses(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return ``-sum_k y_k log softmax(z)_k`` of each sample, (batch,)."""
        return self.kernels.categorical_cross_entropy(y, logits)

    def probabilities(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the probability of each class, ``softmax(z)``, (batch, 10)."""
        return self.kernels.softmax(logits)


class MLPDropout(MLP):
    """The same with dropout after each hidden layer. Keras twin: ``keras_impl.mlp.mlp_dropout``."""

    def __init__(self, values: Values, kernels: str = "fused", *, dropout_rate: float) -> None:
        self.rate = dropout_rate
        super().__init__(values, kernels)

    @staticmethod
    def shapes(
        hidden_layers: Sequence[int], n_inputs: int = 784, n_classes: int = 10
    ) -> dict[str, Shape]:
        """Return the shapes of ``MLP`` and the random state of each dropout."""
        states = dropout_shapes("dropout_1", "dropout_2", "dropout_3")
        return MLP.shapes(hidden_layers, n_inputs, n_classes) | states

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make those of ``MLP`` and the random state of each dropout."""
        weights = super().make_variables(values)
        self.dropout_1 = Dropout("dropout_1", values, self.rate)
        self.dropout_2 = Dropout("dropout_2", values, self.rate)
        self.dropout_3 = Dropout("dropout_3", values, self.rate)
        return [*weights, self.dropout_1.state, self.dropout_2.state, self.dropout_3.state]

    def forward(self, x: tf.Tensor, training: bool) -> tuple[tf.Tensor, list[Update]]:
        """Return the logits, (batch, 10), and in training the next state of each dropout."""
        k = self.kernels
        a_1 = k.sigmoid(k.bias_add(k.matmul(x, self.w_1), self.b_1))  # s(x W_1 + b_1), (batch, 64)
        a_1, next_1 = self.dropout_1(a_1, training, k)
        a_2 = k.sigmoid(k.bias_add(k.matmul(a_1, self.w_2), self.b_2))  # (batch, 32)
        a_2, next_2 = self.dropout_2(a_2, training, k)
        a_3 = k.sigmoid(k.bias_add(k.matmul(a_2, self.w_3), self.b_3))  # (batch, 16)
        a_3, next_3 = self.dropout_3(a_3, training, k)
        z = k.bias_add(k.matmul(a_3, self.w_4), self.b_4)  # a_3 W_4 + b_4, (batch, 10)
        return z, [*next_1, *next_2, *next_3]
