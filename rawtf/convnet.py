"""The ConvNet by hand: plain, with dropout, with batch normalisation, and with both.

Three blocks of convolution and ReLU, the last two with max pooling, then three dense layers. The
exercises add a line here and there to ``forward``, which is spelt out for each of the four.

``k`` holds the operations (``kernels.py``): ``k.matmul`` is ``tf.matmul``, and the others are
TensorFlow's fused ops or the formulas of ``conv.py``, ``pooling.py``, ``bias.py``,
``activations.py``, ``losses.py``. What every model has is in ``model.py``, the way back to the
gradients in ``step.py``.
"""

from collections.abc import Sequence

import tensorflow as tf

from rawtf.batch_norm import BatchNorm, batch_norm_shapes
from rawtf.dropout import Dropout, dropout_shapes
from rawtf.initializers import Shape
from rawtf.model import Model, Values
from rawtf.updates import Update

Pass = tuple[tf.Tensor, list[Update]]
SIZE = (28, 28, 1)


class ConvNet(Model):
    """32 3x3, 32 3x3 and pool, 16 3x3 and pool, dense 32-16-10. Keras twin: ``convnet``."""

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = SIZE,
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return name and shape of every variable.

        Args:
            filters: of each convolution.
            hidden_layers: units of the hidden dense layers.
            size: height, width and channels of an image.
            n_classes: units of the last layer.
        """
        (f_1, f_2, f_3), (n_1, n_2), (height, width, channels) = filters, hidden_layers, size
        n_pooled = (height // 4) * (width // 4) * f_3  # pixels of each filter, pooled twice
        return {
            "conv_1/kernel": (3, 3, channels, f_1),
            "conv_1/bias": (f_1,),
            "conv_2/kernel": (3, 3, f_1, f_2),
            "conv_2/bias": (f_2,),
            "conv_3/kernel": (3, 3, f_2, f_3),
            "conv_3/bias": (f_3,),
            "dense_1/kernel": (n_pooled, n_1),
            "dense_1/bias": (n_1,),
            "dense_2/kernel": (n_1, n_2),
            "dense_2/bias": (n_2,),
            "dense_3/kernel": (n_2, n_classes),
            "dense_3/bias": (n_classes,),
        }

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make the weights and the bias of each layer."""
        self.w_1 = tf.Variable(values["conv_1/kernel"], name="conv_1/kernel")  # (3, 3, 1, 32)
        self.b_1 = tf.Variable(values["conv_1/bias"], name="conv_1/bias")  # (32,)
        self.w_2 = tf.Variable(values["conv_2/kernel"], name="conv_2/kernel")  # (3, 3, 32, 32)
        self.b_2 = tf.Variable(values["conv_2/bias"], name="conv_2/bias")  # (32,)
        self.w_3 = tf.Variable(values["conv_3/kernel"], name="conv_3/kernel")  # (3, 3, 32, 16)
        self.b_3 = tf.Variable(values["conv_3/bias"], name="conv_3/bias")  # (16,)
        self.w_4 = tf.Variable(values["dense_1/kernel"], name="dense_1/kernel")  # (784, 32)
        self.b_4 = tf.Variable(values["dense_1/bias"], name="dense_1/bias")  # (32,)
        self.w_5 = tf.Variable(values["dense_2/kernel"], name="dense_2/kernel")  # (32, 16)
        self.b_5 = tf.Variable(values["dense_2/bias"], name="dense_2/bias")  # (16,)
        self.w_6 = tf.Variable(values["dense_3/kernel"], name="dense_3/kernel")  # (16, 10)
        self.b_6 = tf.Variable(values["dense_3/bias"], name="dense_3/bias")  # (10,)
        return [
            self.w_1, self.b_1, self.w_2, self.b_2, self.w_3, self.b_3,
            self.w_4, self.b_4, self.w_5, self.b_5, self.w_6, self.b_6,
        ]  # fmt: skip

    def forward(self, x: tf.Tensor, training: bool) -> Pass:
        """Return the logits, (batch, 10)."""
        k = self.kernels
        a_1 = k.relu(k.bias_add(k.conv2d(x, self.w_1), self.b_1))  # (batch, 28, 28, 32)
        a_2 = k.relu(k.bias_add(k.conv2d(a_1, self.w_2), self.b_2))  # (batch, 28, 28, 32)
        a_2 = k.max_pool(a_2)  # (batch, 14, 14, 32)
        a_3 = k.relu(k.bias_add(k.conv2d(a_2, self.w_3), self.b_3))  # (batch, 14, 14, 16)
        a_3 = k.flatten(k.max_pool(a_3))  # (batch, 7, 7, 16), then (batch, 784)
        a_4 = k.relu(k.bias_add(k.matmul(a_3, self.w_4), self.b_4))  # (batch, 32)
        a_5 = k.relu(k.bias_add(k.matmul(a_4, self.w_5), self.b_5))  # (batch, 16)
        z = k.bias_add(k.matmul(a_5, self.w_6), self.b_6)  # a_5 W_6 + b_6, (batch, 10)
        return z, []

    def losses(self, y: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
        """Return ``-sum_k y_k log softmax(z)_k`` of each sample, (batch,)."""
        return self.kernels.categorical_cross_entropy(y, logits)

    def probabilities(self, logits: tf.Tensor) -> tf.Tensor:
        """Return the probability of each class, ``softmax(z)``, (batch, 10)."""
        return self.kernels.softmax(logits)


class ConvNetDropout(ConvNet):
    """The same with dropout after each hidden dense layer. Keras twin: ``convnet_dropout``."""

    def __init__(self, values: Values, kernels: str = "fused", *, dropout_rate: float) -> None:
        self.rate = dropout_rate
        super().__init__(values, kernels)

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = SIZE,
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return the shapes of ``ConvNet`` and the random state of each dropout."""
        weights = ConvNet.shapes(filters, hidden_layers, size, n_classes)
        return weights | dropout_shapes("dropout_1", "dropout_2")

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make those of ``ConvNet`` and the random state of each dropout."""
        weights = super().make_variables(values)
        self.dropout_1 = Dropout("dropout_1", values, self.rate)
        self.dropout_2 = Dropout("dropout_2", values, self.rate)
        return [*weights, self.dropout_1.state, self.dropout_2.state]

    def forward(self, x: tf.Tensor, training: bool) -> Pass:
        """Return the logits, (batch, 10), and in training the next state of each dropout."""
        k = self.kernels
        a_1 = k.relu(k.bias_add(k.conv2d(x, self.w_1), self.b_1))  # (batch, 28, 28, 32)
        a_2 = k.relu(k.bias_add(k.conv2d(a_1, self.w_2), self.b_2))  # (batch, 28, 28, 32)
        a_2 = k.max_pool(a_2)  # (batch, 14, 14, 32)
        a_3 = k.relu(k.bias_add(k.conv2d(a_2, self.w_3), self.b_3))  # (batch, 14, 14, 16)
        a_3 = k.flatten(k.max_pool(a_3))  # (batch, 7, 7, 16), then (batch, 784)
        a_4 = k.relu(k.bias_add(k.matmul(a_3, self.w_4), self.b_4))  # (batch, 32)
        a_4, next_1 = self.dropout_1(a_4, training, k)
        a_5 = k.relu(k.bias_add(k.matmul(a_4, self.w_5), self.b_5))  # (batch, 16)
        a_5, next_2 = self.dropout_2(a_5, training, k)
        z = k.bias_add(k.matmul(a_5, self.w_6), self.b_6)  # a_5 W_6 + b_6, (batch, 10)
        return z, [*next_1, *next_2]


class ConvNetBatchNorm(ConvNet):
    """The same with each convolution's input normalised. Keras twin: ``convnet_batchnorm``."""

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = SIZE,
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return the shapes of ``ConvNet``, and parameters and averages of each normalisation."""
        return {
            **ConvNet.shapes(filters, hidden_layers, size, n_classes),
            **batch_norm_shapes("batch_norm_1", size[-1]),
            **batch_norm_shapes("batch_norm_2", filters[0]),
            **batch_norm_shapes("batch_norm_3", filters[1]),
        }

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make those of ``ConvNet``, and parameters and averages of each normalisation."""
        weights = super().make_variables(values)
        self.norm_1 = BatchNorm("batch_norm_1", values)
        self.norm_2 = BatchNorm("batch_norm_2", values)
        self.norm_3 = BatchNorm("batch_norm_3", values)
        norms = self.norm_1.variables + self.norm_2.variables + self.norm_3.variables
        return [*weights, *norms]

    def forward(self, x: tf.Tensor, training: bool) -> Pass:
        """Return the logits, (batch, 10), and in training the next averages of each norm."""
        k = self.kernels
        a_0, next_1 = self.norm_1(x, training, k)  # (batch, 28, 28, 1)
        a_1 = k.relu(k.bias_add(k.conv2d(a_0, self.w_1), self.b_1))  # (batch, 28, 28, 32)
        a_1, next_2 = self.norm_2(a_1, training, k)
        a_2 = k.relu(k.bias_add(k.conv2d(a_1, self.w_2), self.b_2))  # (batch, 28, 28, 32)
        a_2, next_3 = self.norm_3(k.max_pool(a_2), training, k)  # (batch, 14, 14, 32)
        a_3 = k.relu(k.bias_add(k.conv2d(a_2, self.w_3), self.b_3))  # (batch, 14, 14, 16)
        a_3 = k.flatten(k.max_pool(a_3))  # (batch, 7, 7, 16), then (batch, 784)
        a_4 = k.relu(k.bias_add(k.matmul(a_3, self.w_4), self.b_4))  # (batch, 32)
        a_5 = k.relu(k.bias_add(k.matmul(a_4, self.w_5), self.b_5))  # (batch, 16)
        z = k.bias_add(k.matmul(a_5, self.w_6), self.b_6)  # a_5 W_6 + b_6, (batch, 10)
        return z, [*next_1, *next_2, *next_3]


class ConvNetFull(ConvNet):
    """Both exercises together. Keras twin: ``convnet_full``."""

    def __init__(self, values: Values, kernels: str = "fused", *, dropout_rate: float) -> None:
        self.rate = dropout_rate
        super().__init__(values, kernels)

    @staticmethod
    def shapes(
        filters: Sequence[int],
        hidden_layers: Sequence[int],
        size: tuple[int, int, int] = SIZE,
        n_classes: int = 10,
    ) -> dict[str, Shape]:
        """Return the shapes of ``ConvNetBatchNorm`` and the random state of each dropout."""
        weights = ConvNetBatchNorm.shapes(filters, hidden_layers, size, n_classes)
        return weights | dropout_shapes("dropout_1", "dropout_2")

    def make_variables(self, values: Values) -> Sequence[tf.Variable]:
        """Make those of ``ConvNet``, of each normalisation, and each dropout's random state."""
        weights = super().make_variables(values)
        self.norm_1 = BatchNorm("batch_norm_1", values)
        self.norm_2 = BatchNorm("batch_norm_2", values)
        self.norm_3 = BatchNorm("batch_norm_3", values)
        self.dropout_1 = Dropout("dropout_1", values, self.rate)
        self.dropout_2 = Dropout("dropout_2", values, self.rate)
        norms = self.norm_1.variables + self.norm_2.variables + self.norm_3.variables
        return [*weights, *norms, self.dropout_1.state, self.dropout_2.state]

    def forward(self, x: tf.Tensor, training: bool) -> Pass:
        """Return the logits, (batch, 10), and in training the next averages and random states."""
        k = self.kernels
        a_0, next_1 = self.norm_1(x, training, k)  # (batch, 28, 28, 1)
        a_1 = k.relu(k.bias_add(k.conv2d(a_0, self.w_1), self.b_1))  # (batch, 28, 28, 32)
        a_1, next_2 = self.norm_2(a_1, training, k)
        a_2 = k.relu(k.bias_add(k.conv2d(a_1, self.w_2), self.b_2))  # (batch, 28, 28, 32)
        a_2, next_3 = self.norm_3(k.max_pool(a_2), training, k)  # (batch, 14, 14, 32)
        a_3 = k.relu(k.bias_add(k.conv2d(a_2, self.w_3), self.b_3))  # (batch, 14, 14, 16)
        a_3 = k.flatten(k.max_pool(a_3))  # (batch, 7, 7, 16), then (batch, 784)
        a_4 = k.relu(k.bias_add(k.matmul(a_3, self.w_4), self.b_4))  # (batch, 32)
        a_4, next_4 = self.dropout_1(a_4, training, k)
        a_5 = k.relu(k.bias_add(k.matmul(a_4, self.w_5), self.b_5))  # (batch, 16)
        a_5, next_5 = self.dropout_2(a_5, training, k)
        z = k.bias_add(k.matmul(a_5, self.w_6), self.b_6)  # a_5 W_6 + b_6, (batch, 10)
        return z, [*next_1, *next_2, *next_3, *next_4, *next_5]
