"""Distance against step: a pair that is the same program, one of the same formula, rounding."""

from math import inf, nan
from typing import TYPE_CHECKING, Any

from bench.records.reading import Record
from bench.render.svg import COLOURS, FAINT, GREY, PALE, from_zero, legend, new_figure, shown, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_INCHES = 3.4
ROUNDING = 2.0**-24
"""The largest relative error of one rounding in float32."""
LEAST = 1e-8
"""Less than one rounding: below that there is nothing but 0."""
ALT = (
    "How far the weights lie from Keras's after each step, relative to the largest weight of their "
    "tensor, on a logarithmic scale that starts at 0: the fused twin, the twin in formulas, and "
    "Keras's twin with its last bits shaken."
)
CAPTION = (
    "*What to see: the fused twin lies at 0 at every step, for it is the same program. The twin in "
    "formulas, gradients by hand, drifts as rounding does: in grey stands how far the model drifts "
    "from itself when it is shaken, every weight moved by a few last bits after each step. The "
    "distance is the largest of any weight over the largest weight of its tensor: a weight near 0 "
    "may be many ULP away and mean nothing.*"
)
STYLES: tuple[dict[str, Any], ...] = (
    {"color": COLOURS["raw"], "linewidth": 2.5, "marker": "o", "markersize": 4},
    {"color": COLOURS["keras"], "linewidth": 1.3, "marker": "s", "markersize": 3},
    {"color": PALE[2], "linewidth": 5, "zorder": 1},
)


def draw(record: Record) -> "Figure":
    """Return the figure of one walk."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(HEIGHT_INCHES)
    axes = figure.subplots()
    title(figure, f"{shown(record['model'])}: how far the weights lie from Keras's")
    axes.set_title("relative to the largest weight of the tensor")
    walks = {name: _distances(series) for name, series in record["series"].items()}
    for (name, walk), style in zip(walks.items(), STYLES, strict=False):
        axes.plot(range(1, len(walk) + 1), walk, label=shown(name), **style)
    finite = [each for walk in walks.values() for each in walk if 0 <= each < inf]
    from_zero(axes, LEAST, max(finite, default=LEAST))
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    axes.axhline(ROUNDING, color=GREY, linewidth=0.8, linestyle=":", label="one rounding")
    axes.set_xlabel("step")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    legend(figure, axes)
    return figure


def _distances(series: list[Record]) -> list[float]:
    """Return what is drawn of each step; what is not finite leaves a gap."""
    return [nan if step["max_relative"] is None else step["max_relative"] for step in series]
