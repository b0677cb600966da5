"""The bias that a dense layer adds to ``x W`` and a convolution to ``x * W``, in both forms.

Keras names: ``use_bias=True`` of ``keras.layers.Dense`` and ``Conv2D``.
"""

import tensorflow as tf


def bias_add(x: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Return ``x + bias`` as ``tf.nn.bias_add`` does it.

    A bias of one unit is added as the scalar that it is. Keras does so too, and the gradient of
    the two ops is summed in another order.

    Args:
        x: (batch, ..., units).
        bias: (units,).
    """
    return x + bias if bias.shape[0] == 1 else tf.nn.bias_add(x, bias)


def bias_add_primitive(x: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Return ``x + bias``, the bias broadcast over the batch.

    The sum is the one of ``tf.nn.bias_add``; its gradient, a sum over the batch, is another
    kernel and may differ in the last bits.
    """
    return x + bias
