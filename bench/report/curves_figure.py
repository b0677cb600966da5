"""Learning curves of both sides drawn over each other, and how far the sides lie apart below."""

import re
from collections.abc import Iterator
from itertools import cycle
from typing import TYPE_CHECKING, Any

from bench.records.reading import ModelRecords, Record
from bench.render.markdown import scalar
from bench.render.svg import INK, PALE, SHADES, from_zero, legend, new_figure, say, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = "os^Dv"
HEIGHT_INCHES = 4.8
ALT = (
    "Above, validation accuracy and training loss by epoch, raw as a wide pale line and Keras as a "
    "dashed one on it, each initializer in a colour of its own; below, how many ULP the weights of "
    "the two lie apart after each epoch."
)
CAPTION = (
    "*What to see: Keras's dashed line lies on the wide line of the raw code all the way, and "
    "the line below stays at 0: not a bit of any weight differs. Another initializer makes another "
    "curve, on both sides alike. The losses of an epoch are the same too; that they differ in the "
    "seventh digit is how they are averaged: Keras adds them up in float32, by hand in float64.*"
)


def curves(records: ModelRecords) -> "Figure":
    """Return the figure: accuracy and loss above, the distance of the weights below."""
    figure = new_figure(HEIGHT_INCHES)
    grid = figure.subplots(2, 2, sharex="col", height_ratios=(3, 1))
    drawn = [record for record in records.accuracy if record.get("curves")]
    _panel(grid[0][0], drawn, "val_accuracy", "validation accuracy, %")
    _panel(grid[0][1], drawn, "loss", "training loss, nats")
    _apart(grid[1][0], drawn)
    _loss_apart(grid[1][1], drawn)
    legend(figure, grid[0][1])
    return figure


def _styled(records: list[Record]) -> Iterator[tuple[Record, str, str, str]]:
    """Yield each record with its marker, and its colours by hand and in Keras."""
    return zip(records, cycle(MARKERS), cycle(PALE), cycle(SHADES["keras"]), strict=False)


def _panel(axes: "Axes", records: list[Record], key: str, title: str) -> None:
    axes.set_title(title)
    if not any(_values(r, side, key) for r in records for side in ("raw", "keras")):
        say(axes, "not measured")
        return
    for record, marker, pale, strong in _styled(records):
        name = shown(scalar(record["config"].get("initializer")))
        wide = {"color": pale, "linewidth": 6, "solid_capstyle": "round", "markersize": 9}
        dashed = {"color": strong, "linewidth": 1.3, "linestyle": "--", "markersize": 4}
        _curve(axes, _values(record, "raw", key), marker, f"raw, {name} (wide)", wide)
        _curve(axes, _values(record, "keras", key), marker, f"Keras, {name} (dashed)", dashed)
    axes.ticklabel_format(axis="y", useOffset=False)


def _values(record: Record, side: str, key: str) -> list[tuple[int, float]]:
    """Return the points of a curve; accuracies in percent."""
    scale = 100.0 if key == "val_accuracy" else 1.0
    points = record["curves"].get(side, [])
    return [(p["epoch"], scale * p[key]) for p in points if p.get(key) is not None]


def _curve(
    axes: "Axes", points: list[tuple[int, float]], marker: str, name: str, style: dict[str, Any]
) -> None:
    every = max(1, len(points) // 10)
    x, y = [p[0] for p in points], [p[1] for p in points]
    axes.plot(x, y, marker=marker, markevery=every, label=name, **style)


def _apart(axes: "Axes", records: list[Record]) -> None:
    """The largest distance of any weight after each epoch, in ULP."""
    _epochs(axes)
    axes.set_title("weights apart, ULP")
    known = [record["weights"] for record in records if record.get("weights")]
    if not known:
        say(axes, "not measured")
        return
    for distances in known:
        ulps = [distance["max_ulp"] for distance in distances]
        axes.plot(range(1, len(ulps) + 1), ulps, color=INK, linewidth=1.5)
    most = max(distance["max_ulp"] for distances in known for distance in distances)
    from_zero(axes, 1.0, most, ticks=2)


def _loss_apart(axes: "Axes", records: list[Record]) -> None:
    """The training losses' difference: the same losses, averaged in another precision."""
    _epochs(axes)
    axes.set_title("training loss, raw less Keras, nats")
    for record, _, _, strong in _styled(records):
        raw, keras = (dict(_values(record, side, "loss")) for side in ("raw", "keras"))
        both = sorted(raw.keys() & keras.keys())
        axes.plot(both, [raw[e] - keras[e] for e in both], color=strong, linewidth=1.0)
    axes.locator_params(axis="y", nbins=3)
    axes.yaxis.set_major_formatter(lambda value, _: re.sub(r"e-0*", "e-", f"{value:g}"))


def _epochs(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
