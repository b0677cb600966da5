"""The cure that needs no name: the other side's computation in the place of our ops."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from bench.diagnose.align import PLUMBING, SOURCES, Alignment, Parting
from bench.diagnose.cures import Cause, Cure
from bench.diagnose.op_watch import run_again
from bench.diagnose.pair import leaves, rows
from bench.diagnose.scene import Scene
from bench.diagnose.spot import LAST, main_call
from bench.diagnose.stand import MAX_TEST_ROWS
from bench.diagnose.trace import Node, Trace
from bench.diagnose.watch import live_variable

MAX_OURS, MAX_THEIRS = 4, 6
LONG = 8  # ops of a layer, from which on it is put in place as a whole too


def transplants(scene: Scene) -> Iterator[Cause]:
    """Yield our ops after the parting replaced by what the other side computes there."""
    align, parting = scene.align, scene.spot.parting
    if align is None or parting is None:
        return
    ours = _replaceable(align.ours, parting.ours, parting.first)
    theirs = _offered(align, parting)
    again = any(n.key[-1] > 2 for n in ours if n.place)
    whole = list(_whole_layer(scene, align, ours, parting))
    yield from whole if again else ()
    yield from _through_one(scene, align, ours, parting)
    for mine in ours[:MAX_OURS]:
        size = int(np.prod(align.ours.shapes[mine.outputs[0]], dtype=int))
        fits = [t for t in theirs if int(np.prod(align.theirs.shapes[t], dtype=int)) == size]
        for tensor in fits[:MAX_THEIRS]:
            yield _transplant(scene, align, mine, tensor)
    yield from () if again else whole


def _whole_layer(
    scene: Scene, align: Alignment, ours: list[Node], parting: Parting
) -> Iterator[Cause]:
    """Yield that what the reference's layer returns is put in the place of an op of ours.

    A recurrent layer parts at each of its steps: only all of it at once mends it.
    """
    name = parting.their_first.layer if parting.their_first else None
    inside = [
        n.outputs[0]
        for n in parting.theirs
        if name is not None and n.layer == name and n.kind not in SOURCES and n.outputs
    ]
    usable = [t for t in inside if t in align.theirs.values]
    if len(usable) < LONG:
        return
    last = usable[-1]
    size = align.theirs.values[last].size
    fits = [n for n in ours if align.ours.values[n.outputs[0]].size == size]
    for mine in fits[: -MAX_OURS - 1 : -1]:
        yield _transplant(scene, align, mine, last)


def _through_one(
    scene: Scene, align: Alignment, ours: list[Node], parting: Parting
) -> Iterator[Cause]:
    """Yield that a tensor through which all goes on is replaced by theirs of the same shape.

    A block whose parts come in another order parts at each of them, and ends in one such tensor:
    the last of its shape.
    """
    usable = {n.index for n in ours}
    mine = {align.ours.shapes[n.outputs[0]]: n for n in narrows(align.ours, parting.ours)}
    theirs = {align.theirs.shapes[n.outputs[0]]: n for n in narrows(align.theirs, parting.theirs)}
    ends = [(n, theirs[s]) for s, n in mine.items() if s in theirs and n.index in usable]
    for node, other in sorted(ends, key=lambda pair: pair[0].index):
        yield _transplant(scene, align, node, other.outputs[0])


def narrows(trace: Trace, region: list[Node]) -> list[Node]:
    """Return the ops of a region that make the one tensor of it that is still wanted after them."""
    inside = {out for n in region for out in n.outputs[:1]}
    last = {i: n.index for n in region for i in n.inputs if i in inside}
    begun = [n for n in region if n.kind not in SOURCES and n.kind != "ReadVariableOp"]
    found = []
    for node in begun:
        wanted = [
            n for n in begun if n.index <= node.index and last.get(n.outputs[0], 0) > node.index
        ]
        wide = [n for n in wanted if trace.values[n.outputs[0]].size > 1]
        if node.kind not in PLUMBING and [n.index for n in wide] == [node.index]:
            found.append(node)
    return found


def last_resort(scene: Scene) -> Iterator[Cause]:
    """Yield that our whole way from the parting to the loss is replaced by theirs."""
    align = scene.align
    ours, theirs = (main_call(t) for t in (align.ours, align.theirs)) if align else (None, None)
    if align is None or ours is None or theirs is None:
        return
    mine = align.ours.maker.get(ours.targets[0])
    if mine is not None and mine.outputs[0] > 0:
        yield _transplant(scene, align, mine, theirs.targets[0])


def _replaceable(trace: Trace, region: list[Node], first: Node | None) -> list[Node]:
    start = first.index if first else 0
    usable = [
        n
        for n in region
        if n.index >= start
        and n.outputs
        and n.kind not in SOURCES
        and n.outputs[0] in trace.values
        and n.kind not in PLUMBING
        and trace.values[n.outputs[0]].dtype.kind == "f"
        and n.outputs[0] > 0
    ]
    return usable


def _offered(align: Alignment, parting: Parting) -> list[int]:
    """Return tensors of the other side that could stand there: made after the parting, or held."""
    trace = align.theirs
    made = [n.outputs[0] for n in parting.theirs if n.outputs and n.kind not in SOURCES]
    held = [i for n in parting.theirs for i in n.inputs if i in align.twins]
    # the result first where nothing is ours to go on from: an op that only we have is skipped
    mine = [t for n in parting.ours for i in n.inputs for t in align.to_theirs.get(i, ())[:1]]
    usable = [*made, *reversed(made), *held, *mine]
    return [
        t
        for t in dict.fromkeys(usable)
        if t in trace.values and trace.values[t].dtype.kind == "f" and t > 0
    ]


def _transplant(scene: Scene, align: Alignment, mine: Node, tensor: int) -> Cause:
    held = {t for t in align.twins if align.theirs.values[t].size > 1}
    grown = [] if tensor in held else align.theirs.ancestors(tensor, held)
    recipe = Recipe(scene, align, held, tensor)

    def swap(call: Any, node: Node, watch: Any) -> None:
        if node.key == mine.key:
            made = recipe.make(watch)
            call.outputs[0] = tf.cast(
                tf.reshape(made, call.outputs[0].shape), call.outputs[0].dtype
            )

    kinds = _kinds(grown)
    does = " + ".join(kinds[:8]) if kinds else "nothing"
    first = scene.spot.parting.first if scene.spot.parting else None
    own = _kinds(align.ours.ancestors(mine.outputs[0], align.to_theirs))[:8] or [mine.kind]
    layered = scene.spot.layer is not None and any(n.layer for n in grown)
    whose = f"layer {scene.layer_name(scene.spot.layer or 0)}" if layered else "the reference"
    return Cause(
        "computed-otherwise",
        f"the loop computes {' + '.join(own)} where {whose} computes {does} from the same tensors",
        f"compute {does} there" if kinds else f"leave out the {mine.kind}",
        Cure(f"{whose}'s computation put in the place of the loop's {' + '.join(own)}", at_op=swap),
        on="loop",
        nodes=(first or mine,),
    )


def _kinds(nodes: list[Node]) -> list[str]:
    """Return the kinds of op that say what is computed, each once, in order."""
    return list(dict.fromkeys(n.kind for n in nodes if n.kind not in (*PLUMBING, *SOURCES)))


class Recipe:
    """How to compute a tensor of the other side from tensors that ours has."""

    def __init__(self, scene: Scene, align: Alignment, held: set[int], tensor: int) -> None:
        self.scene, self.align, self.held, self.tensor = scene, align, held, tensor

    def make(self, watch: Any) -> Any:
        """Return the tensor, computed in our run as it stands."""
        made, nodes = self._gathered(watch)
        for node in nodes:
            inputs = [made[i] for i in node.inputs]
            if node.kind == "ReadVariableOp" and len(inputs) == 2:
                done = [inputs[1]]
            else:
                done = run_again(node.kind, inputs, node.attrs, len(node.outputs))
            made |= dict(zip(node.outputs, done, strict=True))
        return made[self.tensor]

    def _gathered(self, watch: Any) -> tuple[dict[int, Any], list[Node]]:
        """Return what our run has so far, and their ops that make the rest of it, in order."""
        made: dict[int, Any] = {}
        nodes: dict[int, Node] = {}
        front = [self.tensor]
        while front:
            tensor = front.pop()
            node = self.align.theirs.maker.get(tensor)
            if tensor in made or (node is not None and node.index in nodes):
                continue
            leaf = self._leaf(tensor, watch) if tensor in self.held or node is None else None
            if node is not None and leaf is None:
                nodes[node.index] = node
                front += node.inputs
            else:
                made[tensor] = self._given(tensor, watch) if leaf is None else leaf
        return made, [nodes[i] for i in sorted(nodes)]

    def _leaf(self, tensor: int, watch: Any) -> Any:
        """Return our tensor that is this one of theirs, or None where there is none yet."""
        weight = self._weight(tensor, watch)
        if weight is not None:
            return weight
        value = self.align.theirs.values.get(tensor)
        for ours in self.align.twins.get(tensor, ()) if value is not None else ():
            live = self._live(ours, watch)
            if live is not None and value is not None:
                shape = _shape(self.align.theirs.shapes[tensor], live)
                return tf.cast(tf.reshape(live, shape), value.dtype)
        return None

    def _given(self, tensor: int, watch: Any) -> Any:
        """Return a tensor that nothing made: a variable, a part of the batch, its numbers."""
        value = self.align.theirs.values.get(tensor)
        if value is None:
            return self._variable(tensor, watch)
        fed = self._fed(value, watch)
        return tf.constant(self._cut(value, watch) if fed is None else fed)

    def _weight(self, tensor: int, watch: Any) -> Any:
        """Return our variable where a tensor is theirs as the step found it."""
        i = self._number(tensor)
        return None if i is None else tf.convert_to_tensor(live_variable(i, watch))

    def _number(self, tensor: int) -> int | None:
        """Return which weight a tensor was read from: by its handle, or without an op of its own
        by its numbers.
        """
        read, handles = self.align.theirs.maker.get(tensor), self.scene.theirs.handles
        if read is not None:
            plain = read.kind == "ReadVariableOp" and len(read.inputs) == 1
            return handles.index(read.inputs[0]) if plain and read.inputs[0] in handles else None
        value = self.align.theirs.values.get(tensor)
        if value is None or value.size < 2:
            return None
        now = -1 if self.scene.spot.step == LAST else self.scene.step
        for i, weight in enumerate(self.scene.theirs.weights[now]):
            if weight.shape == value.shape and np.array_equal(weight, value):
                return i
        return None

    def _cut(self, value: np.ndarray, watch: Any) -> np.ndarray:
        """Return numbers of a whole batch as far as a smaller one goes."""
        now, then = len(watch.fed[0]), len(self._recorded()[0])
        if value.dtype.kind in "iu" and value.size < 8:
            return np.where(value == then, now, value).astype(value.dtype)  # a shape
        return value[:now] if value.ndim and len(value) == then and now < then else value

    def _recorded(self) -> list[np.ndarray]:
        if self.scene.spot.step == LAST:
            return leaves(rows(self.scene.stand.pair.data.x_test, slice(0, MAX_TEST_ROWS)))
        return leaves(list(self.scene.stand.batches[self.scene.step]))

    def _live(self, ours: int, watch: Any) -> Any:
        node = self.align.ours.maker.get(ours)
        if node is None:
            fed = self._fed(self.align.ours.values[ours], watch)
            return tf.constant(self.align.ours.values[ours] if fed is None else fed)
        return watch.by_key.get((node.key, node.outputs.index(ours)))

    def _fed(self, value: np.ndarray, watch: Any) -> Any:
        """Return the step's own batch where the recorded numbers were the recorded step's."""
        for old, new in zip(self._recorded(), watch.fed, strict=False):
            if old.size == value.size and np.array_equal(old.ravel(), value.ravel()):
                return np.asarray(new, value.dtype)
        return None

    def _variable(self, handle: int, watch: Any) -> Any:
        i = self.scene.theirs.handles.index(handle)
        return live_variable(i, watch).handle


def _shape(shape: tuple[int, ...], live: Any) -> list[int]:
    """Return a recorded shape, its first axis open where the batch is smaller now."""
    size = int(np.prod(live.shape, dtype=int))
    return list(shape) if int(np.prod(shape, dtype=int)) == size else [-1, *shape[1:]]
