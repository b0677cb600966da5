"""The one figure of a report: what each arm costs, and that both sides learn the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from statistics import fmean
from typing import TYPE_CHECKING, Any

from bench.results import AGAIN, ModelRecords, Record
from bench.tables import interval, scalar, significant, verdict
from bench.throughput_report import REFERENCE, block_seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# From the palette of Okabe and Ito: told apart by every kind of colour vision.
COLOURS = {"raw": "#0072B2", "keras": "#D55E00"}
PALE = "#8CC5E8"
MARKERS = "os^Dv"
WIDTH_INCHES = 10.0

CAPTION = (
    "*Left: the longer the bar the faster; the whisker spans the slowest and the fastest block; "
    "beside it the ratio to Keras `fit` with its 95 % interval. Right: where the two programs are "
    "the same, Keras's dashed line lies on the wide pale line of the raw code all the way.*"
)
ALT = (
    "One row a model. Left: bars of samples per second for each raw and Keras arm. "
    "Right: learning curves of raw and Keras drawn over each other."
)


def draw(models: dict[str, ModelRecords]) -> bytes:
    """Return the figure as SVG, byte for byte the same for the same records."""
    buffer = BytesIO()
    with house_style():
        figure = make_figure(models)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def make_figure(models: dict[str, ModelRecords]) -> "Figure":
    """Return the figure: a row a model, speed on the left and learning curves on the right."""
    from matplotlib.figure import Figure

    heights = [_row_height(records) for records in models.values()]
    figure = Figure(figsize=(WIDTH_INCHES, sum(heights)), layout="constrained", facecolor="white")
    grid = figure.subplots(
        len(models), 2, squeeze=False, height_ratios=heights, width_ratios=(1.25, 1)
    )
    for (left, right), (model, records) in zip(grid, models.items(), strict=True):
        _speed_panel(left, model, records)
        _learning_panel(right, model, records)
    return figure


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's own defaults, whatever the user has set; no random ids in the SVG."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "svg.hashsalt": "gvk",
                "font.size": 9,
                "axes.titlesize": 10,
                "axes.titlelocation": "left",
                "axes.spines.top": False,
                "axes.spines.right": False,
                "text.parse_math": False,
            }
        )
        yield


def _row_height(records: ModelRecords) -> float:
    arms = len(records.throughput["arms"]) if records.throughput else 0
    return max(2.6, 1.0 + 0.42 * arms)


def _speed_panel(axes: "Axes", model: str, records: ModelRecords) -> None:
    """Bars of samples a second, the ratio to the reference written beside each."""
    axes.set_title(f"{model}: samples per second ({verdict(records)})")
    arms = [
        arm
        for arm in (records.throughput or {}).get("arms", [])
        if block_seconds(arm) and not arm["arm"].endswith(AGAIN)
    ]
    if not records.equal or records.throughput is None or not arms:
        _say(axes, "not measured" if records.equal else f"withheld: {verdict(records)}")
        return
    samples = records.throughput["samples_per_segment"]
    for place, arm in enumerate(arms):
        _bar(axes, place, samples, arm)
        axes.annotate(
            _beside(records, arm, samples),
            (max(samples / seconds for seconds in block_seconds(arm)), place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(range(len(arms)), [_shown(arm["arm"]) for arm in arms])
    axes.invert_yaxis()
    fastest = max(samples / min(block_seconds(arm)) for arm in arms)
    axes.set_xlim(0, 2.5 * fastest)  # room for the numbers
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.locator_params(axis="x", nbins=5)


def _bar(axes: "Axes", place: int, samples: int, arm: Record) -> None:
    """A bar as long as the table's number, and a whisker over the blocks."""
    seconds = block_seconds(arm)
    middle, speeds = samples / fmean(seconds), [samples / each for each in seconds]
    axes.barh(
        place,
        middle,
        height=0.62,
        color=COLOURS.get(arm.get("impl", "raw"), "#777777"),
        xerr=[[middle - min(speeds)], [max(speeds) - middle]],
        error_kw={"elinewidth": 1.2, "capsize": 3, "ecolor": "#222222"},
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


def _learning_panel(axes: "Axes", model: str, records: ModelRecords) -> None:
    """Both sides' curves for each initializer: Keras dashed, over a wide pale line."""
    from matplotlib.ticker import MaxNLocator

    drawn = [r for r in records.accuracy if r.get("curves")]
    key = "val_accuracy" if any(_values(r, "raw", "val_accuracy") for r in drawn) else "loss"
    what = "validation accuracy, %" if key == "val_accuracy" else "training loss"
    axes.set_title(f"{model}: {what}")
    if not any(_values(r, side, key) for r in drawn for side in ("raw", "keras")):
        _say(axes, "not measured")
        return
    for marker, record in zip(MARKERS * len(drawn), drawn, strict=False):
        name = _shown(scalar(record["config"].get("initializer")))
        _curve(axes, _values(record, "raw", key), marker, name, raw=True)
        _curve(axes, _values(record, "keras", key), marker, name, raw=False)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.legend(fontsize=8, frameon=False)


def _values(record: Record, side: str, key: str) -> list[tuple[int, float]]:
    """Return the points of a curve; accuracies in percent."""
    scale = 100.0 if key == "val_accuracy" else 1.0
    points = record["curves"].get(side, [])
    return [(p["epoch"], scale * p[key]) for p in points if p.get(key) is not None]


def _curve(
    axes: "Axes", points: list[tuple[int, float]], marker: str, name: str, raw: bool
) -> None:
    style: dict[str, Any] = {"color": COLOURS["keras"], "linestyle": "--", "linewidth": 1.3}
    size, label = 4.0, f"Keras, {name} (dashed)"
    if raw:
        style = {"color": PALE, "linewidth": 6, "solid_capstyle": "round"}
        size, label = 9.0, f"raw, {name} (wide)"
    every = max(1, len(points) // 10)
    x, y = [p[0] for p in points], [p[1] for p in points]
    axes.plot(x, y, marker=marker, markersize=size, markevery=every, label=label, **style)


def _say(axes: "Axes", words: str) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes)


def _shown(text: str) -> str:
    """Return a name without characters that a font may lack, and not too long for its place."""
    return "".join(c for c in text if c.isprintable())[:40]
