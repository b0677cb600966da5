"""A ladder in the report: its table, and the waterfall from its lowest rung to the top."""

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from bench.ladder.lines import agreement, control, epoch, left_out
from bench.ladder.rungs import LADDER
from bench.records.reading import Record
from bench.render.markdown import MISSING, escape, percent, significant, table
from bench.render.svg import COLOURS, GREEN, GREY, INK, beside, new_figure, rows, shown, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALT = (
    "A waterfall from the time of a step of a whole epoch in one graph at the top to that of fit "
    "with all its conveniences, a bar for each, blue by hand and orange in Keras; below it the "
    "same top measured directly; at the foot what options of compile add to a step of plain fit "
    "or take from it."
)
CAPTION = (
    "*Above: each bar starts where the one before it ends; its length is what that one convenience "
    "adds to a step (hollow: it takes off), the whisker its 95 % interval. The last two bars are "
    "the same step, once as the sum of the bars above and once measured directly: where their "
    "whiskers overlap the two agree. Below: each option against plain `fit`; left of zero it is "
    "faster. A bar that ends in an arrow is longer than there is room for: its number stands "
    "beside it.*"
)
APART = 4.0
"""A bar so many times as long as the next one would leave nothing of it to be seen."""


def ladder_table(record: Record) -> str:
    """Return a row for each rung, the check and the options, then the words on them."""
    columns = ("Rung", "What it adds", "µs a step", "95 %", "Share of the whole", "95 %")
    bottom, below = record["bottom"], record.get("left_out", [])
    lowest = next(rung for rung in LADDER if rung.name == bottom["rung"])
    rows = [
        _row(bottom["rung"], lowest.words, bottom),
        *(_rung_row(rung) for rung in record["rungs"]),
        *_check_rows(record),
        *(_row(o["rung"], f"{o['words']}, less fit", o) for o in record["sideways"]),
        *(_row(r["rung"], f"{r['words']}, less {bottom['rung']}", r) for r in below),
    ]
    return "\n\n".join([table(columns, rows, "llrrrr"), _words(record, below)])


def _rung_row(rung: Record) -> list[str]:
    share = f"{percent(rung['share_low'])} to {percent(rung['share_high'])}"
    return [rung["rung"], rung["words"], *_cells(rung), percent(rung["share"]), share]


def _check_rows(record: Record) -> list[list[str]]:
    """Return whether the rungs add up: their sum, the direct measurement, and what is between."""
    whole = f"{record['top']['rung']} less {record['bottom']['rung']}"
    return [
        _row("sum of the rungs", "", record["sum"]),
        _row("measured directly", whole, record["direct"]),
        _row("apart", agreement(record), record["apart"]),
    ]


def _row(name: str, words: str, cost: Record) -> list[str]:
    """Return a row of what is no share of the whole."""
    return [name, words, *_cells(cost), "", ""]


def _words(record: Record, below: Sequence[Record]) -> str:
    """Return the epoch, what is left out below the lowest rung, the control and the advice."""
    said = [epoch(record).capitalize(), *(left_out(rung).capitalize() for rung in below)]
    said.append(f"Control (A/A, `fit` again): {escape(control(record))}")
    said.append(f"Advice: {escape(record['advice']).replace(escape('`'), '`')}")
    return " ".join(f"{words}." for words in said)


def make_figure(record: Record) -> "Figure":
    """Return the figure: the waterfall above, the options of ``compile`` below."""
    options = record["sideways"]
    heights = [n for n in (len(record["rungs"]) + 3, len(options)) if n]
    figure = new_figure(1.6 + 0.29 * sum(heights))
    title(figure, f"{shown(record['model'])}: µs a step")
    panels = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _waterfall(panels[0], record)
    if options:
        _options(panels[1], options)
    return figure


def _waterfall(axes: "Axes", record: Record) -> None:
    """Bars end to end, from the lowest rung to the top, and the top at once."""
    bottom, rungs = record["bottom"], record["rungs"]
    _bar(axes, 0, 0.0, bottom, GREY, signed=False)
    reached = bottom["us"]
    implementations = {rung.name: rung.impl for rung in LADDER}
    for place, rung in enumerate(rungs, start=1):
        colour = COLOURS[implementations.get(rung["rung"], "keras")]
        axes.plot([reached] * 2, [place - 1, place], color=GREY, linewidth=0.8)
        _bar(axes, place, reached, rung, colour)
        reached += rung["us"]
    tops = {"all together": record["sum"], "measured directly": record["direct"]}
    for place, added in enumerate(tops.values(), start=len(rungs) + 1):
        _bar(axes, place, 0.0, _on_top_of(bottom["us"], added), GREY, signed=False)
    rows(axes, [f"{bottom['rung']} (all of it)", *(rung["rung"] for rung in rungs), *tops])
    axes.set_title("one convenience more on each row")
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    _in_thousands(axes)


def _on_top_of(bottom: float, added: Record) -> Record:
    """Return a whole step: what is added to the lowest rung, and that."""
    ends = {key: None if added[key] is None else bottom + added[key] for key in ("low", "high")}
    return {"us": bottom + added["us"], **ends}


def _options(axes: "Axes", options: Sequence[Record]) -> None:
    """Bars from zero: what an option adds to a step, or takes from it."""
    axes.axvline(0, color=INK, linewidth=0.8)
    for place, option in enumerate(options):
        _bar(axes, place, 0.0, option, GREEN if option["us"] < 0 else COLOURS["keras"])
    rows(axes, [option["rung"] for option in options])
    axes.set_title("each option, less plain fit")
    room = _room([max(map(abs, _reach(0.0, option))) for option in options])
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, -room), min(high, room))
    for place, option in enumerate(options):
        _cut_off(axes, place, option, room)
    _in_thousands(axes)


def _room(lengths: Sequence[float]) -> float:
    """Return how far bars are drawn: not so far that the short ones cannot be seen.

    >>> _room([655, 37.7, 8120, 339]), _room([6, 9, 7])
    (982.5, inf)
    """
    ordered = sorted(lengths)
    cuts = [a for a, b in pairwise(ordered) if 0 < APART * a < b]
    return 1.5 * cuts[-1] if cuts else inf


def _cut_off(axes: "Axes", place: int, option: Record, room: float) -> None:
    """Let a bar that is longer than there is room for end in an arrow."""
    if abs(option["us"]) > room:
        end, marker = (room, ">") if option["us"] > 0 else (-room, "<")
        axes.plot(0.97 * end, place, marker, color=INK, markersize=8)


def _bar(
    axes: "Axes", place: int, start: float, cost: Record, colour: str, signed: bool = True
) -> None:
    """A bar from where the last one ended, its interval, and its number at the side."""
    hollow = cost["us"] < 0 and start > 0
    axes.barh(
        place, cost["us"], left=start, height=0.62, edgecolor=colour,
        color="white" if hollow else colour,
    )  # fmt: skip
    axes.plot(_reach(start, cost), [place] * 2, color=INK, lw=1.2)
    sign = "+" if signed and cost["us"] >= 0 else ""
    beside(axes, place, f"{sign}{significant(cost['us'])}")


def _reach(start: float, cost: Record) -> tuple[float, float]:
    """Return the ends of an interval; those of nothing where there is none."""
    low, high = (cost["us"] if cost[key] is None else cost[key] for key in ("low", "high"))
    return start + low, start + high


def _in_thousands(axes: "Axes") -> None:
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="x", nbins=6)


def _cells(cost: Record) -> list[str]:
    low, high = cost["low"], cost["high"]
    span = MISSING if low is None or high is None else f"{significant(low)} to {significant(high)}"
    return [significant(cost["us"]), span]
