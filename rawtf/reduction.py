"""The sum over replicas by hand: what an all-reduce hides is the order in which it adds.

Floats do not add alike in every order. Which order it is decides the last bits of every weight, and
whether a run on four devices can be had again on one. ``tf.distribute`` leaves it to what it finds:
``AddN`` on one device, collective operations around a ring, or NCCL's on GPUs.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

Sum = Callable[[Sequence[tf.Tensor]], tf.Tensor]


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
    size = tf.size(flat[0])
    length = (size + n - 1) // n  # the last chunks may be shorter, or empty
    chunks = [[one[i * length : (i + 1) * length] for one in flat] for i in range(n)]
    summed = [in_turn(chunk[i:] + chunk[:i]) for i, chunk in enumerate(chunks)]
    return tf.reshape(tf.concat(summed, axis=0), tf.shape(values[0]))


ORDERS: dict[str, Sum] = {"in-turn": in_turn, "tree": as_tree, "ring": around_ring}
