"""What a traced training step is made of: its graph, before and after Grappler, and its kernels."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.grappler import tf_optimizer  # there is no public way to run Grappler

from bench.anatomy.flops import graph_flops

# no kernels: what is given, known, or another view of what is there
_NO_KERNEL = {"parameter", "constant", "tuple", "get-tuple-element", "bitcast"}
_INSTRUCTION = re.compile(r"^ +(?:ROOT )?%?[\w.-]+ = (?:\(.*?\)|\S+) ([a-z][\w-]*)\(", re.MULTILINE)
_ENTRY = re.compile(r"^ENTRY .*?^\}", re.MULTILINE | re.DOTALL)


def fit_function(model: Any) -> Any:
    """Return the ``tf.function`` over an iterator that ``fit`` calls for every step.

    Keras wraps it in a plain function and keeps it nowhere else, so it is taken from there.
    """
    model.make_train_function()
    return inspect.getclosurevars(model.train_function).nonlocals["multi_step_on_iterator"]


def graphs_of(graph: Any) -> Iterator[Any]:
    """Yield a graph, then those of the functions that it calls."""
    yield graph
    for function in graph._functions.values():
        yield function.graph


def flops(concrete: Any, batch_size: int) -> int:
    """Return the floating-point operations of a traced step, the functions it calls included."""
    return sum(graph_flops(graph, batch_size) for graph in graphs_of(concrete.graph))


def operations(graph_def: Any) -> dict[str, int]:
    """Return how many operations of each type there are, the most frequent first.

    Those of function bodies count too, each body once.
    """
    bodies = (node for body in graph_def.library.function for node in body.node_def)
    return dict(Counter(node.op for node in (*graph_def.node, *bodies)).most_common())


def after_grappler(concrete: Any, passes: Any = None) -> Any:
    """Return the graph of a traced step as TensorFlow's graph optimizer leaves it.

    Its default passes run, as before an execution: what no output needs is pruned, function
    bodies are inlined, MatMul and BiasAdd stay apart where the result is needed twice.

    Args:
        concrete: a traced step.
        passes: a ``ConfigProto`` that names others to run; None for the default ones.
    """
    graph = concrete.graph
    meta = tf.compat.v1.train.export_meta_graph(
        graph_def=graph.as_graph_def(add_shapes=True), graph=graph
    )
    wanted = [output.name for output in concrete.outputs]
    wanted += [operation.name for operation in graph.control_outputs]
    meta.collection_def["train_op"].node_list.value.extend(wanted)
    return tf_optimizer.OptimizeGraph(passes or config_pb2.ConfigProto(), meta)


def xla_kernels(step: Any, batch: Sequence[Any]) -> dict[str, int] | str:
    """Return the kernels that XLA makes of a Python function for a batch, or why there are none."""
    compiled, tensors = tf.function(step, jit_compile=True), [tf.constant(each) for each in batch]
    try:
        return kernels(compiled.experimental_get_compiler_ir(*tensors)(stage="optimized_hlo"))
    except tf.errors.OpError as error:
        return f"not measured: XLA does not compile it ({type(error).__name__})"


def kernels(hlo: str) -> dict[str, int]:
    """Return how many instructions of each kind run one after the other, from HLO's text.

    Counted are the instructions of the entry computation but for parameters, constants, tuples
    and bitcasts; a fusion is one, however much it fuses.

    >>> kernels('''HloModule m
    ... ENTRY %main (a: f32[2]) -> f32[2] {
    ...   %a = f32[2]{0} parameter(0)
    ...   %t = (f32[2]{0}, f32[2]{0}) fusion(%a), kind=kLoop
    ...   ROOT %b = f32[2]{0} negate(%a)
    ... }''')
    {'fusion': 1, 'negate': 1}
    """
    entry = _ENTRY.search(hlo)
    kinds = _INSTRUCTION.findall(entry[0]) if entry else []
    return dict(Counter(kind for kind in kinds if kind not in _NO_KERNEL).most_common())
