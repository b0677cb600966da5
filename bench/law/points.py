"""Where the law of overhead is measured: a sweep over batch sizes, and one over widths.

Nothing here imports TensorFlow: the figures of a law are worked out again without it.
"""

from dataclasses import dataclass

from bench.specs import ENGINES, ModelSpec

BATCH_SIZES = (1, 4, 16, 64, 256, 1024, 4096)
DENSE_WIDTHS = (1, 2, 4, 8, 16)
CONV_WIDTHS = (1, 2, 4)
"""Fewer: a convolution of four times the filters costs sixteen times as much."""

TASK = "law"
BATCH, WIDTH = "batch", "width"
TIMED = tuple((engine.impl, name) for name, engine in ENGINES.items() if engine.in_law)
RAW, KERAS = "raw step", "keras fit"
"""The two whose crossover is looked for."""
SHORT = ", one step"
"""Ends the name of an arm that takes one step: what a call costs, less what a step costs."""
MATRIX = "matrix product"
ALWAYS, FROM, NEVER, OPEN = "always", "from", "never", "open"
"""Where Keras costs next to nothing: at every batch size, from one on, at none, or not known."""
THRESHOLD = 0.05
"""What Keras may cost beyond the raw code to count as nothing; ``--margin`` names another."""
STRAIGHT = 0.10
"""How far a point may lie off its line before the line is said not to hold."""
NOTHING_TO_WIDEN = "not measured: it has no hidden layer"


@dataclass(frozen=True)
class Point:
    """One place of one sweep.

    Attributes:
        sweep: ``batch`` or ``width``.
        batch_size: samples of a step.
        width: of the hidden layers, in those of the workshop.
    """

    sweep: str
    batch_size: int
    width: int = 1

    @property
    def name(self) -> str:
        """Its place, such as ``batch 64`` or ``width 4``."""
        return f"{self.sweep} {self.batch_size if self.sweep == BATCH else self.width}"


def points_of(spec: ModelSpec) -> list[Point]:
    """Return the points of both sweeps, small ones first; no widths where nothing is widened.

    The widths are swept at the workshop's batch size.
    """
    widths = CONV_WIDTHS if spec.filters else DENSE_WIDTHS
    return [Point(BATCH, n) for n in BATCH_SIZES] + [
        Point(WIDTH, spec.batch_size, width) for width in widths if spec.has_hidden_layers
    ]
