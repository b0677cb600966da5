"""Data for ``fit`` whose batch size is left open.

Of arrays that the batch size divides, ``fit`` makes a graph for batches of that one size, and of a
known size TensorFlow's graph optimizer (Grappler) makes constants: the division in the gradient of
a mean becomes a product with the inverse. So the same model on the same batches ends in other bits
when its data is a sample longer. A data set keeps the size open in both cases.
"""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter


def open_batches(x: np.ndarray, y: np.ndarray, batch_size: int) -> tf.data.Dataset:
    """Return the samples in their order, cut into batches of a size that no graph knows."""
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)


def batches_of_fit(x: np.ndarray, y: np.ndarray, batch_size: int) -> tf.data.Dataset:
    """Return the pipeline that ``fit`` makes of arrays, a new permutation each epoch."""
    made = ArrayDataAdapter(x, y, batch_size=batch_size, shuffle=True).get_tf_dataset()
    return of_known_length(made, len(x), batch_size)


def of_known_length(batches: tf.data.Dataset, samples: int, batch_size: int) -> tf.data.Dataset:
    """Return the same batches of so many samples, their number told.

    Else ``fit`` would find the end by one step too many, which moves dropout's seed.
    """
    return batches.apply(tf.data.experimental.assert_cardinality(-(-samples // batch_size)))


def untuned(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Return the same batches from a pipeline that keeps its buffers and threads as they are."""
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.with_options(options)


def open_signature(model: keras.Model, dtype: str) -> list[tf.TensorSpec]:
    """Return what a traced function over inputs and labels of a model takes: any batch size."""
    return [
        tf.TensorSpec((None, *tensor.shape[1:]), dtype) for tensor in (model.input, model.output)
    ]


def slices(order: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """Yield ``order`` cut into batches, the last one as long as what is left."""
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
