"""The dial `kernels`: TensorFlow's fused ops, or the formulas of the slides in plain maths."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import tensorflow as tf

from rawtf import activations, batch_norm, bias, conv, dropout, losses, pooling

Op = Callable[..., Any]


@dataclass(frozen=True)
class Kernels:
    """One form of every operation that a model is made of."""

    name: str
    bias_add: Op
    sigmoid: Op
    relu: Op
    softmax: Op
    conv2d: Op
    max_pool: Op
    normalize: Op
    scale_and_shift: Op
    dropout: Op
    binary_cross_entropy: Op
    categorical_cross_entropy: Op
    # the same in both forms
    matmul: Op = tf.matmul
    flatten: Op = pooling.flatten
    mean: Op = losses.mean

    @classmethod
    def op_names(cls) -> list[str]:
        """Return the names of the operations."""
        return [field.name for field in fields(cls) if field.name != "name"]

    def each(self, wrap: Callable[[str, Op], Op]) -> "Kernels":
        """Return the same kernels, every operation wrapped."""
        wrapped: dict[str, Any] = {n: wrap(n, getattr(self, n)) for n in self.op_names()}
        return replace(self, **wrapped)


KERNELS = {
    "fused": Kernels(
        name="fused",
        bias_add=bias.bias_add,
        sigmoid=activations.sigmoid,
        relu=activations.relu,
        softmax=activations.softmax,
        conv2d=conv.conv2d,
        max_pool=pooling.max_pool,
        normalize=batch_norm.normalize,
        scale_and_shift=batch_norm.scale_and_shift,
        dropout=dropout.stateless_dropout,
        binary_cross_entropy=losses.binary_cross_entropy,
        categorical_cross_entropy=losses.categorical_cross_entropy,
    ),
    "primitive": Kernels(
        name="primitive",
        bias_add=bias.bias_add_primitive,
        sigmoid=activations.sigmoid_primitive,
        relu=activations.relu_primitive,
        softmax=activations.softmax_primitive,
        conv2d=conv.conv2d_primitive,
        max_pool=pooling.max_pool_primitive,
        normalize=batch_norm.normalize_primitive,
        scale_and_shift=batch_norm.scale_and_shift_primitive,
        dropout=dropout.stateless_dropout_primitive,
        binary_cross_entropy=losses.binary_cross_entropy_primitive,
        categorical_cross_entropy=losses.categorical_cross_entropy_primitive,
    ),
}
