"""Whether TensorFlow computes with oneDNN here: it decides by the processor, as it is imported."""

from functools import cache

import numpy as np
import tensorflow as tf


@cache
def fuses_bias_gradient() -> bool:
    """Return whether a graph has oneDNN's one kernel for both gradients of a convolution.

    The kernel gives those of kernel and bias at once. It is asked of the graph that is run: what
    processors oneDNN is on for is TensorFlow's affair, and ``TF_ENABLE_ONEDNN_OPTS`` overrides it.
    """
    v1, shape, strides = tf.compat.v1, [1, 4, 4, 1], [1, 1, 1, 1]
    ran, options = v1.RunMetadata(), v1.RunOptions(output_partition_graphs=True)
    with tf.Graph().as_default() as graph, v1.Session(graph=graph) as session:
        image, seen = (v1.placeholder(tf.float32, shape) for _ in range(2))
        of_kernel = tf.raw_ops.Conv2DBackpropFilter(
            input=image, filter_sizes=[3, 3, 1, 1], out_backprop=seen,
            strides=strides, padding="SAME",
        )  # fmt: skip
        of_bias = tf.raw_ops.BiasAddGrad(out_backprop=seen)
        zeros = np.zeros(shape, np.float32)
        fed = {image: zeros, seen: zeros}
        session.run([of_kernel, of_bias], fed, options=options, run_metadata=ran)
    return any("FilterWithBias" in node.op for part in ran.partition_graphs for node in part.node)
