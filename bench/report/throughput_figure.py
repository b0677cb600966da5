"""Samples a second of each arm of a model, with the ratio to the reference beside it."""

from statistics import fmean, quantiles
from typing import TYPE_CHECKING

from bench.records.reading import AGAIN, ModelRecords, Record
from bench.render.markdown import interval, significant
from bench.render.svg import (
    COLOURS,
    GREY,
    INK,
    beside,
    heading,
    new_figure,
    rows,
    say,
    shown,
    title,
)
from bench.report.equality import verdict
from bench.report.speed import REFERENCE, block_seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALT = (
    "A bar of samples per second for each arm, blue by hand and orange in Keras, with the spread "
    "over blocks."
)
CAPTION = (
    "*What to see: the longer the bar the faster; blue is by hand, orange Keras. The whisker spans "
    "nine blocks of ten; beside it stands the ratio to Keras `fit` with its 95 % interval, which "
    "is what to compare: the blocks of all arms took turns.*"
)


def throughput(model: str, records: ModelRecords) -> "Figure":
    """Return the figure: a bar for each arm."""
    arms = [
        arm
        for arm in (records.throughput or {}).get("arms", [])
        if block_seconds(arm) and not arm["arm"].endswith(AGAIN)
    ]
    figure = new_figure(1.2 + 0.34 * len(arms))
    axes = figure.subplots()
    title(figure, f"{shown(model)}: samples a second in training ({verdict(records)})")
    if not records.equal or records.throughput is None or not arms:
        say(axes, "not measured" if records.equal else f"withheld: {verdict(records)}")
        return figure
    _bars(axes, records, arms)
    return figure


def _bars(axes: "Axes", records: ModelRecords, arms: list[Record]) -> None:
    record = records.throughput or {}
    for place, arm in enumerate(arms):
        samples = arm.get("samples") or record["samples_per_segment"]
        bar(axes, place, samples, arm)
        beside(axes, place, _beside(records, arm, samples))
    rows(axes, [shown(arm["arm"]) for arm in arms])
    heading(axes, f"samples a second, times {shown(record.get('reference', REFERENCE))} (95 %)")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="x", nbins=5)


def bar(axes: "Axes", place: int, samples: int, arm: Record) -> None:
    """A bar as long as the table's number, and a whisker over the blocks."""
    seconds = block_seconds(arm)
    middle = samples / fmean(seconds)
    slow, fast = _nine_in_ten([samples / each for each in seconds])
    axes.barh(
        place,
        middle,
        height=0.62,
        color=COLOURS.get(arm.get("impl", "raw"), GREY),
        xerr=[[max(0.0, middle - slow)], [max(0.0, fast - middle)]],
        error_kw={"elinewidth": 1.2, "capsize": 3, "ecolor": INK},
    )


def _nine_in_ten(speeds: list[float]) -> tuple[float, float]:
    """Return between what all but the slowest and the fastest twentieth of the blocks lie.

    >>> _nine_in_ten([1.0]), _nine_in_ten([float(n) for n in range(101)])
    ((1.0, 1.0), (5.0, 95.0))
    """
    if len(speeds) == 1:
        return speeds[0], speeds[0]
    low, *_, high = quantiles(speeds, n=20, method="inclusive")
    return low, high


def _beside(records: ModelRecords, arm: Record, samples: float) -> str:
    """Return the speed of an arm and its ratio, as the table has them."""
    speed = significant(samples / fmean(block_seconds(arm)))
    if arm["arm"] == (records.throughput or {}).get("reference", REFERENCE):
        return f"{speed}   reference"
    ratio = records.ratio(arm["arm"])
    if ratio is None:
        return speed
    return f"{speed}   {interval(ratio['ratio'], ratio.get('low'), ratio.get('high'))}"
