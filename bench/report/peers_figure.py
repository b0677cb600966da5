"""Samples a second of each peer, of ``fit`` and of the best by hand, the fastest above."""

from statistics import fmean
from typing import TYPE_CHECKING

from bench.records.reading import AGAIN, Record
from bench.render.markdown import interval, significant
from bench.render.svg import beside, heading, new_figure, rows, shown, title
from bench.report.speed import block_seconds
from bench.report.throughput_figure import bar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALT = (
    "A bar of samples a second for each library, blue by hand, orange Keras on TensorFlow, grey "
    "the others, with the spread over blocks."
)
CAPTION = (
    "*What to see: the longer the bar the faster; blue is by hand, orange Keras on TensorFlow, "
    "grey another library on the same model, weights and batches. The whisker spans nine blocks "
    "of ten; beside it stands the ratio to Keras `fit` with its 95 % interval, which is what to "
    "compare: all took turns in the same blocks.*"
)


def draw(record: Record) -> "Figure":
    """Return the figure: a bar for each arm, by speed."""
    arms = [arm for arm in record["arms"] if not arm["arm"].endswith(AGAIN)]
    arms.sort(key=lambda arm: fmean(block_seconds(arm)) / arm["samples"])
    figure = new_figure(1.2 + 0.34 * len(arms))
    axes = figure.subplots()
    title(figure, f"{shown(record['model'])}: samples a second in training, other libraries beside")
    ratios = {each["arm"]: each for each in record["ratios"]}
    for place, arm in enumerate(arms):
        bar(axes, place, arm["samples"], arm)
        speed = significant(arm["samples"] / fmean(block_seconds(arm)))
        beside(axes, place, f"{speed}   {_times(ratios.get(arm['arm']))}")
    rows(axes, [shown(arm["arm"]) for arm in arms])
    heading(axes, f"samples a second, times {shown(record['reference'])} (95 %)")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="x", nbins=5)
    return figure


def _times(ratio: Record | None) -> str:
    if ratio is None:
        return "reference"
    return interval(ratio["ratio"], ratio.get("low"), ratio.get("high"))
