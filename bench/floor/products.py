"""The matrix products and convolutions of a training step, as they stand in its graph."""

from dataclasses import dataclass
from math import prod

import tensorflow as tf

from bench import twins
from bench.anatomy.flops import op_flops, run_of, shape_of
from bench.errors import UserError
from bench.specs import Config

MATMUL, GATHER = "MatMul", "GatherV2"
OPERANDS = {
    MATMUL: (0, 1),
    "Conv2D": (0, 1),
    "Conv2DBackpropInput": (1, 2),
    "Conv2DBackpropFilter": (0, 2),
}
"""Of each kind of product: which inputs of the op are its operands; the others are sizes."""

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Product:
    """One product of a step.

    Attributes:
        op: TensorFlow's name of it; ``GatherV2`` for the gathering of a batch, which is none.
        operands: the shapes of both.
        result: its shape.
        flops: an addition and a multiplication apiece.
        transposed: whether each operand of a matrix product is.
        strides, padding: of a convolution.
    """

    op: str
    operands: tuple[Shape, Shape]
    result: Shape
    flops: int
    transposed: tuple[bool, bool] = (False, False)
    strides: Shape = (1, 1, 1, 1)
    padding: str = "SAME"

    @property
    def name(self) -> str:
        """Such as ``MatMul 128x784 by 784x64``, as it is multiplied."""
        both = zip(self.operands, self.transposed, strict=True)
        by = " by ".join("x".join(map(str, s[::-1] if turned else s)) for s, turned in both)
        return f"{self.op} {by}"


def products_of(config: Config) -> list[Product]:
    """Return the products of a step of a model, forward and back, at its batch size.

    They are those of the hand-written step with every gradient; a twin has the same ones.

    Raises:
        UserError: it has none.
    """
    engine = twins.raw_engine(config.but(engine="step", xla=False), twins.initial_weights(config))
    ops = [op for op in run_of(engine.graph()) if op.type in OPERANDS]
    if not ops:
        raise UserError(f"{config.model} has no matrix product: there is no floor to its step")
    return [_product(op, config.batch_size) for op in reversed(ops)]


def gathering(samples: int, config: Config) -> Product:
    """Return the gathering of a batch's inputs from so many samples."""
    row = config.spec.input_shape
    operands = ((samples, *row), (config.batch_size,))
    return Product(GATHER, operands, (config.batch_size, *row), 0)


def megabytes(product: Product) -> float:
    """Return the size of what a product reads and writes, in MB of float32."""
    return 4e-6 * sum(prod(shape) for shape in (*product.operands, product.result))


def _product(op: tf.Operation, batch_size: int) -> Product:
    places, flops = OPERANDS[op.type], op_flops(op, batch_size)
    one, other = (tuple(shape_of(op.inputs[place], batch_size)) for place in places)
    if op.type == MATMUL:
        turned = (bool(op.get_attr("transpose_a")), bool(op.get_attr("transpose_b")))
        result: Shape = (one[1] if turned[0] else one[0], other[0] if turned[1] else other[1])
        return Product(MATMUL, (one, other), result, flops, turned)
    result = tuple(shape_of(op.outputs[0], batch_size))
    strides, padding = tuple(op.get_attr("strides")), op.get_attr("padding").decode()
    return Product(op.type, (one, other), result, flops, strides=strides, padding=padding)
