"""A ladder in the report: its table, and the waterfall from its lowest rung to the top."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.ladder.advice import unsound
from bench.ladder.lines import agreement, control, epoch, left_out, resolution
from bench.ladder.rungs import LADDER
from bench.records.reading import Record
from bench.render.markdown import MISSING, escape, percent, significant, table
from bench.render.svg import COLOURS, GREEN, GREY, INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALT = (
    "A waterfall from the time of a step of a whole epoch in one graph at the top to that of fit "
    "with all its conveniences at the bottom, a bar for each; beside it what options of compile "
    "add to a step of plain fit or take from it."
)
CAPTION = (
    "*Left: each bar starts where the one above ends; its length is what that one convenience adds "
    "to a step (white: it takes off), the whisker its 95 % interval. The dashed line is the top "
    "measured directly against the bottom: the bars should end at it. Right: each option beside "
    "plain `fit`; left of zero it is faster.*"
)
_ROOM = 1.45


def ladder_table(record: Record) -> str:
    """Return a row for each rung, the check and the options, then the words on them."""
    below = record.get("left_out", [])
    if why := unsound(record):
        return f"Not shown: {escape(why)}. {_words(record, below)}"
    columns = ("Rung", "What it adds", "µs a step", "95 %", "Share of the whole", "95 %")
    bottom = record["bottom"]
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
    said.append(resolution(record))
    said.append(f"Control (A/A, `fit` again): {escape(control(record))}")
    said.append(f"Advice: {escape(record['advice']).replace(escape('`'), '`')}")
    return " ".join(f"{words}." for words in said)


def make_figure(record: Record) -> "Figure":
    """Return the figure: the waterfall on the left, the options of ``compile`` on the right."""
    height = 1.2 + 0.32 * (len(record["rungs"]) + 2)
    figure = new_figure(height)
    left, right = figure.subplots(1, 2, width_ratios=(2, 1))
    _waterfall(left, record)
    _options(right, record["sideways"])
    right.set_ylim(left.get_ylim())  # bars as thick as on the left
    return figure


def _waterfall(axes: "Axes", record: Record) -> None:
    """Bars end to end, from the lowest rung to the top."""
    bottom, rungs = record["bottom"], record["rungs"]
    axes.set_title(f"{record['model']}: µs a step, one convenience more on each row")
    _bar(axes, 0, 0.0, bottom, GREY)
    reached = bottom["us"]
    implementations = {rung.name: rung.impl for rung in LADDER}
    for place, rung in enumerate(rungs, start=1):
        colour = COLOURS[implementations.get(rung["rung"], "keras")]
        axes.plot([reached] * 2, [place - 1, place], color=GREY, linewidth=0.8)
        _bar(axes, place, reached, rung, colour)
        reached += rung["us"]
    end = len(rungs) + 1
    _bar(axes, end, 0.0, {**record["sum"], "us": reached, "low": None}, GREY)
    directly = bottom["us"] + record["direct"]["us"]
    axes.axvline(directly, color=INK, linestyle="--", linewidth=1)
    names = [f"{bottom['rung']} (all of it)", *(rung["rung"] for rung in rungs), "all together"]
    axes.set_ylim(-0.6, end + 0.6)
    _finish(axes, names, max(reached, directly, *_ends(bottom["us"], rungs)))
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))


def _options(axes: "Axes", options: Sequence[Record]) -> None:
    """Bars from zero: what an option adds to a step, or takes from it."""
    axes.set_title("less plain fit, µs a step")
    for place, option in enumerate(options):
        _bar(axes, place, 0.0, option, GREEN if option["us"] < 0 else COLOURS["keras"])
    axes.axvline(0, color=INK, linewidth=0.8)
    lowest = min([0.0, *(option["low"] or option["us"] for option in options)])
    highest = max([0.0, *(option["high"] or option["us"] for option in options)])
    _finish(axes, [option["rung"] for option in options], highest)
    room = 0.7 * (highest - lowest) or 1.0
    axes.set_xlim(lowest - 0.05 * room, highest + room)


def _bar(axes: "Axes", place: int, start: float, cost: Record, colour: str) -> None:
    """A bar from where the last one ended, its interval, and the number beside it."""
    length, end = cost["us"], start + cost["us"]
    hollow = length < 0 and start > 0
    axes.barh(
        place, length, left=start, height=0.62, edgecolor=colour,
        color="white" if hollow else colour,
    )  # fmt: skip
    right = max(start, end)
    if cost["low"] is not None and cost["high"] is not None:
        axes.plot([start + cost["low"], start + cost["high"]], [place] * 2, color=INK, lw=1.2)
        right = max(right, start + cost["high"])
    axes.annotate(
        _number(length, signed=start > 0), (right, place), xytext=(5, 0),
        textcoords="offset points", va="center", bbox={"facecolor": "white", "lw": 0, "pad": 0.5},
    )  # fmt: skip


def _finish(axes: "Axes", names: Sequence[str], furthest: float) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(right=_ROOM * furthest if furthest > 0 else None)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="x", nbins=4)


def _ends(start: float, rungs: Sequence[Record]) -> list[float]:
    """Return how far the whiskers reach to the right."""
    ends = []
    for rung in rungs:
        ends.append(start + (rung["high"] if rung["high"] is not None else rung["us"]))
        start += rung["us"]
    return ends


def _number(value: float, signed: bool) -> str:
    sign = "+" if signed and value >= 0 else ""
    return f"{sign}{significant(value)}"


def _cells(cost: Record) -> list[str]:
    low, high = cost["low"], cost["high"]
    span = MISSING if low is None or high is None else f"{significant(low)} to {significant(high)}"
    return [significant(cost["us"]), span]
