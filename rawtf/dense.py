"""The dense layer by hand. Keras name: ``keras.layers.Dense``."""

from typing import TYPE_CHECKING

import tensorflow as tf

if TYPE_CHECKING:
    from rawtf.kernels import Kernels


def bias_add(x: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Return ``x + bias`` as ``tf.nn.bias_add`` does it.

    A bias of one unit is added as the scalar that it is. Keras does so too, and the gradient of
    the two ops is summed in another order.
    """
    return x + bias if bias.shape[0] == 1 else tf.nn.bias_add(x, bias)


def bias_add_primitive(x: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Return ``x + bias``, the bias broadcast over the batch.

    The sum is the one of ``tf.nn.bias_add``; its gradient, a sum over the batch, is another
    kernel and may differ in the last bits.
    """
    return x + bias


def dense(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor, kernels: "Kernels") -> tf.Tensor:
    """Return the logits ``x W + b`` of one layer.

    Args:
        x: inputs, (batch, n_in).
        kernel: ``W``, (n_in, n_out).
        bias: ``b``, (n_out,).
        kernels: which form of the operations is used.

    Returns:
        (batch, n_out).
    """
    return kernels.bias_add(kernels.matmul(x, kernel), bias)


def dense_shapes(name: str, n_in: int, n_out: int) -> dict[str, tuple[int, ...]]:
    """Return name and shape of the two parameters of a dense layer."""
    return {f"{name}/kernel": (n_in, n_out), f"{name}/bias": (n_out,)}
