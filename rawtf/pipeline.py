"""A ``tf.data`` pipeline by hand: what ``fit`` makes of two arrays."""

import numpy as np
import tensorflow as tf


def batches(x: np.ndarray, y: np.ndarray, batch_size: int, shuffle: bool = True) -> tf.data.Dataset:
    """Return an epoch of batches, made ready by other threads while a step runs.

    What is shuffled are the indices, a new permutation each time the data set is walked; a whole
    batch is then gathered at once, where ``Dataset.shuffle().batch()`` would move single samples.

    Args:
        x, y: (n, ...) each; both are copied to the device here.
        batch_size: of every batch but the last, which is what is left.
        shuffle: False walks the samples as they stand.
    """
    n, data = len(x), (tf.constant(x), tf.constant(y))

    def order(_: tf.Tensor) -> tf.Tensor:
        indices = tf.range(n, dtype=tf.int64)
        return tf.random.shuffle(indices) if shuffle else indices

    def cut(indices: tf.Tensor) -> tf.data.Dataset:
        whole = n - n % batch_size
        full = tf.reshape(indices[:whole], (whole // batch_size, batch_size))
        found = tf.data.Dataset.from_tensor_slices(full)
        rest = tf.data.Dataset.from_tensors(indices[whole:])
        return found.concatenate(rest) if n % batch_size else found

    def gather(batch: tf.Tensor) -> tuple[tf.Tensor, ...]:
        return tuple(tf.gather(values, batch) for values in data)

    orders = tf.data.Dataset.range(1).map(order).prefetch(1)
    found = orders.flat_map(cut).map(gather, num_parallel_calls=tf.data.AUTOTUNE)
    return found.with_options(_as_it_stands()).prefetch(tf.data.AUTOTUNE)


def _as_it_stands() -> tf.data.Options:
    """Return options by which TensorFlow neither rewrites nor tunes the pipeline.

    The end of an epoch would wait for the tuner's thread: ``fit`` does
    (docs/measuring.md, "Where an epoch of `fit` waits").
    """
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.autotune.enabled = False
    return options
