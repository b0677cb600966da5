"""The libraries at hand, and how each does a product: NumPy, TensorFlow's ops, XLA.

A call does a product several times, each on operands of its own, so that what a call costs by
itself is spread, and no library can tell that it did the same before.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import tensorflow as tf

from bench.floor.products import GATHER, MATMUL, Product
from bench.timing.blocks import Work

Operands = tuple[np.ndarray, np.ndarray]
Task = tuple[Product, Operands]
"""A product, and what is multiplied."""


def tasks_of(product: Product, times: int, data: np.ndarray) -> list[Task]:
    """Return a product for each time: of random operands, or a batch gathered from the data."""
    rng, (one, other) = np.random.default_rng(0), product.operands
    if product.op == GATHER:
        places = [rng.integers(0, len(data), other).astype(np.int32) for _ in range(times)]
        return [(product, (data, each)) for each in places]
    draw: Callable[..., np.ndarray] = partial(rng.standard_normal, dtype=np.float32)
    return [(product, (draw(one), draw(other))) for _ in range(times)]


def by_numpy(tasks: Sequence[Task]) -> Work | None:
    """Return what does them in NumPy, by its BLAS; None where one is a convolution."""
    if any(product.op not in (MATMUL, GATHER) for product, _ in tasks):
        return None
    each = [_in_numpy(*task) for task in tasks]
    return lambda: [work() for work in each]


def _in_numpy(product: Product, operands: Operands) -> Work:
    out, (a, b) = np.empty(product.result, np.float32), operands
    if product.op == GATHER:
        return partial(np.take, a, b, axis=0, out=out, mode="clip")
    turn_a, turn_b = product.transposed
    return partial(np.matmul, a.T if turn_a else a, b.T if turn_b else b, out=out)


def by_tensorflow(tasks: Sequence[Task], xla: bool = False) -> Work:
    """Return what does them by TensorFlow's own ops, in a graph or compiled by XLA."""
    once = {id(array): tf.constant(array) for _, operands in tasks for array in operands}
    tensors = [(once[id(a)], once[id(b)]) for _, (a, b) in tasks]

    # handed over as arguments: what a graph knows by itself it would work out beforehand
    @tf.function(jit_compile=xla, autograph=False)
    def every(pairs: Sequence[tuple[tf.Tensor, tf.Tensor]]) -> list[tf.Tensor]:
        return [_done(product, *pair) for (product, _), pair in zip(tasks, pairs, strict=True)]

    graph = every.get_concrete_function(tensors)
    return lambda: graph(tensors)


def by_xla(tasks: Sequence[Task]) -> Work:
    """Return what does them by a program of XLA's."""
    return by_tensorflow(tasks, xla=True)


LIBRARIES: dict[str, Callable[[Sequence[Task]], Work | None]] = {
    "NumPy": by_numpy,
    "TensorFlow": by_tensorflow,
    "XLA": by_xla,
}
"""How a library does some products in one call; None where it cannot."""


def _done(product: Product, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    if product.op == MATMUL:
        turn_a, turn_b = product.transposed
        return tf.matmul(a, b, transpose_a=turn_a, transpose_b=turn_b)
    if product.op == GATHER:
        return tf.gather(a, b)
    how = {"strides": list(product.strides), "padding": product.padding}
    sizes = list(product.result)
    if product.op == "Conv2DBackpropInput":
        return tf.raw_ops.Conv2DBackpropInput(input_sizes=sizes, filter=a, out_backprop=b, **how)
    if product.op == "Conv2DBackpropFilter":
        return tf.raw_ops.Conv2DBackpropFilter(input=a, filter_sizes=sizes, out_backprop=b, **how)
    return tf.raw_ops.Conv2D(input=a, filter=b, **how)
