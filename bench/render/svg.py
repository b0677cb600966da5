"""The house style of every figure, and its way to SVG."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bench.rounding import lean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# From the palette of Okabe and Ito: told apart by every kind of colour vision.
SHADES = {
    "raw": ("#0072B2", "#56B4E9", "#009E73", "#000000"),
    "keras": ("#D55E00", "#E69F00", "#CC79A7", "#8C510A"),
}
"""Of each side, where it is drawn more than once: cold by hand, warm in Keras."""
COLOURS = {impl: shades[0] for impl, shades in SHADES.items()} | {"peer": "#8A8A8A"}
PALE = ("#8CC5E8", "#8FD3BE", "#C4C4C4")
"""Wide lines that another line is drawn upon."""
GREEN, GREY, INK, FAINT = "#009E73", "#777777", "#222222", "#E4E4E4"
WIDTH_INCHES = 10.0
FONT_POINTS = 9
SMALL = 8.0
"""The smallest type, in points: a page of 1,000 pixels shows it 11 pixels high."""

DARK = b"""<style>
@media (prefers-color-scheme: dark) { svg { filter: invert(0.92) hue-rotate(180deg) } }
</style>
"""
"""What is white turns dark on a dark page, ink turns light, and every hue stays what it is."""

MOST_TICKS = 7
"""Of a logarithmic axis: more run into each other in a panel of half the width."""

PRINTED = 1e-5
"""How far the same coordinate of two processors may lie apart, in points or a font's units.

Matplotlib writes six decimals, and the last one is another where the last bits of an ``exp`` or of
the layout decide it: 1e-6 was seen.
"""
_COORDINATES = re.compile(rb'(?<=\s)(?:d|x|y|width|height)="[^"]*"|\btranslate\([^)]*\)')
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?![\w.])")


def svg(make: Callable[..., "Figure"], *arguments: Any) -> bytes:
    """Return the figure that a function makes, byte for byte the same for the same arguments.

    It has a ground of its own, so that it can be read whatever page it stands on.
    """
    buffer = BytesIO()
    with house_style():
        figure = laid_out(make, *arguments)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _in_the_dark(_to_hundredths(_numbered(buffer.getvalue())))


def laid_out(make: Callable[..., "Figure"], *arguments: Any) -> "Figure":
    """Return the figure that a function makes, everything in its place.

    It stays there: ``savefig`` would lay the figure out once more.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    figure = make(*arguments)
    FigureCanvasSVG(figure)  # it measures text; another canvas would round it otherwise
    if engine := figure.get_layout_engine():
        engine.execute(figure)
        figure.set_layout_engine(None)  # "none" would leave one to be asked
    return figure


def _in_the_dark(drawing: bytes) -> bytes:
    """Let a reader who asked for dark pages have a dark figure."""
    return drawing.replace(b"<defs>\n", DARK + b"<defs>\n", 1)


def _numbered(drawing: bytes) -> bytes:
    """Number the ids in the order they come.

    Matplotlib hashes them from coordinates down to their last bit, and the layout's last bit is
    not the same on every processor; what is drawn is, to all the digits that are written.
    """
    numbers: dict[bytes, bytes] = {}

    def number(match: re.Match[bytes]) -> bytes:
        return numbers.setdefault(match[0], b"%s%d" % (match[1], len(numbers)))

    return re.sub(rb'(?:(?<=id=")|(?<=#))([a-z]+)[0-9a-f]{10}\b', number, drawing)


def _to_hundredths(drawing: bytes) -> bytes:
    """Give every coordinate two decimals: a hundredth of a point is finer than any screen."""

    def short(number: re.Match[bytes]) -> bytes:
        text = f"{lean(float(number[0]), PRINTED):.2f}".rstrip("0").rstrip(".")
        return b"0" if text == "-0" else text.encode()

    return _COORDINATES.sub(lambda match: _NUMBER.sub(short, match[0]), drawing)


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's own defaults, whatever the user has set; no random ids in the SVG."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(
            {
                "svg.hashsalt": "gvk",
                "font.size": FONT_POINTS,
                "axes.titlesize": 10,
                "axes.titlelocation": "left",
                "axes.spines.top": False,
                "axes.spines.right": False,
                "text.parse_math": False,
                "path.simplify": False,  # a last bit would decide which points are left out
            }
        )
        yield


def new_figure(height: float) -> "Figure":
    """Return an empty figure of the house's width, in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_INCHES, height), layout="constrained", facecolor="white")


def title(figure: "Figure", words: str) -> None:
    """Write a line above everything, at its left edge."""
    figure.suptitle(words, x=0.005, ha="left", fontsize=10)


def from_zero(axes: "Axes", least: float, most: float, ticks: int = MOST_TICKS) -> None:
    """Let the upright axis be logarithmic, and have a 0 below its least number all the same.

    Args:
        axes: whose upright axis it is.
        least: the power of ten from which on it is logarithmic.
        most: the largest number to be shown.
        ticks: how many there is room for.
    """
    # log10 of a power of ten may be a last bit above it
    decades = max(1, math.ceil(math.log10(max(most, least) / least) - PRINTED))
    every = -(-(decades + 1) // ticks)
    named = [least * 10**n for n in range(every - 1, decades + 1, every)]
    axes.set_yscale("symlog", linthresh=least)
    axes.set_ylim(-0.4 * least, 2 * least * 10**decades)
    axes.set_yticks([0, *named], ["0", *map(power, named)])
    axes.set_yticks([], minor=True)


def power(value: float) -> str:
    """Return a power of ten as an axis has it.

    >>> power(1000.0), power(1e-7)
    ('1,000', '1e-7')
    """
    return f"{value:,.0f}" if 1 <= value < 1e6 else f"1e{round(math.log10(value))}"


def log_ticks(low: float, high: float) -> list[float]:
    """Return round numbers for a logarithmic axis: as many as can be read.

    >>> log_ticks(0.9, 3.2), log_ticks(0.3, 40)
    ([1.0, 1.5, 2.0, 3.0], [0.5, 1.0, 2.0, 5.0, 10.0, 20.0])
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,)):
        every = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
        ticks = [tick for tick in every if low <= tick <= high]
        if len(ticks) <= MOST_TICKS:
            return ticks
    return ticks[:: -(-len(ticks) // MOST_TICKS)]


def rows(axes: "Axes", names: Sequence[str]) -> None:
    """Name the rows of an upright axis from the top down, a faint line through each."""
    axes.set_yticks(range(len(names)), list(names))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)


def beside(axes: "Axes", place: float, words: str) -> None:
    """Write words right of a row, outside the axes, where no mark can lie."""
    axes.annotate(
        words, (1, place), xytext=(8, 0), xycoords=axes.get_yaxis_transform(),
        textcoords="offset points", va="center", annotation_clip=False,
    )  # fmt: skip


def heading(axes: "Axes", words: str) -> None:
    """Write what the words beside the rows are, above them."""
    axes.annotate(
        words, (1, 1), xytext=(8, 4), xycoords="axes fraction", textcoords="offset points",
        va="bottom", fontsize=SMALL, color=GREY, annotation_clip=False,
    )  # fmt: skip


def legend(figure: "Figure", *panels: "Axes") -> None:
    """Write what is drawn in some axes below the whole figure, each name once."""
    named: dict[str, Any] = {}
    for axes in panels:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(name, handle)
    if named:
        widths = [_points(name) + FONT_POINTS * 5 for name in named]  # with its mark and a gap
        room = 72 * WIDTH_INCHES
        columns = len(named) if sum(widths) < room else max(1, int(room / max(widths)))
        figure.legend(
            [*named.values()], [*named], loc="outside lower center", ncols=columns, frameon=False
        )


def _points(words: str) -> float:
    """Return how wide some words are, in points."""
    from matplotlib.textpath import TextPath

    return float(TextPath((0, 0), words, size=FONT_POINTS).get_extents().width)


def say(axes: "Axes", words: str) -> None:
    """Write words where there is nothing to draw."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes)


def shown(text: str) -> str:
    """Return a name without characters that a font may lack, and not too long for its place."""
    return "".join(c for c in text if c.isprintable())[:40]
