"""ULP against step: a pair that is the same program, one that is the same formula, and rounding."""

from typing import TYPE_CHECKING, Any

from bench.records.reading import Record
from bench.render.svg import COLOURS, GREY, PALE, from_zero, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_INCHES = 3.2
ALT = (
    "Largest distance of any weight to Keras's after each step, in ULP, on a logarithmic scale "
    "that starts at 0: the fused twin, the twin in formulas, and Keras's twin with its last bits "
    "shaken."
)
CAPTION = (
    "*What to see: the fused twin lies at 0 at every step, for it is the same program. The twin in "
    "formulas, gradients by hand, drifts, but no further than the model drifts from itself when "
    "it is shaken: when every weight is moved by a few last bits after each step. So the formulas "
    "sum in another order; they are no other mathematics.*"
)
STYLES: tuple[dict[str, Any], ...] = (
    {"color": COLOURS["raw"], "linewidth": 2.5, "marker": "o", "markersize": 4},
    {"color": COLOURS["keras"], "linewidth": 1.3, "marker": "s", "markersize": 3},
    {"color": GREY, "linewidth": 5, "alpha": 0.45},
)


def draw(record: Record) -> "Figure":
    """Return the figure of one walk."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(HEIGHT_INCHES)
    axes = figure.subplots()
    axes.set_facecolor("white")
    axes.set_title(f"{record['model']}: weights apart from Keras's, ULP")
    for (name, series), style in zip(record["series"].items(), STYLES, strict=False):
        ulps = [step["max_ulp"] for step in series]
        axes.plot(range(1, len(ulps) + 1), ulps, label=name, **style)
    from_zero(axes)
    axes.axhline(0, color=PALE, linewidth=0.6, zorder=0)
    axes.set_xlabel("step")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize=8, frameon=False)
    return figure
