"""The law of overhead drawn: a step's time against its batch size and its arithmetic, log-log."""

from collections.abc import Iterable
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from bench.law.points import BATCH, FROM, WIDTH
from bench.records.reading import Record
from bench.render.svg import GREY, SHADES, legend, log_ticks, new_figure, say, shown, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = "osvD^<>P"
HEIGHT_INCHES = 4.4
LABELS = {
    BATCH: ("batch size", "samples in a batch"),
    WIDTH: ("width", "MFLOP of a step (x: so many times as wide)"),
}
"""Of each sweep: what it is by, and what stands below its axis."""

CAPTION = (
    "*Each point is the mean time of a step, its whisker the 95 % interval over blocks; each line "
    "is fixed cost + slope. To the left the lines lie flat: there a step costs what its engine "
    "takes to start it, and the engines differ. To the right they climb side by side: there "
    "arithmetic is all that counts, and they meet. The grey dashed line is the least time in which "
    "this machine could do that arithmetic, at the rate of its large matrix product; the vertical "
    "line is the batch size from which Keras `fit` costs under 5 % more than the raw step.*"
)
ALT = (
    "Log-log panels of microseconds a step for each raw and Keras engine, with fitted lines: "
    "against batch size and, where it was measured, against MFLOP as the model is widened; a "
    "dashed grey floor of arithmetic lies beneath."
)


def make_figure(record: Record) -> "Figure":
    """Return the figure: the sweep over batch sizes, and that over widths where it has points."""
    panels = {sweep: points for sweep in LABELS if len(points := _timed(record, sweep)) > 1}
    figure = new_figure(HEIGHT_INCHES)
    title(figure, f"{shown(record['model'])}: µs a step")
    if not panels:
        say(figure.subplots(), "not measured")
        return figure
    drawn = zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True)
    for axes, sweep in drawn:
        _panel(axes, record, sweep, panels[sweep])
    if BATCH in panels:
        _crossover(figure.axes[0], record["crossover"])
    legend(figure, figure.axes[0])
    return figure


def _timed(record: Record, sweep: str) -> list[Record]:
    return [p for p in record["points"] if p["sweep"] == sweep and "engines" in p]


def _panel(axes: "Axes", record: Record, sweep: str, points: list[Record]) -> None:
    """Draw the points, the laws and the floor of a sweep."""
    what, label = LABELS[sweep]
    axes.set(title=f"by {what}", xlabel=label)
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
        axes.plot(x, least, color=GREY, linestyle="--", linewidth=1.2, label=rate)
    axes.set_xticks(x, [_at(point) for point in points])
    axes.set_xticks([], minor=True)
    ticks = log_ticks(*axes.get_ylim())
    axes.set_yticks(ticks, [_number(value) for value in ticks])
    axes.set_yticks([], minor=True)


def styles(engines: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the colour and the marker of each engine, in their order, whichever they are.

    >>> styles(["raw step", "keras fit"])
    {'raw step': ('#0072B2', 'o'), 'keras fit': ('#D55E00', 's')}
    """
    colours = {impl: cycle(some) for impl, some in SHADES.items()}
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


def _at(point: Record) -> str:
    """Return what stands below a point: the size of its batch, or its arithmetic and its width."""
    if point["sweep"] == BATCH:
        return _number(point["batch_size"])
    return f"{_number(point['flops'] / 1e6)}\nx{point['width']}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
