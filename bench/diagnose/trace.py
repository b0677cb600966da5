"""What one step of a program computed: every op with its inputs, its outputs and its line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.diagnose.places import Place

MAX_ELEMENTS = 1 << 20
"""Of a larger tensor, figures and a sample stand for all; the answer says so."""


@dataclass(frozen=True)
class Node:
    """One op of a step.

    Attributes:
        index: its place in the step.
        inputs, outputs: ids of tensors; a write to a variable has the new value as its output.
        places: the user's lines that led to it, the innermost first.
        layer: the Keras layer that ran it, if one did.
        key: what it is known by in another step: kind, lines and how many were like it before.
        owners: ids of the objects whose methods ran it, as ``Stack`` has them.
        upon: of a write, the value that an earlier write of the step left.
    """

    index: int
    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    attrs: tuple[Any, ...]
    places: tuple[Place, ...]
    layer: str | None
    key: tuple[Any, ...]
    owners: tuple[int, ...] = ()
    upon: tuple[int, ...] = ()

    @property
    def place(self) -> Place | None:
        """The user's innermost line."""
        return self.places[0] if self.places else None


@dataclass(frozen=True)
class GradientCall:
    """One ``tape.gradient``: ids of targets and results, and the variables asked about."""

    targets: tuple[int, ...]
    sources: tuple[int, ...]  # ids of the variables' handles
    results: tuple[int | None, ...]
    at: int  # index of the next node
    places: tuple[Place, ...] = ()


@dataclass
class Trace:
    """A step: its nodes, what made each tensor, and the numbers."""

    nodes: list[Node] = field(default_factory=list)
    maker: dict[int, Node] = field(default_factory=dict)
    values: dict[int, np.ndarray] = field(default_factory=dict)
    shapes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    gradients: list[GradientCall] = field(default_factory=list)
    written: dict[int, int] = field(default_factory=dict)  # handle id -> id of its last value
    outputs: list[int] = field(default_factory=list)  # what a model gave to its loss
    sampled: bool = False
    returns: list[Any] = field(
        default_factory=list
    )  # of the user's functions, bench.diagnose.returns

    def ancestors(self, tensor: int, stop: Any = frozenset()) -> list[Node]:
        """Return the nodes that a tensor comes from, in order, not going beyond some tensors."""
        seen: dict[int, Node] = {}
        front = [tensor]
        while front:
            node = self.maker.get(front.pop())
            if node is None or node.index in seen:
                continue
            seen[node.index] = node
            front += [i for i in (*node.inputs, *node.upon) if i not in stop]
        return [seen[i] for i in sorted(seen)]

    def floats(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the id and the numbers of every tensor of floats, and of whole numbers if several.

        In the order in which they were made.
        """
        for tensor, value in self.values.items():
            if value.dtype.kind == "f" or (value.dtype.kind in "iu" and value.size > 8):
                yield tensor, value

    def scalar(self, tensor: int) -> float | None:
        """Return a tensor of one number, or None."""
        value = self.values.get(tensor)
        return float(value.ravel()[0]) if value is not None and value.size == 1 else None


def bounded(value: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return numbers as they are kept, and whether that is a sample: sums, and every k-th."""
    if value.size <= MAX_ELEMENTS or value.dtype.kind != "f":
        return value, False
    flat = value.ravel()
    stride = flat.size // (MAX_ELEMENTS // 16)
    figures = [flat.sum(dtype="f8"), np.abs(flat).sum(dtype="f8"), np.linalg.norm(flat)]
    return np.concatenate([np.asarray(figures, value.dtype), flat[::stride]]), True


def handle(variable: Any) -> Any:
    """Return the tensor by which the ops of a step, or of a graph, name a variable."""
    inner = getattr(variable, "value", None)
    if inner is not None and not callable(inner):  # a keras.Variable holds TensorFlow's
        variable = inner
    return getattr(variable, "handle", variable)
