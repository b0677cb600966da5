"""What a trained model makes of the test set: confusion, its surest mistakes, what it learned."""

from base64 import b64decode
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.records.reading import Record
from bench.render.markdown import counted, scalar
from bench.render.svg import INK, SMALL, new_figure, say, shown
from bench.rounding import lean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 28
MOST_CONFUSED = 3
ALT = (
    "Left, the confusion matrix of the test set, true class by predicted one; right, the images "
    "that the model was surest of and wrong about, each with the answer that was due."
)
HEIGHTS = {3: 2.6, 6: 3.4}
"""In inches, of a matrix of so many classes at most."""
TALLEST = 4.4
COLUMNS = 4
KERNEL_ALT = (
    "The 784 weights of the perceptron as an image of 28 by 28, as the raw code learned them and "
    "as Keras did, and the difference of the two."
)
KERNEL_CAPTION = (
    "*What to see: blue speaks for a 0, a ring; red for a 1, a stroke in its middle. The third "
    "image is the first less the second: blank, for they are the same bits.*"
)


def outcomes(record: Record) -> "Figure":
    """Return the figure of one training: its confusion matrix and its surest mistakes."""
    classes, mistakes = (record["outcomes"][key] for key in ("classes", "mistakes"))
    figure = new_figure(next((h for n, h in HEIGHTS.items() if len(classes) <= n), TALLEST))
    left, right = figure.subfigures(  # type: ignore[misc]
        1, 2, width_ratios=(1, 1.35)
    )
    _confusion(left.subplots(), record["outcomes"])
    right.suptitle(f"surest mistakes of {_wrong(record)} (true as predicted)", fontsize=10)
    columns = min(COLUMNS, max(1, len(mistakes)))
    places = right.subplots(-(-max(1, len(mistakes)) // columns), columns, squeeze=False).ravel()
    if not mistakes:
        say(places[0], "not one")
    for place in places:
        place.set_axis_off()
    for place, mistake in zip(places, mistakes, strict=False):
        _mistake(place, mistake, classes)
    return figure


def _mistake(axes: "Axes", mistake: Record, classes: list[Any]) -> None:
    axes.imshow(_image(mistake["pixels"]), cmap="gray_r", vmin=0, vmax=255)
    label, taken = (shown(scalar(classes[mistake[key]])) for key in ("label", "raw"))
    words = f"{label} as {taken}, {lean(100 * mistake['probability']):.0f} %"
    axes.set_title(words, fontsize=SMALL, loc="center")


def caption(record: Record) -> str:
    """Return what is to be seen: whether both sides are wrong alike, too."""
    told = record["outcomes"]
    same = told["confusion"]["raw"] == told["confusion"]["keras"] and all(
        mistake["raw"] == mistake["keras"] for mistake in told["mistakes"]
    )
    alike = "Both sides make the same mistakes" if same else "The sides differ: by hand is shown"
    if not told["mistakes"]:
        return "*What to see: all stands on the diagonal, for there is no mistake.*"
    label, taken = (scalar(told["classes"][told["mistakes"][0][key]]) for key in ("label", "raw"))
    return (
        "*What to see: off the diagonal stand the mistakes; the images are those of which the "
        f"model was surest. `{label} as {taken}` says that a {label} was taken for a {taken}. "
        f"{alike}.*"
    )


def most_confused(record: Record) -> str:
    """Return which classes are taken for which most often, in a sentence."""
    matrix, classes = (
        np.array(record["outcomes"]["confusion"]["raw"]),
        record["outcomes"]["classes"],
    )
    wrong = [
        (count, scalar(classes[row]), scalar(classes[column]))
        for (row, column), count in np.ndenumerate(matrix)
        if row != column and count
    ]
    most = sorted(wrong, key=lambda each: -each[0])[:MOST_CONFUSED]
    pairs = [f"{label} for {taken} ({counted(int(n), 'time')})" for n, label, taken in most]
    said = f"Wrong about {_wrong(record)}"
    return f"{said}; most often it takes {', '.join(pairs)}." if pairs else f"{said}."


def _wrong(record: Record) -> str:
    matrix = np.array(record["outcomes"]["confusion"]["raw"])
    return f"{matrix.sum() - np.trace(matrix):,} of {matrix.sum():,}"


def _image(pixels: str) -> np.ndarray:
    return np.frombuffer(b64decode(pixels), np.uint8).reshape(SIDE, SIDE)


def _confusion(axes: "Axes", predictions: Record) -> None:
    """Counts in their cells; the shade follows the logarithm, or the diagonal would hide all."""
    matrix, classes = np.array(predictions["confusion"]["raw"]), predictions["classes"]
    same = predictions["confusion"]["raw"] == predictions["confusion"]["keras"]
    axes.set_title("test set: true class by predicted one" + ("" if same else " (by hand)"))
    axes.imshow(np.log1p(matrix), cmap="Blues")
    dark = np.log1p(matrix).max() / 2
    for (row, column), count in np.ndenumerate(matrix):
        colour = "white" if np.log1p(count) > dark else INK
        words = f"{count}" if count < 10_000 else f"{count / 1000:.0f}k"
        axes.text(column, row, words, ha="center", va="center", fontsize=SMALL, color=colour)
    axes.set_xticks(range(len(classes)), [shown(scalar(c)) for c in classes])
    axes.set_yticks(range(len(classes)), [shown(scalar(c)) for c in classes])
    axes.set(xlabel="predicted", ylabel="true")


def kernels(record: Record) -> "Figure":
    """Return the figure of a perceptron's weights on both sides, and of their difference."""
    figure = new_figure(3.0)
    raw, keras = (
        np.array(record["outcomes"]["kernel"][side]).reshape(SIDE, SIDE)
        for side in ("raw", "keras")
    )
    reach = float(np.abs(raw).max()) or 1.0
    panels = figure.subplots(1, 3)
    named = (("by hand", raw), ("Keras", keras), ("by hand less Keras", raw - keras))
    for axes, (title, image) in zip(panels, named, strict=True):
        axes.set_title(title)
        axes.set_axis_off()
        drawn: Any = axes.imshow(image, cmap="RdBu_r", vmin=-reach, vmax=reach)
    figure.colorbar(drawn, ax=panels, shrink=0.8, label="weight")
    return figure
