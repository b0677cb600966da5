"""Both graphs of a step drawn, every box one purpose: small enough to read."""

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
from bench.render.svg import COLOURS, INK, SMALL, new_figure, shown, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_INCHES = 7.6
ALT = (
    "Two graphs of a training step, by hand and in Keras, a box for each purpose with the number "
    "and the main types of its operations; boxes that only Keras has are orange."
)
CAPTION = (
    "*What to see: data, forward pass, loss, gradient and update are the same on both sides. What "
    "Keras adds stands in the orange boxes: a loss tracker, a step counter, and the logs that it "
    "reads back. In brackets all operations of a purpose, after Grappler; below them the most "
    "frequent types: constants and placeholders are counted, not named.*"
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
SHOWN = 3
"""Types of operations that a box names, one a line."""
LONGEST = 31
"""Characters of a line: a longer name would leave its box."""
BOTH, ALONE = (COLOURS["raw"], "white"), (COLOURS["keras"], "#FBE3D1")
"""The edge and the ground of a box: a purpose of both sides, or of one alone."""
_UNNAMED = {"Const", "Placeholder", "Identity", "Shape", "NoOp"}
_WIDTH, _HEIGHT, _COLUMN = 1.0, 0.7, 1.13
_LEFT, _GAP = 0.72, 0.06
"""Left of the first column's middle, where arrows bend round a box, and right of the last box."""


def draw(record: Record) -> "Figure":
    """Return the figure: by hand on the left, Keras on the right."""
    figure = new_figure(HEIGHT_INCHES)
    title(figure, f"{shown(record['model'])}: a step of training")
    graphs = {side: record["sides"][side]["optimized"] for side in ("raw", "keras")}
    widths = {side: _wide(graph) for side, graph in graphs.items()}
    panels = figure.subplots(1, 2, width_ratios=list(widths.values()))
    sides = zip(panels, graphs.items(), ("by hand", "Keras"), strict=True)
    for axes, (side, graph), name in sides:
        operations = graph["operations"]
        total = sum(n for ops in operations.values() for n in ops.values())
        axes.set_title(f"{name}: {total:,} operations")
        axes.set_axis_off()
        axes.set(xlim=(-_LEFT, widths[side] - _LEFT), ylim=(4.42, -0.42))
        _arrows(axes, graph)
        for role in operations:
            alone = any(role not in other["operations"] for other in graphs.values())
            if role != OUTPUT:
                _box(axes, role, operations[role], alone)
    _legend(figure)
    return figure


def _wide(graph: Record) -> float:
    """Return how wide the boxes of a graph are together: one column of them, or two."""
    columns = {PLACES[role][0] for role in graph["operations"] if role in PLACES} | {0}
    return _LEFT + _COLUMN * max(columns) + _WIDTH / 2 + _GAP


def _legend(figure: "Figure") -> None:
    from matplotlib.patches import Patch

    words = ("a purpose that both sides have", "one that this side alone has")
    handles = [
        Patch(edgecolor=edge, facecolor=face, label=said)
        for (edge, face), said in zip((BOTH, ALONE), words, strict=True)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)


def _box(axes: "Axes", role: str, operations: dict[str, int], alone: bool) -> None:
    from matplotlib.patches import FancyBboxPatch

    column, y = PLACES[role]
    x = _COLUMN * column
    edge, face = ALONE if alone else BOTH
    corner = (x - _WIDTH / 2, y - _HEIGHT / 2)
    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(
        FancyBboxPatch(corner, _WIDTH, _HEIGHT, boxstyle=style, ec=edge, fc=face, lw=1.4, zorder=2)
    )
    axes.text(x, y - 0.23, f"{role} ({sum(operations.values())})", ha="center", va="center",
              fontweight="bold", zorder=3)  # fmt: skip
    axes.text(x, y - 0.12, _named(operations), ha="center", va="top", fontsize=SMALL, zorder=3)


def _named(operations: dict[str, int]) -> str:
    """Return the most frequent types of operations of a box, one a line, and how many are left.

    >>> print(_named({"Mul": 2, "Const": 3, "Sub": 1}))
    2 Mul
    Sub
    """
    telling = {op: n for op, n in operations.items() if op not in _UNNAMED} or operations
    most = sorted(telling.items(), key=lambda item: (-item[1], item[0]))
    named = most if len(most) <= SHOWN + 1 else most[:SHOWN]
    lines = [_short(op if n == 1 else f"{n:,} {op}") for op, n in named]
    more = len(most) - len(named)
    return "\n".join([*lines, *[f"and {more} more types"] * bool(more)])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}..."


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
    x, to_x = _COLUMN * column, _COLUMN * to_column
    if column != to_column:
        side = _WIDTH / 2 if to_column > column else -_WIDTH / 2
        return (x + side, row), (to_x - side, to_row), 0.0
    if to_row == row + 1:
        return (x, row + _HEIGHT / 2), (x, to_row - _HEIGHT / 2), 0.0
    left = x - _WIDTH / 2
    return (left, row), (left, to_row), 0.3
