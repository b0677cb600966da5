"""The libraries at hand, and how each does a product: NumPy, TensorFlow's ops, XLA.

A call does a product several times, each on operands of its own, so that what a call costs by
itself is spread, and no library can tell that it did the same before.
"""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from bench.floor.products import GATHER, MATMUL, Product
from bench.timing.blocks import Work

Operands = tuple[np.ndarray, np.ndarray]


def operands_of(product: Product, times: int, data: np.ndarray | None = None) -> list[Operands]:
    """Return operands for each time: random ones, or batches of the data where it is gathered."""
    rng = np.random.default_rng(0)
    if product.op == GATHER:
        assert data is not None
        size = product.operands[1]
        return [(data, rng.integers(0, len(data), size).astype(np.int32)) for _ in range(times)]
    one, other = product.operands
    return [
        (rng.standard_normal(one, np.float32), rng.standard_normal(other, np.float32))
        for _ in range(times)
    ]


def by_numpy(product: Product, operands: Sequence[Operands]) -> Work | None:
    """Return what does it in NumPy, by its BLAS; None of a convolution."""
    results = [np.empty(product.result, np.float32) for _ in operands]
    if product.op == GATHER:
        return lambda: [
            np.take(data, places, axis=0, out=out, mode="clip")
            for (data, places), out in zip(operands, results, strict=True)
        ]
    if product.op != MATMUL:
        return None
    turned = [
        tuple(a.T if turn else a for a, turn in zip(each, product.transposed, strict=True))
        for each in operands
    ]
    return lambda: [np.matmul(a, b, out=out) for (a, b), out in zip(turned, results, strict=True)]


def by_tensorflow(product: Product, operands: Sequence[Operands], xla: bool = False) -> Work:
    """Return what does it by TensorFlow's own op, in a graph or compiled by XLA."""
    once = {id(array): tf.constant(array) for each in operands for array in each}
    tensors = [(once[id(a)], once[id(b)]) for a, b in operands]

    # handed over as arguments: what a graph knows by itself it would work out beforehand
    @tf.function(jit_compile=xla, autograph=False)
    def every(pairs: Sequence[tuple[tf.Tensor, tf.Tensor]]) -> list[tf.Tensor]:
        return [_done(product, a, b) for a, b in pairs]

    return lambda: every(tensors)


def by_xla(product: Product, operands: Sequence[Operands]) -> Work:
    """Return what does it by a program of XLA's."""
    return by_tensorflow(product, operands, xla=True)


LIBRARIES: dict[str, Callable[[Product, Sequence[Operands]], Work | None]] = {
    "NumPy": by_numpy,
    "TensorFlow": by_tensorflow,
    "XLA": by_xla,
}
"""How a library does a product; None where it cannot."""


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
