"""The law of overhead drawn: a step's time against its batch size and its arithmetic, log-log."""

from collections.abc import Iterable
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from bench.law.points import BATCH, FROM, WIDTH
from bench.records.reading import Record
from bench.render.svg import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# From the palette of Okabe and Ito; raw code in cold colours, Keras in warm ones.
COLOURS = {
    "raw": ("#0072B2", "#56B4E9", "#009E73", "#000000"),
    "keras": ("#D55E00", "#E69F00", "#CC79A7", "#F0E442"),
}
MARKERS = "osvD^<>P"
FLOOR = "#777777"
HEIGHT_INCHES = 4.4

CAPTION = (
    "*Each point is the mean time of a step, its whisker the 95 % interval over blocks; each line "
    "is fixed cost + slope. To the left the lines lie flat: there a step costs what its engine "
    "takes to start it, and the engines differ. To the right they climb side by side: there "
    "arithmetic is all that counts, and they meet. The grey dashed line is the least time in which "
    "this machine could do that arithmetic, at the rate of its large matrix product; the vertical "
    "line is the batch size from which Keras `fit` costs under 5 % more than the raw step.*"
)
ALT = (
    "Two log-log panels of microseconds a step for each raw and Keras engine, with fitted lines: "
    "left against batch size, right against MFLOP as the model is widened; a dashed grey floor of "
    "arithmetic lies beneath."
)


def make_figure(record: Record) -> "Figure":
    """Return the figure: the sweep over batch sizes on the left, over widths on the right."""
    figure = new_figure(HEIGHT_INCHES)
    left, right = figure.subplots(1, 2)
    _panel(left, record, BATCH)
    _crossover(left, record["crossover"])
    left.set(title=f"{record['model']}: µs a step by batch size", xlabel="samples in a batch")
    _panel(right, record, WIDTH)
    right.set(title=f"{record['model']}: µs a step by width", xlabel="MFLOP of a step")
    _widths(right, record)
    handles, labels = left.get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _panel(axes: "Axes", record: Record, sweep: str) -> None:
    """Draw the points, the laws and the floor of a sweep, or say that there is nothing."""
    points = [p for p in record["points"] if p["sweep"] == sweep and "engines" in p]
    if not points:
        words = record["width_words"] if sweep == WIDTH else "not measured"
        axes.set_xticks([])
        axes.set_yticks([])
        axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes)
        return
    axes.set(xscale="log", yscale="log")
    x = np.array([p["batch_size"] if sweep == BATCH else p["flops"] / 1e6 for p in points])
    along = np.geomspace(x.min(), x.max(), 100)
    for engine, (colour, marker) in styles(points[0]["engines"]).items():
        _points(axes, engine, x, points, colour, marker)
        if law := record["laws"][sweep].get(engine):
            line = 1e6 * (law["fixed"]["value"] + law["slope"]["value"] * along)
            axes.plot(along, line, color=colour, linewidth=1.2)
    if record["floor"]:
        least = np.array([p["flops"] for p in points]) / record["floor"]["best_gflops"] / 1e3
        rate = f"floor: {record['floor']['best_gflops']:.0f} GFLOP/s"
        axes.plot(x, least, color=FLOOR, linestyle="--", linewidth=1.2, label=rate)
    axes.set_xticks(x, [_number(value) for value in x])
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_formatter(lambda value, _: _number(value))


def styles(engines: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the colour and the marker of each engine, in their order, whichever they are.

    >>> styles(["raw step", "keras fit"])
    {'raw step': ('#0072B2', 'o'), 'keras fit': ('#D55E00', 's')}
    """
    colours = {impl: cycle(some) for impl, some in COLOURS.items()}
    named = zip(engines, cycle(MARKERS), strict=False)
    return {engine: (next(colours[engine.split()[0]]), marker) for engine, marker in named}


def _points(
    axes: "Axes", engine: str, x: np.ndarray, points: list[Record], colour: str, marker: str
) -> None:
    """Draw an engine's points, a whisker from end to end of each interval."""
    timed = [point["engines"][engine] for point in points]
    means = np.array([each["mean"] for each in timed])
    # an interval of few blocks may reach below zero, where a logarithm ends
    low = np.array([max(_end(each, "low"), each["mean"] / 10) for each in timed])
    high = np.array([_end(each, "high") for each in timed])
    axes.errorbar(
        x,
        1e6 * means,
        yerr=1e6 * np.maximum(np.stack([means - low, high - means]), 0),
        fmt=marker,
        color=colour,
        markersize=4.5,
        elinewidth=1.0,
        capsize=2.5,
        label=engine,
    )


def _end(estimate: Record, key: str) -> float:
    """Return an end of an interval; the mean where there is none."""
    return estimate["mean"] if estimate[key] is None else estimate[key]


def _crossover(axes: "Axes", crossover: Record) -> None:
    """Draw the crossover and its interval where there is one within the sweep."""
    if crossover["word"] != FROM:
        return
    axes.axvspan(crossover["low"], crossover["high"], color="#000000", alpha=0.08, linewidth=0)
    axes.axvline(crossover["value"], color="#000000", linewidth=0.8)


def _widths(axes: "Axes", record: Record) -> None:
    """Write the width above each point of the right panel."""
    points = [p for p in record["points"] if p["sweep"] == WIDTH and "engines" in p]
    for point in points:
        top = max(1e6 * each["mean"] for each in point["engines"].values())
        axes.annotate(
            f"x{point['width']}",
            (point["flops"] / 1e6, top),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
