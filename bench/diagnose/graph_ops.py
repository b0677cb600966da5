"""The ops of a TensorFlow 1 graph: which cannot be run one by one, and how the others are set."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from bench.errors import UserError

UNKNOWN = {
    "VariableV2": "reference variables: make them with use_resource=True",
    "TemporaryVariable": "reference variables: make them with use_resource=True",
    "Enter": "loops of the old control flow: leave out disable_control_flow_v2()",
    "Switch": "conditionals of the old control flow: leave out disable_control_flow_v2()",
}
"""What cannot be run op by op, by a kind of op that tells it, with the remedy."""


def refuse_unknown(ops: Sequence[Any]) -> None:
    """Raise ``UserError`` where one of a graph's ops cannot be run by itself."""
    for op in ops:
        if op.type in UNKNOWN:
            raise UserError(f"loop: the graph is not followed through {UNKNOWN[op.type]}")


def attributes(op: Any) -> list[Any]:
    """Return an op's attributes as an eager run takes them."""
    flat: list[Any] = []
    for name in op.node_def.attr:
        if name.startswith("_"):
            continue
        value = op.get_attr(name)
        if isinstance(value, tf.DType):
            value = value.as_datatype_enum
        elif isinstance(value, list):
            value = [v.as_datatype_enum if isinstance(v, tf.DType) else v for v in value]
        elif hasattr(value, "dim"):  # a shape
            value = None if value.unknown_rank else [d.size for d in value.dim]
        flat += [name, value]
    return flat
