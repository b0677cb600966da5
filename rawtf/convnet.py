"""The ConvNet by hand: plain, with dropout, with batch normalisation, and with both.

Three blocks of convolution and ReLU, the last two with max pooling, then three dense layers.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from rawtf.batch_norm import BatchNorm, batch_norm_shapes
from rawtf.classifier import Classifier
from rawtf.conv import conv, conv_shapes
from rawtf.dense import dense_shapes
from rawtf.dropout import Dropout, dropout_shapes
from rawtf.initializers import Shape
from rawtf.updates import Update

Pass = tuple[tf.Tensor, list[Update]]


class ConvNet(Classifier):
    """32 3x3, 32 3x3 and pool, 16 3x3 and pool, dense 32-16-10. Keras twin: ``convnet``.

    Two places are left open for the workshop's exercises: what is done to the input of a
    convolution, and what is done to the output of a hidden dense layer. Here it is nothing.
    """

    @classmethod
    def shapes(
        cls,
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = (28, 28, 1),
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return name and shape of every variable.

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
            **cls.more_shapes(channels, f_1, f_2),
        }

    @classmethod
    def more_shapes(cls, *channels: int) -> dict[str, Shape]:
        """Return name and shape of what the exercises add: nothing.

        Args:
            channels: of the input of each convolution.
        """
        return {}

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
        a_4 = k.relu(self.layer(row, "dense_1"))  # (batch, 32)
        a_4, next_4 = self.after_dense(1, a_4, training)
        a_5 = k.relu(self.layer(a_4, "dense_2"))  # (batch, 16)
        a_5, next_5 = self.after_dense(2, a_5, training)
        logits = self.layer(a_5, "dense_3")  # (batch, 10)
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


class ConvNetDropout(ConvNet):
    """The same with dropout after each hidden dense layer. Keras twin: ``convnet_dropout``."""

    def __init__(
        self, values: Mapping[str, np.ndarray], kernels: str = "fused", *, dropout_rate: float
    ) -> None:
        super().__init__(values, kernels)
        self.dropouts = {
            layer: Dropout(f"dropout_{layer}", self.variables, dropout_rate) for layer in (1, 2)
        }

    @classmethod
    def more_shapes(cls, *channels: int) -> dict[str, Shape]:
        """Return the random state of each dropout."""
        return super().more_shapes(*channels) | dropout_shapes("dropout_1", "dropout_2")

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

    @classmethod
    def more_shapes(cls, *channels: int) -> dict[str, Shape]:
        """Return the parameters and moving averages of each normalisation."""
        shapes = super().more_shapes(*channels)
        for block, n in enumerate(channels, start=1):
            shapes |= batch_norm_shapes(f"batch_norm_{block}", n)
        return shapes

    def before_conv(self, block: int, a: tf.Tensor, training: bool) -> Pass:
        """Return the input of a convolution block normalised."""
        return self.norms[block](a, training, self.kernels)


class ConvNetFull(ConvNetDropout, ConvNetBatchNorm):
    """Both exercises together. Keras twin: ``convnet_full``."""
