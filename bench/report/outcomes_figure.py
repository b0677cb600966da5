"""What a trained model makes of the test set: confusion, its surest mistakes, what it learned."""

from base64 import b64decode
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.records.reading import Record
from bench.render.markdown import scalar
from bench.render.svg import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIDE = 28
HEIGHT_INCHES = 4.2
ALT = (
    "Left, the confusion matrix of the test set, true class by predicted one; right, the images "
    "that the model was surest of and wrong about, each with the answer that was due."
)
CAPTION = (
    "*What to see: off the diagonal stand the mistakes; the images are those of which the model "
    "was surest. `7 as 2` says that a 7 was taken for a 2. Both sides make the same mistakes.*"
)
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
    figure = new_figure(HEIGHT_INCHES)
    left, right = figure.subfigures(  # type: ignore[misc]
        1, 2, width_ratios=(1, 1.35)
    )
    _confusion(left.subplots(), record["outcomes"])
    mistakes = record["outcomes"]["mistakes"]
    right.suptitle(f"surest mistakes of {_wrong(record)} (true as predicted)", fontsize=10)
    places = right.subplots(3, 4).ravel()
    for place in places:
        place.set_axis_off()
    classes = record["outcomes"]["classes"]
    for place, mistake in zip(places, mistakes, strict=False):
        place.imshow(_image(mistake["pixels"]), cmap="gray_r", vmin=0, vmax=255)
        label, taken = (classes[mistake[key]] for key in ("label", "raw"))
        place.set_title(
            f"{label} as {taken}, {mistake['probability']:.0%}", fontsize=8, loc="center"
        )
    return figure


def _wrong(record: Record) -> str:
    matrix = np.array(record["outcomes"]["confusion"]["raw"])
    return f"{matrix.sum() - np.trace(matrix):,} of {matrix.sum():,}"


def _image(pixels: str) -> np.ndarray:
    return np.frombuffer(b64decode(pixels), np.uint8).reshape(SIDE, SIDE)


def _confusion(axes: "Axes", predictions: Record) -> None:
    """Counts in their cells; the shade follows the logarithm, or the diagonal would hide all."""
    matrix, classes = np.array(predictions["confusion"]["raw"]), predictions["classes"]
    same = predictions["confusion"]["raw"] == predictions["confusion"]["keras"]
    axes.set_title("test set: true class by predicted one" + ("" if same else " (raw side)"))
    axes.imshow(np.log1p(matrix), cmap="Blues")
    dark = np.log1p(matrix).max() / 2
    for (row, column), count in np.ndenumerate(matrix):
        colour = "white" if np.log1p(count) > dark else "#222222"
        axes.text(column, row, f"{count}", ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(len(classes)), [scalar(c) for c in classes])
    axes.set_yticks(range(len(classes)), [scalar(c) for c in classes])
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
        shown: Any = axes.imshow(image, cmap="RdBu_r", vmin=-reach, vmax=reach)
    figure.colorbar(shown, ax=panels, shrink=0.8, label="weight")
    return figure
