"""The house style of every figure, and its way to SVG."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bench.rounding import lean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# From the palette of Okabe and Ito: told apart by every kind of colour vision.
COLOURS = {"raw": "#0072B2", "keras": "#D55E00"}
PALE = "#8CC5E8"
GREEN, GREY, INK = "#009E73", "#777777", "#222222"
WIDTH_INCHES = 10.0

PRINTED = 1e-5
"""How far the same coordinate of two processors may lie apart, in points or a font's units.

Matplotlib writes six decimals, and the last one is another where the last bits of an ``exp`` or of
the layout decide it: 1e-6 was seen.
"""
_COORDINATES = re.compile(rb'(?<=\s)(?:d|x|y|width|height)="[^"]*"|\btranslate\([^)]*\)')
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?![\w.])")


def svg(make: Callable[..., "Figure"], *arguments: Any) -> bytes:
    """Return the figure that a function makes, byte for byte the same for the same arguments.

    It has a white ground of its own, so that it can be read on a dark page too.
    """
    buffer = BytesIO()
    with house_style():
        figure = make(*arguments)
        _lay_out(figure)
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _to_hundredths(_numbered(buffer.getvalue()))


def _lay_out(figure: "Figure") -> None:
    """Place everything, and let it stay: ``savefig`` would draw the figure once more for it."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    FigureCanvasSVG(figure)  # it measures text; another canvas would round it otherwise
    if engine := figure.get_layout_engine():
        engine.execute(figure)
        figure.set_layout_engine(None)  # "none" would leave one to be asked


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
                "font.size": 9,
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


def from_zero(axes: "Axes") -> None:
    """Let the upright axis be logarithmic, and have a 0 below its 1 all the same."""
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=-0.4)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def say(axes: "Axes", words: str) -> None:
    """Write words where there is nothing to draw."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes)


def shown(text: str) -> str:
    """Return a name without characters that a font may lack, and not too long for its place."""
    return "".join(c for c in text if c.isprintable())[:40]
