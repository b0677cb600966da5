"""The dial `kernels`: TensorFlow's fused ops, or the formulas of the slides in plain maths."""

from collections.abc import Callable
from dataclasses import dataclass

import tensorflow as tf

from rawtf import activations, dense, dropout, losses

Op = Callable[..., tf.Tensor]


@dataclass(frozen=True)
class Kernels:
    """One form of every operation that a model is made of."""

    name: str
    bias_add: Op
    sigmoid: Op
    relu: Op
    softmax: Op
    dropout: Op
    binary_cross_entropy: Op
    categorical_cross_entropy: Op


KERNELS = {
    "fused": Kernels(
        name="fused",
        bias_add=dense.bias_add,
        sigmoid=activations.sigmoid,
        relu=activations.relu,
        softmax=activations.softmax,
        dropout=dropout.stateless_dropout,
        binary_cross_entropy=losses.binary_cross_entropy,
        categorical_cross_entropy=losses.categorical_cross_entropy,
    ),
    "primitive": Kernels(
        name="primitive",
        bias_add=dense.bias_add_primitive,
        sigmoid=activations.sigmoid_primitive,
        relu=activations.relu_primitive,
        softmax=activations.softmax_primitive,
        dropout=dropout.stateless_dropout_primitive,
        binary_cross_entropy=losses.binary_cross_entropy_primitive,
        categorical_cross_entropy=losses.categorical_cross_entropy_primitive,
    ),
}
