"""What a training step writes: pairs of a variable and its next value, all written at once."""

from collections.abc import Sequence

import tensorflow as tf

Update = tuple[tf.Variable, tf.Tensor]


def assign_all(updates: Sequence[Update]) -> tf.Operation | None:
    """Write every next value; return the op that does it (a graph needs it, eager code not).

    All values are worked out before the first is written. A graph runs in whatever order its
    edges allow, so without the barrier one update could read what another already wrote.
    """
    with tf.control_dependencies([value for _, value in updates]):
        writes = [variable.assign(value, read_value=False) for variable, value in updates]
        return tf.group(*writes)
