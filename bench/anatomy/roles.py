"""What each operation of a training step is for, found by what it leads to.

An operation belongs to what it is needed for: all that a write to a weight needs is the training
itself; what only a write to the loss tracker needs is the loss tracker. Names decide no more than
where within the training it stands: TensorFlow names the operations of its tape itself.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DATA, FORWARD, LOSS, GRADIENT, UPDATE = "data", "forward", "loss", "gradient", "update"
AVERAGES, RANDOM, COUNTER = "moving averages", "random state", "step counter"
TRACKER, READING, OUTPUT = "loss tracker", "logs", "output"
ROLES = (
    DATA, FORWARD, RANDOM, AVERAGES, LOSS, GRADIENT, UPDATE, COUNTER, TRACKER, READING, OUTPUT,
)  # fmt: skip
"""In the order in which a step meets them."""

_TAPE = "gradient_tape"
_LOSS = ("logistic_loss", "softmax_cross_entropy", "compile_loss")
_TAKES_DATA = {"Placeholder", "IteratorGetNext", "OptionalFromValue"}


@dataclass(frozen=True)
class Node:
    """An operation: its name, its type, and the names of those whose results it needs."""

    name: str
    op: str
    inputs: tuple[str, ...]


def nodes_of(graph_def: Any) -> list[Node]:
    """Return the operations of a graph without functions in it.

    What merely has to wait for another (``^a``) needs nothing of it, and is not counted as fed.
    """
    return [
        Node(node.name, node.op, tuple(_source(i) for i in node.input if not i.startswith("^")))
        for node in graph_def.node
    ]


def _source(name: str) -> str:
    """Return the operation that an input comes from: ``a:1`` comes from ``a``."""
    return name.partition(":")[0]


def roles(nodes: Iterable[Node], variables: Mapping[str, str]) -> dict[str, str]:
    """Return what each operation is for, by its name.

    Args:
        nodes: of one graph.
        variables: by the placeholder of a variable what it is: ``weight``, or the role of those
            that a step writes beside the weights.
    """
    graph = Graph(nodes)
    writes = graph.writes(variables)
    training = graph.needed({name for name, what in writes.items() if what == UPDATE})
    role_of = {name: DATA for name, node in graph.nodes.items() if node.op in _TAKES_DATA}
    for role in (RANDOM, AVERAGES, COUNTER, TRACKER):
        sinks = {name for name, what in writes.items() if what == role}
        role_of |= dict.fromkeys(graph.needed(sinks) - training - role_of.keys(), role)
    role_of |= _training(graph, training, role_of)
    rest = graph.nodes.keys() - role_of.keys()
    read = (
        graph.fed_by({name for name, role in role_of.items() if role in (TRACKER, COUNTER)}) & rest
    )
    role_of |= dict.fromkeys(_with_constants(graph, read, rest), READING)
    return role_of | dict.fromkeys(graph.nodes.keys() - role_of.keys(), OUTPUT)


def _training(graph: "Graph", training: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """Return forward, loss, gradient and update, of what is not taken."""
    free = graph.nodes.keys() - taken
    gradient = {n for n in free if _TAPE in n or graph.nodes[n].op == "AddN"}
    named = {n for n in free - gradient if any(word in n for word in _LOSS)}
    loss = graph.fed_by(named, but=gradient | set(taken))
    before = (graph.needed(gradient | loss) & free) - gradient - loss
    loss = _with_constants(graph, loss, before)
    gradient = _with_constants(graph, gradient, before - loss)
    role_of = dict.fromkeys(set(training) & free, UPDATE) | dict.fromkeys(before, FORWARD)
    return role_of | dict.fromkeys(loss, LOSS) | dict.fromkeys(gradient, GRADIENT)


def _with_constants(graph: "Graph", chosen: Collection[str], among: Collection[str]) -> set[str]:
    """Return what is chosen, and the constants and reads that feed nothing else."""
    own = set(chosen)
    for name in among:
        users = graph.users.get(name, ())
        if users and not graph.nodes[name].inputs and all(user in own for user in users):
            own.add(name)
    return own


def counts(nodes: Iterable[Node], role_of: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return how many operations of each type there are, by what they are for."""
    by_role: dict[str, Counter[str]] = {role: Counter() for role in ROLES}
    for node in nodes:
        by_role[role_of[node.name]][node.op] += 1
    return {role: dict(sorted(ops.items())) for role, ops in by_role.items() if ops}


def edges(nodes: Iterable[Node], role_of: Mapping[str, str]) -> list[list[str]]:
    """Return which purpose feeds which other one, each pair once."""
    pairs = {
        (role_of[source], role_of[node.name])
        for node in nodes
        for source in node.inputs
        if source in role_of and role_of[source] != role_of[node.name]
    }
    return sorted([a, b] for a, b in pairs)


class Graph:
    """Operations by name, with those that use each."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.name: node for node in nodes}
        self.users: dict[str, list[str]] = {}
        for node in self.nodes.values():
            for source in node.inputs:
                self.users.setdefault(source, []).append(node.name)

    def needed(self, sinks: Collection[str]) -> set[str]:
        """Return the sinks and everything that they need."""
        return self._reached(sinks, lambda name: self.nodes[name].inputs)

    def fed_by(self, sources: Collection[str], but: Collection[str] = ()) -> set[str]:
        """Return the sources and everything that needs them, on ways that avoid some."""
        return self._reached(sources, lambda name: set(self.users.get(name, ())) - set(but))

    def _reached(
        self, start: Collection[str], following: Callable[[str], Iterable[str]]
    ) -> set[str]:
        reached: set[str] = set()
        left = [name for name in start if name in self.nodes]
        while left:
            name = left.pop()
            if name not in reached:
                reached.add(name)
                left += [each for each in following(name) if each in self.nodes]
        return reached

    def writes(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the operations that write a variable, and what it is."""
        return {
            node.name: what
            for node in self.nodes.values()
            if node.op.startswith("Assign") and (what := self._variable(node, variables))
        }

    def _variable(self, node: Node, variables: Mapping[str, str]) -> str | None:
        """Return what the written variable is; on its way in it may pass identities."""
        name = node.inputs[0]
        while name in self.nodes and name not in variables and self.nodes[name].inputs:
            name = self.nodes[name].inputs[0]
        return variables.get(name)
