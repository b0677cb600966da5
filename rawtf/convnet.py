"""The ConvNet by hand: plain, with dropout, with batch normalisation, and with both.

Three blocks of convolution and ReLU, the last two with max pooling, then three dense layers.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from rawtf.batch_norm import BatchNorm, batch_norm_shapes
from rawtf.conv import conv, conv_shapes
from rawtf.dense import dense, dense_shapes
from rawtf.dropout import Dropout, dropout_shapes
from rawtf.initializers import Shape
from rawtf.metrics import categorical_accuracy
from rawtf.model import Model
from rawtf.updates import Update

Pass = tuple[tf.Tensor, list[Update]]


class ConvNet(Model):
    """32 3x3, 32 3x3 and pool, 16 3x3 and pool, dense 32-16-10. Keras twin: ``convnet``.

    Two places are left open for the workshop's exercises: what is done to the input of a
    convolution, and what is done to the output of a hidden dense layer. Here it is nothing.
    """

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = (28, 28, 1),
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return name and shape of every parameter.

        Args:
            filters: of each convolution.
            hidden_layers: units of the hidden dense layers.
            size: height, width and channels of an image.
            n_classes: units of the last layer.
        """
        f_1, f_2, f_3 = filters
        n_1, n_2 = hidden_layers
        height, width, channels = size
        return {
            **conv_shapes("conv_1", 3, channels, f_1),
            **conv_shapes("conv_2", 3, f_1, f_2),
            **conv_shapes("conv_3", 3, f_2, f_3),
            **dense_shapes("dense_1", (height // 4) * (width // 4) * f_3, n_1),
            **dense_shapes("dense_2", n_1, n_2),
            **dense_shapes("dense_3", n_2, n_classes),
        }

    def forward(self, x: tf.Tensor, training: bool) -> Pass:
        """Return the logits, (batch, 10), and in training the next state of each layer."""
        k = self.kernels
        x, next_1 = self.before_conv(1, x, training)
        a_1 = k.relu(self.conv(x, "conv_1"))  # (batch, 28, 28, 32)
        a_1, next_2 = self.before_conv(2, a_1, training)
        a_2 = k.max_pool(k.relu(self.conv(a_1, "conv_2")))  # (batch, 14, 14, 32)
        a_2, next_3 = self.before_conv(3, a_2, training)
        a_3 = k.max_pool(k.relu(self.conv(a_2, "conv_3")))  # (batch, 7, 7, 16)
        row = k.flatten(a_3)  # (batch, 784)
        a_4 = k.relu(self.dense(row, "dense_1"))  # (batch, 32)
        a_4, next_4 = self.after_dense(1, a_4, training)
        a_5 = k.relu(self.dense(a_4, "dense_2"))  # (batch, 16)
        a_5, next_5 = self.after_dense(2, a_5, training)
        logits = self.dense(a_5, "dense_3")  # (batch, 10)
        return logits, [*next_1, *next_2, *next_3, *next_4, *next_5]

    def before_conv(self, block: int, a: tf.Tensor, training: bool) -> Pass:
        """Return the input of a convolution block as it is."""
        return a, []

    def after_dense(self, layer: int, a: tf.Tensor, training: bool) -> Pass:
        """Return the output of a hidden dense layer as it is."""
        return a, []

    def conv(self, a: tf.Tensor, name: str) -> tf.Tensor:
        """Return ``a * W + b`` with the parameters of the named layer."""
        w, b = self.variables[f"{name}/kernel"], self.variables[f"{name}/bias"]
        return conv(a, w, b, self.kernels)

    def dense(self, a: tf.Tensor, name: str) -> tf.Tensor:
        """Return ``a^T W + b`` with the parameters of the named layer."""
        w, b = self.variables[f"{name}/kernel"], self.variables[f"{name}/bias"]
        return dense(a, w, b, self.kernels)

    def losses(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return the categorical cross-entropy of each sample, (batch,)."""
        return self.kernels.categorical_cross_entropy(y, logits)

    def probabilities(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the probability of each class, (batch, 10)."""
        return self.kernels.softmax(logits)

    def accuracy(self, y: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        """Return the share whose most probable class is the right one."""
        return categorical_accuracy(y, probabilities)


class ConvNetDropout(ConvNet):
    """The same with dropout after each hidden dense layer. Keras twin: ``convnet_dropout``."""

    def __init__(
        self, values: Mapping[str, np.ndarray], kernels: str = "fused", *, dropout_rate: float
    ) -> None:
        super().__init__(values, kernels)
        self.dropouts = {
            layer: Dropout(f"dropout_{layer}", self.variables, dropout_rate) for layer in (1, 2)
        }

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = (28, 28, 1),
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return the shapes of ``ConvNet`` and the random state of each dropout."""
        plain = ConvNet.shapes(filters, hidden_layers, size, n_classes)
        return plain | dropout_shapes("dropout_1", "dropout_2")

    def after_dense(self, layer: int, a: tf.Tensor, training: bool) -> Pass:
        """Return the output of a hidden dense layer with a share of it dropped."""
        return self.dropouts[layer](a, training, self.kernels)


class ConvNetBatchNorm(ConvNet):
    """The same with each convolution's input normalised. Keras twin: ``convnet_batchnorm``."""

    def __init__(self, values: Mapping[str, np.ndarray], kernels: str = "fused") -> None:
        super().__init__(values, kernels)
        self.norms = {
            block: BatchNorm(f"batch_norm_{block}", self.variables) for block in (1, 2, 3)
        }

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = (28, 28, 1),
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return the shapes of ``ConvNet``, and those of each normalisation."""
        return {
            **ConvNet.shapes(filters, hidden_layers, size, n_classes),
            **batch_norm_shapes("batch_norm_1", size[-1]),
            **batch_norm_shapes("batch_norm_2", filters[0]),
            **batch_norm_shapes("batch_norm_3", filters[1]),
        }

    def before_conv(self, block: int, a: tf.Tensor, training: bool) -> Pass:
        """Return the input of a convolution block normalised."""
        return self.norms[block](a, training, self.kernels)


class ConvNetFull(ConvNetDropout, ConvNetBatchNorm):
    """Both exercises together. Keras twin: ``convnet_full``."""

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = (28, 28, 1),
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return the shapes of both."""
        arguments = filters, hidden_layers, size, n_classes
        return ConvNetDropout.shapes(*arguments) | ConvNetBatchNorm.shapes(*arguments)
