"""Growth drawn, a figure an axis: samples a second, or the gain of seeds, and memory."""

from typing import TYPE_CHECKING

from bench.growth.points import SEEDS
from bench.growth.words import WHAT, number
from bench.law.figure import styles
from bench.records.reading import Record
from bench.render.svg import GREY, legend, log_ticks, new_figure, say, shown, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_INCHES = 4.0
CAPTION = (
    "*Left: samples a second of every engine, both axes logarithmic; where the lines meet, by hand "
    "stops to matter. Right: the most memory that a process has had on its way there.*"
)
SEEDS_CAPTION = (
    "*Left: how many times as fast seeds are together as one after another by each engine, "
    "with 95 % intervals; on the dashed line nothing is gained. Right: the most memory that a "
    "process has had on its way there.*"
)
ALT = "Two panels against {what}: {left} of each engine, and its memory in MiB."


def caption(axis: str) -> str:
    """Return what stands below the figure of an axis."""
    return SEEDS_CAPTION if axis == SEEDS else CAPTION


def alt(axis: str) -> str:
    """Return the text alternative of the figure of an axis."""
    left = "the gain of seeds together" if axis == SEEDS else "samples a second"
    return ALT.format(what=WHAT[axis].lower(), left=left)


def make_figure(record: Record, axis: str) -> "Figure":
    """Return the figure of an axis."""
    points = [point for point in record["points"] if point["axis"] == axis]
    timed = [point for point in points if "ratios" in point]
    weighed = [point for point in points if point["memory_mib"]]
    figure = new_figure(HEIGHT_INCHES)
    title(figure, f"{shown(record['model'])}: growth with {WHAT[axis].lower()}")
    left, right = figure.subplots(1, 2)
    colours = styles(_names(points))
    if axis == SEEDS and timed:
        _gains(left, timed, colours)
    elif timed:
        _lines(left, [p["samples_per_second"] for p in timed], timed, colours)
        left.set(title="samples a second")
    else:
        say(left, "not timed")
    if weighed:
        _lines(right, [p["memory_mib"] for p in weighed], weighed, colours)
        right.set(title="memory, MiB")
    else:
        say(right, "memory not measured")
    for axes, own in ((left, timed), (right, weighed)):
        if own:
            _ticks(axes, own, axis)
    legend(figure, left, right)
    return figure


def _names(points: list[Record]) -> list[str]:
    """Return every arm, those that are timed first."""
    timed = [arm for p in points for arm in p.get("samples_per_second", {})]
    return list(dict.fromkeys([*timed, *(arm for p in points for arm in p["memory_mib"])]))


def _lines(
    axes: "Axes",
    values: list[dict[str, float]],
    points: list[Record],
    colours: dict[str, tuple[str, str]],
) -> None:
    """Draw a line an arm through what it has at the points."""
    for arm, (colour, marker) in colours.items():
        own = [(p["value"], v[arm]) for p, v in zip(points, values, strict=True) if arm in v]
        if own:
            x, y = zip(*own, strict=True)
            axes.plot(x, y, color=colour, marker=marker, markersize=4.5, linewidth=1.2, label=arm)


def _gains(axes: "Axes", points: list[Record], colours: dict[str, tuple[str, str]]) -> None:
    """Draw the gain of seeds together over each engine that trains one after another."""
    for arm in dict.fromkeys(arm for point in points for arm in point["gains"]):
        own = [point for point in points if arm in point["gains"]]
        _gain(axes, arm, own, *colours[arm])
    axes.axhline(1.0, color=GREY, linestyle="--", linewidth=1.0)
    axes.set(title="times as fast as one after another")


def _gain(axes: "Axes", arm: str, points: list[Record], colour: str, marker: str) -> None:
    """Draw one of them, a whisker from end to end of each interval."""
    gains = [point["gains"][arm] for point in points]
    x, y = [p["value"] for p in points], [g["ratio"] for g in gains]
    below = [max(0.0, g["ratio"] - (g["low"] or g["ratio"])) for g in gains]
    above = [max(0.0, (g["high"] or g["ratio"]) - g["ratio"]) for g in gains]
    axes.errorbar(
        x, y, yerr=[below, above], fmt=f"{marker}-", color=colour, markersize=4.5, linewidth=1.2,
        elinewidth=1.0, capsize=2.5, label=arm,
    )  # fmt: skip


def _ticks(axes: "Axes", points: list[Record], axis: str) -> None:
    """Set both axes to logarithms, with a tick at each point and round numbers upright."""
    axes.set(xscale="log", yscale="log", xlabel=WHAT[axis].lower())
    values = [point["value"] for point in points]
    axes.set_xticks(values, [number(value) for value in values])
    axes.set_xticks([], minor=True)
    low, high = axes.get_ylim()
    if high / low < SPREAD:  # a single round number would be all that an axis has
        low, high = low / SPREAD**0.5, high * SPREAD**0.5
        axes.set_ylim(low, high)
    ticks = log_ticks(low, high)
    axes.set_yticks(ticks, [number(value) for value in ticks])
    axes.set_yticks([], minor=True)


SPREAD = 1.6
"""The least that an upright axis spans."""
