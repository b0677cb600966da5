"""Samples a second of each arm of a model, with the ratio to the reference beside it."""

from statistics import fmean
from typing import TYPE_CHECKING

from bench.records.reading import AGAIN, ModelRecords, Record
from bench.render.markdown import interval, significant
from bench.render.svg import COLOURS, GREY, INK, new_figure, say, shown
from bench.report.equality import verdict
from bench.report.speed import REFERENCE, block_seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALT = "Bars of samples per second for each raw and Keras arm, with the spread over blocks."
CAPTION = (
    "*What to see: the longer the bar the faster. The whisker spans the slowest and the fastest "
    "block; beside it stands the ratio to Keras `fit` with its 95 % interval, which is what to "
    "compare: the blocks of all arms took turns.*"
)


def throughput(model: str, records: ModelRecords) -> "Figure":
    """Return the figure: a bar for each arm."""
    arms = [
        arm
        for arm in (records.throughput or {}).get("arms", [])
        if block_seconds(arm) and not arm["arm"].endswith(AGAIN)
    ]
    figure = new_figure(max(1.6, 0.8 + 0.36 * len(arms)))
    axes = figure.subplots()
    axes.set_title(f"{shown(model)}: samples per second in training ({verdict(records)})")
    if not records.equal or records.throughput is None or not arms:
        say(axes, "not measured" if records.equal else f"withheld: {verdict(records)}")
        return figure
    _bars(axes, records, arms)
    return figure


def _bars(axes: "Axes", records: ModelRecords, arms: list[Record]) -> None:
    record = records.throughput or {}
    for place, arm in enumerate(arms):
        samples = arm.get("samples") or record["samples_per_segment"]
        _bar(axes, place, samples, arm)
        axes.annotate(
            _beside(records, arm, samples),
            (max(samples / seconds for seconds in block_seconds(arm)), place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(range(len(arms)), [shown(arm["arm"]) for arm in arms])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.7 * axes.get_xlim()[1])  # room for the numbers
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="x", nbins=6)


def _bar(axes: "Axes", place: int, samples: int, arm: Record) -> None:
    """A bar as long as the table's number, and a whisker over the blocks."""
    seconds = block_seconds(arm)
    middle, speeds = samples / fmean(seconds), [samples / each for each in seconds]
    axes.barh(
        place,
        middle,
        height=0.62,
        color=COLOURS.get(arm.get("impl", "raw"), GREY),
        xerr=[[middle - min(speeds)], [max(speeds) - middle]],
        error_kw={"elinewidth": 1.2, "capsize": 3, "ecolor": INK},
    )


def _beside(records: ModelRecords, arm: Record, samples: float) -> str:
    """Return the speed of an arm and its ratio, as the table has them."""
    speed = f"{significant(samples / fmean(block_seconds(arm)))}/s"
    if arm["arm"] == (records.throughput or {}).get("reference", REFERENCE):
        return f"{speed} (reference)"
    ratio = records.ratio(arm["arm"])
    if ratio is None:
        return speed
    return f"{speed}, {interval(ratio['ratio'], ratio.get('low'), ratio.get('high'))} times"
