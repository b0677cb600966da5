"""Data for ``fit`` whose batch size is left open.

Of arrays that the batch size divides, ``fit`` makes a graph for batches of that one size, and of a
known size TensorFlow's graph optimizer (Grappler) makes constants: the division in the gradient of
a mean becomes a product with the inverse. So the same model on the same batches ends in other bits
when its data is a sample longer. A data set keeps the size open in both cases.
"""

import numpy as np
import tensorflow as tf


def open_batches(x: np.ndarray, y: np.ndarray, batch_size: int) -> tf.data.Dataset:
    """Return the samples in their order, cut into batches of a size that no graph knows."""
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
