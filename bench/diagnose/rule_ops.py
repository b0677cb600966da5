"""The ops that an update is made of, and what they read."""

from collections.abc import Iterator

import numpy as np

from bench.diagnose.trace import Node, Trace


def is_write(node: Node) -> bool:
    """Return whether an op writes a variable as a plain assignment does."""
    return node.kind.startswith("Assign") and node.kind.endswith("VariableOp")


def asked(trace: Trace) -> Iterator[tuple[int, int]]:
    """Yield (handle, gradient) of all that the tape was asked about."""
    for call in trace.gradients:
        pairs = zip(call.sources, call.results, strict=True)
        yield from ((source, result) for source, result in pairs if result is not None)


def behind(trace: Trace) -> list[Node]:
    """Return the ops from the first call of the tape on."""
    start = min((c.at for c in trace.gradients), default=len(trace.nodes))
    return trace.nodes[start:]


def unseen_reads(trace: Trace) -> dict[int, int]:
    """Return which variable a tensor was read from where no op tells it: by its numbers.

    An op that is given a variable as it stands reads it by itself.
    """
    held: dict[int, np.ndarray] = {}
    found: dict[int, int] = {}
    for node in trace.nodes:
        for tensor in node.inputs:
            value = trace.values.get(tensor)
            if value is not None and value.size > 1 and tensor not in trace.maker:
                same = [h for h, v in held.items() if v.shape == value.shape and np.all(v == value)]
                if same:
                    found[tensor] = same[-1]
        if (node.kind == "ReadVariableOp" or is_write(node)) and node.outputs:
            held[node.inputs[0]] = trace.values[node.outputs[0]]
    return found


def needed(trace: Trace, handles: set[int], unseen: dict[int, int]) -> list[Node]:
    """Return the ops that move some weights, and those that move what these depend on."""
    leaves = {result for _, result in asked(trace)}
    region = {n.index: n for n in behind(trace)}
    wanted, chosen = set(handles), dict[int, Node]()
    while True:
        front = [n for n in region.values() if is_write(n) and n.inputs[0] in wanted]
        before = len(chosen)
        while front:
            node = front.pop()
            if node.index in chosen or node.index not in region:
                continue
            chosen[node.index] = node
            front += [trace.maker[i] for i in node.inputs if i in trace.maker and i not in leaves]
        wanted |= set(handles_read(list(chosen.values()), unseen))
        if len(chosen) == before:
            return [chosen[i] for i in sorted(chosen)]


def handles_read(nodes: list[Node], unseen: dict[int, int]) -> list[int]:
    """Return the variables that some ops read."""
    plain = [n.inputs[0] for n in nodes if n.kind == "ReadVariableOp"]
    return list(
        dict.fromkeys([*plain, *(unseen[i] for n in nodes for i in n.inputs if i in unseen)])
    )
