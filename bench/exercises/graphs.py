"""Whether a program's epoch is one graph: traced once, with the loop over its batches in it."""

from typing import Any

import numpy as np
import tensorflow as tf

LOOPS = ("While", "StatelessWhile")


def not_one_graph(program: Any, attribute: str, data: tuple[np.ndarray, ...], size: int) -> str:
    """Return what is wrong with a program's compiled epoch; nothing where it is one graph.

    Args:
        program: has ``fit(x, y, epochs, batch_size)``.
        attribute: what it calls each epoch, ``(x, y, order, batch_size)``.
        data: x and y.
        size: of a batch.
    """
    x, y = data[:2]
    program.fit(x, y, epochs=2, batch_size=size)
    function = getattr(program, attribute)
    if not hasattr(function, "experimental_get_tracing_count"):
        return f"`{attribute}` is no graph: Python runs it, an operation at a time"
    if (times := function.experimental_get_tracing_count()) != 1:
        return f"`{attribute}` was made a graph {times} times in two epochs"
    order = tf.range(len(x), dtype=tf.int32)
    batch = tf.constant(size, tf.int32)
    graph = function.get_concrete_function(tf.constant(x), tf.constant(y), order, batch).graph
    if not any(op.type in LOOPS for op in graph.get_operations()):
        return f"there is no loop in the graph of `{attribute}`: each step is written out in it"
    return ""
