"""The one figure that shows all of a report: a row a model, accuracy and how much faster."""

from typing import TYPE_CHECKING

from bench.records.reading import ModelRecords, Record
from bench.render.markdown import significant
from bench.render.svg import COLOURS, GREY, INK, PALE, new_figure, shown
from bench.report.advice import walked
from bench.report.choice import best, best_ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALT = (
    "A row a model. Left, how many ULP the two sides lie apart over how many steps, and the test "
    "accuracy of both; right, how many times as fast the hand-written step is as Keras's fit, and "
    "the best by hand as the best of Keras, with 95 % intervals on a logarithmic scale."
)
CAPTION = (
    "*What to see: the accuracies of both sides lie on each other, to the last bit of every weight "
    "where 0 ULP is written. Right of the line at 1 the hand-written code is faster: the round "
    "mark is one call a step against `fit`, the square one the best engine of each side.*"
)


def front(models: dict[str, ModelRecords]) -> "Figure":
    """Return the figure: accuracies on the left, ratios on the right."""
    figure = new_figure(1.3 + 0.5 * len(models))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.4))
    for place, records in enumerate(models.values()):
        _accuracy(left, place, records)
        _ratios(right, place, records)
    names = [f"{shown(model)}\n{walked(records)}" for model, records in models.items()]
    left.set_yticks(range(len(models)), names)
    left.set_ylim(len(models) - 0.4, -0.6)
    left.set_title("test accuracy, %: by hand (wide), Keras (narrow)")
    left.ticklabel_format(axis="x", useOffset=False)
    _scale(right)
    return figure


def _accuracy(axes: "Axes", place: int, records: ModelRecords) -> None:
    """Both sides' accuracy after the default initializer, one mark upon the other."""
    if not records.accuracy:
        axes.text(0.02, place, "not measured", transform=axes.get_yaxis_transform(), va="center")
        return
    record = records.accuracy[0]
    raw, keras = (100 * record[side]["accuracy"] for side in ("raw", "keras"))
    axes.plot(raw, place, "o", color=PALE, markersize=11)
    axes.plot(keras, place, "o", color=COLOURS["keras"], markersize=4)
    axes.annotate(
        f"{keras:.2f}", (keras, place), xytext=(0, 8), textcoords="offset points", ha="center",
        fontsize=8,
    )  # fmt: skip


def _ratios(axes: "Axes", place: int, records: ModelRecords) -> None:
    step, both = records.ratio("raw step"), best_ratio(records)
    if step is None or both is None:
        axes.text(0.02, place, "not measured", transform=axes.get_yaxis_transform(), va="center")
        return
    _mark(axes, place - 0.16, step, "o", COLOURS["raw"], "step against fit")
    raw, keras = best(records, "raw"), best(records, "keras")
    names = f"{raw['engine']} against {keras['engine']}" if raw and keras else ""
    best_pair = {"ratio": both.ratio, "low": both.low, "high": both.high}
    _mark(axes, place + 0.16, best_pair, "s", INK, names)


def _mark(axes: "Axes", place: float, ratio: Record, marker: str, colour: str, name: str) -> None:
    low, high = ratio.get("low") or ratio["ratio"], ratio.get("high") or ratio["ratio"]
    axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
    axes.plot(ratio["ratio"], place, marker, color=colour, markersize=5.5)
    words = f"{significant(ratio['ratio'])}  {shown(name)}"
    axes.annotate(
        words, (high, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8
    )


def _scale(axes: "Axes") -> None:
    from matplotlib.ticker import NullFormatter

    axes.set_title("times as fast by hand, 95 %")
    axes.axvline(1, color=GREY, linewidth=1.0)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, 0.9), max(high, 1.1) * 2.2)  # room for the words
    ticks = [t for t in (0.25, 0.5, 1, 2, 3, 5, 10, 20) if axes.get_xlim()[0] <= t <= high * 1.2]
    axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axes.xaxis.set_minor_formatter(NullFormatter())
