"""How much arithmetic a training step is, counted from its graph.

Counted are the matrix products and convolutions, forward and back, an addition and a
multiplication apiece: what a machine's best matrix product can be held against. Element-wise ops
(activations, the optimizer) are left out; they are less than a hundredth of these models.
"""

import math

import tensorflow as tf

from bench import twins
from bench.specs import Config


def step_flops(config: Config) -> int:
    """Return the floating-point operations of one training step at the config's batch size.

    They are counted in the hand-written step with every gradient; a twin has the same products.
    """
    engine = twins.raw_engine(config.but(engine="step", xla=False), twins.initial_weights(config))
    return graph_flops(engine.graph(), config.batch_size)


def graph_flops(graph: tf.Graph, batch_size: int) -> int:
    """Return the floating-point operations of a graph in which only the batch size is open.

    ``2 m n k`` for a product of (m, k) by (k, n); for a convolution and both its gradients
    ``2 * outputs * height * width * channels`` of its kernel.
    """
    return sum(op_flops(op, batch_size) for op in run_of(graph))


def run_of(graph: tf.Graph) -> list[tf.Operation]:
    """Return the operations that a traced function runs: those that something comes of.

    The gradient of a convolution is traced for its input too, where that is the images and nobody
    asks for it. A graph that is no function has no results of its own: all of it counts.
    """
    if not hasattr(graph, "control_outputs"):
        return graph.get_operations()
    waiting = [tensor.op for tensor in graph.outputs] + list(graph.control_outputs)
    reached: dict[str, tf.Operation] = {}
    while waiting:
        op = waiting.pop()
        if op.name not in reached:
            reached[op.name] = op
            waiting += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
    return list(reached.values())


def op_flops(op: tf.Operation, batch_size: int) -> int:
    """Return the floating-point operations of one op; none of what is no product."""
    if op.type == "MatMul":
        m_n = _size(op.outputs[0], batch_size)
        k = shape_of(op.inputs[0], batch_size)[0 if op.get_attr("transpose_a") else 1]
        return 2 * m_n * k
    if op.type == "Conv2D":
        return _convolution(op.outputs[0], op.inputs[1], batch_size)
    if op.type == "Conv2DBackpropInput":
        return _convolution(op.inputs[2], op.inputs[1], batch_size)
    if op.type == "Conv2DBackpropFilter":
        return _convolution(op.inputs[2], op.outputs[0], batch_size)
    return 0


def _convolution(result: tf.Tensor, kernel: tf.Tensor, batch_size: int) -> int:
    """Return the cost of the forward convolution; both gradients cost just as much."""
    height, width, channels, _ = shape_of(kernel, batch_size)
    return 2 * _size(result, batch_size) * height * width * channels


def _size(tensor: tf.Tensor, batch_size: int) -> int:
    return math.prod(shape_of(tensor, batch_size))


def shape_of(tensor: tf.Tensor, batch_size: int) -> list[int]:
    """Return a tensor's shape; the one dimension that a graph of ours leaves open is the batch."""
    return [batch_size if n is None else n for n in tensor.shape.as_list()]
