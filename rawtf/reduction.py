"""The sum over replicas by hand: what an all-reduce hides is the order in which it adds.

Floats do not add alike in every order. Which order it is decides the last bits of every weight, and
whether a run on four devices can be had again on one. ``tf.distribute`` leaves it to what it finds:
``AddN`` on one device, collective operations around a ring (``packed`` and ``around_ring`` are
theirs to the bit), or NCCL's on GPUs.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

Sum = Callable[[Sequence[tf.Tensor]], tf.Tensor]

ALIGNED_BYTES = 64
"""Where TensorFlow likes data to begin: at a multiple of these, whatever the processor."""


def in_turn(values: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return ``((a + b) + c) + d``: one device adds what the others send. So does ``AddN``."""
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def as_tree(values: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return ``(a + b) + (c + d)``: pairs add at the same time, in log2(n) rounds.

    Of an odd number the last one waits for the next round.
    """
    while len(values) > 1:
        pairs = [values[i] + values[i + 1] for i in range(0, len(values) - 1, 2)]
        values = pairs + list(values[2 * len(pairs) :])
    return values[0]


def around_ring(values: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return the sum as a ring has it: a tensor in n chunks, chunk i added from replica i onwards.

    Every replica adds and sends at the same time, each another chunk: no device sees more than its
    share of the traffic. So each chunk has an order of its own.
    """
    n = len(values)
    flat = [tf.reshape(value, [-1]) for value in values]
    length = _chunk(tf.size(flat[0]), n, ALIGNED_BYTES // values[0].dtype.size)
    chunks = [[one[i * length : (i + 1) * length] for one in flat] for i in range(n)]
    summed = [in_turn(chunk[i:] + chunk[:i]) for i, chunk in enumerate(chunks)]
    return tf.reshape(tf.concat(summed, axis=0), tf.shape(values[0]))


def _chunk(size: tf.Tensor, n: int, aligned: int) -> tf.Tensor:
    """Return how long a chunk is: an nth, and up to the next place in memory that is aligned.

    Beyond an nth that ends at such a place already, to the next one: so TensorFlow has it
    (``CollectiveAdapter``). The last chunks may be shorter, or empty.
    """
    nth = (size + n - 1) // n
    return nth + aligned - nth % aligned


def packed(gradients: Sequence[tf.Tensor]) -> tf.Tensor:
    """Return all gradients of a replica as one vector: one sum, not one for each parameter.

    The last parameter's stands first: on the way back it is the first to be known.
    """
    return tf.concat([tf.reshape(gradient, [-1]) for gradient in reversed(gradients)], axis=0)


def unpacked(pack: tf.Tensor, like: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """Return the gradients in a vector that ``packed`` made, of the shapes of these."""
    parts = tf.split(pack, [tf.size(gradient) for gradient in reversed(like)], num=len(like))
    return [
        tf.reshape(part, tf.shape(gradient))
        for part, gradient in zip(reversed(parts), like, strict=True)
    ]


ORDERS: dict[str, Sum] = {"in-turn": in_turn, "tree": as_tree, "ring": around_ring}
