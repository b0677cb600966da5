"""What stands where it cannot be read in a figure: words on words, on lines, or off the canvas."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from bench.render.svg import SMALL, house_style, laid_out

TOUCH = 0.5
"""Pixels by which two may touch: a letter's box is a little larger than the letter."""


def unreadable(figure: Figure) -> list[str]:
    """Return what is wrong with the words of a figure that was laid out, a line each."""
    figure.draw_without_rendering()  # legends and images find their place no earlier
    placed = [(text, text.get_window_extent().padded(-TOUCH)) for text in _words(figure)]
    return [
        *(f"{text.get_text()!r} is {text.get_fontsize()} points" for text in _tiny(placed)),
        *(f"{text.get_text()!r} leaves the canvas" for text in _outside(figure, placed)),
        *_on_words(placed),
        *(problem for axes in figure.axes for problem in _on_marks(axes, placed)),
    ]


def checked(make: Callable[..., Figure], *arguments: Any) -> list[str]:
    """Return the same of the figure that a function makes."""
    with house_style():
        return unreadable(laid_out(make, *arguments))


_NOTHING = (None, "None", "", " ")
"""What matplotlib calls no line and no marker."""
Placed = list[tuple[Text, Bbox]]


def _words(figure: Figure) -> list[Text]:
    """Return every text that is drawn."""
    undrawn = {text for axes in figure.axes for text in _undrawn(axes)}
    every = figure.findobj(Text)
    return [t for t in every if t.get_visible() and t.get_text().strip() and t not in undrawn]


def _undrawn(axes: Axes) -> Iterator[Text]:
    """Yield the labels of ticks that matplotlib keeps at hand, and of axes that are off."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        if not axes.axison:
            yield from axis.findobj(Text)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low <= tick.get_loc() <= high:
                yield from (tick.label1, tick.label2)


def _tiny(placed: Placed) -> list[Text]:
    return [text for text, _ in placed if text.get_fontsize() < SMALL]


def _outside(figure: Figure, placed: Placed) -> list[Text]:
    low, high = figure.bbox.min - TOUCH, figure.bbox.max + TOUCH
    return [text for text, box in placed if (box.min < low).any() or (box.max > high).any()]


def _on_words(placed: Placed) -> Iterator[str]:
    for (one, box), (other, its_box) in combinations(placed, 2):
        if box.overlaps(its_box):
            yield f"{one.get_text()!r} stands on {other.get_text()!r}"


def _on_marks(axes: Axes, placed: Placed) -> Iterator[str]:
    """Yield the words that a line or a marker runs through, or that half leave a box."""
    for text, box in placed:
        for line in axes.lines:
            if line.get_visible() and _runs_through(axes, line, box):
                yield f"{line.get_label()!r} runs through {text.get_text()!r}"
        for spine in axes.spines.values() if axes.axison else ():
            edge = spine.get_path().transformed(spine.get_transform())
            if spine.get_visible() and edge.intersects_bbox(box, filled=False):
                yield f"an edge of the axes runs through {text.get_text()!r}"
        for patch in axes.patches:
            outline = patch.get_window_extent()
            if outline.overlaps(box) and not (
                outline.contains(*box.min) and outline.contains(*box.max)
            ):
                yield f"{text.get_text()!r} half leaves a box"


def _runs_through(axes: Axes, line: Any, box: Bbox) -> bool:
    seen = Bbox.intersection(box, axes.bbox) if line.get_clip_on() else box
    if seen is None:
        return False
    path = line.get_path().transformed(line.get_transform())
    dot = line.get_markersize() * axes.figure.dpi / 72 / 2
    marks = [Bbox.from_extents(x - dot, y - dot, x + dot, y + dot) for x, y in path.vertices]
    on_mark = line.get_marker() not in _NOTHING and any(mark.overlaps(seen) for mark in marks)
    drawn = line.get_linestyle() not in _NOTHING and len(path) > 1
    return bool(on_mark or (drawn and path.intersects_bbox(seen, filled=False)))
