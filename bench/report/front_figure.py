"""The one figure that shows all of a report: a row a model, its accuracy and both prices."""

from typing import TYPE_CHECKING

from bench.records.reading import ModelRecords
from bench.render.markdown import significant
from bench.render.svg import (
    COLOURS,
    FAINT,
    GREY,
    INK,
    PALE,
    beside,
    legend,
    log_ticks,
    new_figure,
    rows,
    shown,
)
from bench.report.advice import walked
from bench.rounding import lean
from bench.timing.prices import FIT, LAYERS, Price, price

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALT = (
    "A row a model. Left, how many ULP the two sides lie apart over how many steps, and the test "
    "accuracy of both; right, how many times as long Keras's layers take as the hand-written ones "
    "in the same loop, and fit as a plain loop around the same layers, with 95 % intervals on a "
    "logarithmic scale."
)
CAPTION = (
    "*What to see: the accuracies of both sides lie on each other, to the last bit of every weight "
    "where 0 ULP is written. Right of the line at 1 Keras takes longer: the round mark is the "
    "price of Keras's layers, loss and optimizer in the same loop, the square one that of `fit` "
    "around the same layers.*"
)
NOT_MEASURED = "not measured"
MARKS = {
    LAYERS: (-0.17, "o", COLOURS["raw"], "Keras's layers / by hand, same loop"),
    FIT: (0.17, "s", INK, "fit / plain loop, same layers"),
}
"""Of each price: how far below the middle of its row, the mark, its colour, what it is."""


def front(models: dict[str, ModelRecords]) -> "Figure":
    """Return the figure: accuracies on the left, prices on the right."""
    figure = new_figure(1.5 + 0.5 * len(models))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.15))
    for place, records in enumerate(models.values()):
        _accuracy(left, place, records)
        _prices(right, place, records)
    rows(left, [f"{shown(model)}\n{walked(records)}" for model, records in models.items()])
    right.grid(axis="y", color=FAINT, linewidth=0.8)
    right.tick_params(axis="y", length=0)
    right.set_axisbelow(True)
    left.set_title("test accuracy, %")
    left.ticklabel_format(axis="x", useOffset=False)
    left.locator_params(axis="x", nbins=5)
    left.margins(x=0.1)
    _scale(right)
    legend(figure, left, right)
    return figure


def _accuracy(axes: "Axes", place: int, records: ModelRecords) -> None:
    """Both sides' accuracy after the default initializer, one mark upon the other."""
    if not records.accuracy:
        beside(axes, place, NOT_MEASURED)
        return
    record = records.accuracy[0]
    raw, keras = (100 * record[side]["accuracy"] for side in ("raw", "keras"))
    axes.plot(raw, place, "o", color=PALE[0], markersize=11, label="by hand")
    axes.plot(keras, place, "o", color=COLOURS["keras"], markersize=4, label="Keras")
    words = dict.fromkeys(f"{lean(each):.2f}" for each in (raw, keras))
    beside(axes, place, " | ".join(words))


def _prices(axes: "Axes", place: int, records: ModelRecords) -> None:
    timed = records.throughput if records.equal else None
    paid = [price(timed, of) for of in MARKS] if timed else []
    if not any(paid):
        beside(axes, place, NOT_MEASURED)
    for each in filter(None, paid):
        _mark(axes, place, each)


def _mark(axes: "Axes", place: float, paid: Price) -> None:
    below, marker, colour, label = MARKS[paid.of]
    times, y = paid.times, place + below
    axes.plot([times.low, times.high], [y, y], color=colour, linewidth=1.6)
    axes.plot(times.ratio, y, marker, color=colour, markersize=5.5, label=label)
    dear, cheap = (name.split(" ", 1)[1] for name in (paid.dear, paid.cheap))
    beside(axes, y, f"{significant(times.ratio)}  {shown(dear)} / {shown(cheap)}")


def _scale(axes: "Axes") -> None:
    axes.set_title("times as long in Keras, 95 %")
    axes.axvline(1, color=GREY, linewidth=1.0)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    low, high = min(low, 0.9), max(high, 1.1)
    axes.set_xlim(low, high)
    axes.set_xticks(ticks := log_ticks(low, high), [f"{t:g}" for t in ticks])
    axes.set_xticks([], minor=True)
