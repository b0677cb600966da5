"""A scaling drawn: times as fast as one, measured and projected, and what a step is made of."""

from typing import TYPE_CHECKING

from bench.records.reading import Record
from bench.render.svg import (
    COLOURS,
    FAINT,
    GREY,
    INK,
    PALE,
    legend,
    log_ticks,
    new_figure,
    rows,
    say,
    shown,
    title,
)
from bench.scaling.points import HERE, KINDS, PROJECTION, crew_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT_INCHES = 4.6
SHADES_OF = dict(zip(KINDS, (COLOURS["raw"], COLOURS["keras"]), strict=True))
STRONG, WEAK = "the same batch", "as much each"
MARKERS = {STRONG: "o", WEAK: "^"}
PARTS = {
    "compute": ("computation", PALE[0]),
    "exchange": ("communication", COLOURS["keras"]),
    "left": ("left over", PALE[2]),
}
CAPTION = (
    "*Left: how many times as many samples a second as one, both axes logarithmic: filled marks "
    "are measured, with 95 % intervals, hollow ones on dotted lines are a projection, not "
    "measured, of a core for each. Dashed is the most that these cores can give, faint what a core "
    "for each would. Right: what a step is made of, computation and communication each measured by "
    "itself, and what they leave of the whole (the black mark).*"
)
ALT = (
    "Two panels: times as fast as one against the number of replicas and of workers, with the most "
    "that the cores can give, and bars of computation, communication and what is left of a step."
)


def make_figure(record: Record) -> "Figure":
    """Return the figure: what more of them are worth, and what their steps are made of."""
    several = [point for point in record["points"] if point["n"] > 1]
    figure = new_figure(HEIGHT_INCHES)
    title(figure, f"{shown(record['model'])}: replicas and workers against one")
    left, right = figure.subplots(1, 2)
    if not several:
        say(left, "not measured")
        say(right, "not measured")
        return figure
    _speedups(left, record, several)
    _parts(right, several)
    legend(figure, left, right)
    return figure


def _speedups(axes: "Axes", record: Record, several: list[Record]) -> None:
    """Draw what was measured, what is projected, and the most that there can be."""
    batch = record["points"][0]["batch_size"]
    projected = [
        {**each, "speedup": {key: each["n"] * v for key, v in each["efficiency"].items()}}
        for each in record["projections"] if each["by"] == HERE
    ]  # fmt: skip
    numbers = sorted({1, *(point["n"] for point in [*several, *projected])})
    cores = record["cores"]
    axes.plot(numbers, numbers, color=FAINT, linewidth=2, zorder=0)
    most = sorted({*numbers, min(cores, numbers[-1])})
    least = [min(n, cores) for n in most]
    axes.plot(most, least, "--", color=GREY, linewidth=1.2, label=f"at most, with {cores} cores")
    for kind, colour in SHADES_OF.items():
        for how, marker in MARKERS.items():
            own, beyond = (
                sorted((p for p in of if _is(p, kind, how, batch)), key=lambda p: p["n"])
                for of in (several, projected)
            )
            if own:
                _measured(axes, [record["points"][0], *own], f"{kind}, {how}", colour, marker)
                _projected(axes, own[-1:], beyond, colour, marker)
    if projected:
        axes.plot([], [], "o:", color=GREY, markerfacecolor="white", label=PROJECTION)
    _ticks(axes, numbers)


def _is(point: Record, kind: str, how: str, batch: int) -> bool:
    """Return whether a point is of a kind, and has the batch of one or as many as there are."""
    size = batch if how == STRONG else batch * point["n"]
    return bool(point["kind"] == kind and point["batch_size"] == size)


def _measured(axes: "Axes", points: list[Record], label: str, colour: str, marker: str) -> None:
    """Draw what was measured, a whisker from end to end of each interval."""
    each = [point["speedup"] for point in points]
    value = [one["value"] for one in each]
    low = [one["value"] - max(one["low"] or 0, one["value"] / 10) for one in each]
    high = [(one["high"] or one["value"]) - one["value"] for one in each]
    axes.errorbar(
        [point["n"] for point in points], value, yerr=[low, high], fmt=f"{marker}-", color=colour,
        markersize=5, linewidth=1.2, elinewidth=1.0, capsize=2.5, label=label,
    )  # fmt: skip


def _projected(
    axes: "Axes", last: list[Record], points: list[Record], colour: str, marker: str
) -> None:
    """Draw what is projected, from what was measured last."""
    n, value = zip(*[(p["n"], p["speedup"]["value"]) for p in [*last, *points]], strict=True)
    axes.plot(n, value, ":", color=colour, linewidth=1.2)
    axes.plot(n[1:], value[1:], marker, color=colour, markersize=5, markerfacecolor="white")


def _ticks(axes: "Axes", numbers: list[int]) -> None:
    """Set both axes to logarithms, a tick at each number."""
    axes.set(xscale="log", yscale="log", xlabel="how many", title="times as fast as one")
    axes.set_xticks(numbers, [f"{n:,}" for n in numbers])
    axes.set_xticks([], minor=True)
    ticks = log_ticks(*axes.get_ylim())
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([], minor=True)


def _parts(axes: "Axes", points: list[Record]) -> None:
    """Draw a bar for each step: its parts one after another, and a mark where it ends."""
    rows(axes, [f"{crew_name(p['kind'], p['n'])}, {p['batch_size']:,}" for p in points])
    starts = [0.0] * len(points)
    for part, (name, colour) in PARTS.items():
        lengths = [max(0.0, 1e3 * point[part]["value"]) for point in points]
        axes.barh(range(len(points)), lengths, 0.6, left=starts, color=colour, label=name)
        starts = [start + length for start, length in zip(starts, lengths, strict=True)]
    whole = [1e3 * point["seconds"]["value"] for point in points]
    axes.plot(whole, range(len(points)), "|", color=INK, markersize=13, label="the whole step")
    axes.set(title="ms a step, by number and batch")
