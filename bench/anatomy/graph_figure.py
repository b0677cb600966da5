"""Both graphs of a step drawn, every box one purpose: small enough to read."""

import textwrap
from typing import TYPE_CHECKING

from bench.anatomy.roles import (
    AVERAGES,
    COUNTER,
    DATA,
    FORWARD,
    GRADIENT,
    LOSS,
    OUTPUT,
    RANDOM,
    READING,
    TRACKER,
    UPDATE,
)  # fmt: skip
from bench.records.reading import Record
from bench.render.svg import COLOURS, INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_INCHES = 6.2
ALT = (
    "Two graphs of a training step, by hand and in Keras, a box for each purpose with the number "
    "and the main types of its operations; boxes that only Keras has are orange."
)
CAPTION = (
    "*What to see: data, forward pass, loss, gradient and update are the same on both sides. What "
    "Keras adds stands in the orange boxes: a loss tracker, a step counter, and the logs that it "
    "reads back. Operations after Grappler; constants and placeholders are counted, not named.*"
)
# where each box stands: (column, row); the training runs down the left, the rest beside it
PLACES = {
    DATA: (0, 0),
    FORWARD: (0, 1),
    LOSS: (0, 2),
    GRADIENT: (0, 3),
    UPDATE: (0, 4),
    RANDOM: (1, 0),
    AVERAGES: (1, 1),
    TRACKER: (1, 2),
    READING: (1, 3),
    COUNTER: (1, 4),
}
SHOWN, LINE = 4, 30
"""Types of operations that a box names, and characters of a line of them."""
_UNNAMED = {"Const", "Placeholder", "Identity", "Shape", "NoOp"}
_WIDTH, _HEIGHT = 0.86, 0.62


def draw(record: Record) -> "Figure":
    """Return the figure: by hand on the left, Keras on the right."""
    figure = new_figure(HEIGHT_INCHES)
    panels = figure.subplots(1, 2)
    own = record["sides"]["raw"]["optimized"]["operations"].keys()
    for axes, side, name in zip(panels, ("raw", "keras"), ("by hand", "Keras"), strict=True):
        graph = record["sides"][side]["optimized"]
        total = sum(n for ops in graph["operations"].values() for n in ops.values())
        axes.set_title(f"{record['model']}, {name}: {total} operations a step")
        axes.set_axis_off()
        axes.set(xlim=(-0.75, 1.5), ylim=(4.45, -0.45))
        _arrows(axes, graph)
        for role, operations in graph["operations"].items():
            if role != OUTPUT:
                _box(axes, role, operations, extra=role not in own)
    return figure


def _box(axes: "Axes", role: str, operations: dict[str, int], extra: bool) -> None:
    from matplotlib.patches import FancyBboxPatch

    x, y = PLACES[role]
    edge, face = (COLOURS["keras"], "#FBE3D1") if extra else (COLOURS["raw"], "white")
    corner = (x - _WIDTH / 2, y - _HEIGHT / 2)
    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(
        FancyBboxPatch(corner, _WIDTH, _HEIGHT, boxstyle=style, ec=edge, fc=face, lw=1.4, zorder=2)
    )
    axes.text(x, y - 0.13, f"{role} ({sum(operations.values())})", ha="center", va="center",
              fontsize=9, fontweight="bold", zorder=3)  # fmt: skip
    axes.text(x, y + 0.13, _named(operations), ha="center", va="center", fontsize=6.5, zorder=3)


def _named(operations: dict[str, int]) -> str:
    """Return the most frequent types of operations of a box."""
    telling = {op: n for op, n in operations.items() if op not in _UNNAMED} or operations
    most = sorted(telling.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    words = [op if n == 1 else f"{n} {op}" for op, n in most]
    lines = textwrap.wrap(", ".join(words), LINE, break_long_words=False)
    return "\n".join([*lines, *["..."] * (len(telling) > SHOWN)])


def _arrows(axes: "Axes", graph: Record) -> None:
    for source, target in graph["edges"]:
        if source in PLACES and target in PLACES and _is_told(source, target):
            start, end, bend = _way(source, target)
            style = {"arrowstyle": "-|>", "color": INK, "lw": 1.0, "shrinkA": 0, "shrinkB": 0}
            style |= {"connectionstyle": f"arc3,rad={bend}"}
            axes.annotate("", end, start, arrowprops=style, zorder=1)


def _is_told(source: str, target: str) -> bool:
    """Return whether an arrow is drawn: variables reach every box, and that says nothing."""
    (column, row), (to_column, to_row) = PLACES[source], PLACES[target]
    down = column != to_column or to_row > row
    return down and target != DATA and (source != DATA or target == FORWARD)


def _way(source: str, target: str) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return from where to where an arrow runs, and how far it bends round a box between."""
    (column, row), (to_column, to_row) = PLACES[source], PLACES[target]
    if column != to_column:
        side = _WIDTH / 2 if to_column > column else -_WIDTH / 2
        return (column + side, row), (to_column - side, to_row), 0.0
    if to_row == row + 1:
        return (column, row + _HEIGHT / 2), (column, to_row - _HEIGHT / 2), 0.0
    left = column - _WIDTH / 2
    return (left, row), (left, to_row), 0.35
