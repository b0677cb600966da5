"""Where growth is measured: four axes, one of them turned at a time.

Nothing here imports TensorFlow: the figures are worked out again without it.
"""

from dataclasses import dataclass

from bench.specs import RAW_ENGINES, Config, ModelSpec

TASK = "growth"
BATCH, DATA, WIDTH, SEEDS = "batch", "data", "width", "seeds"
VALUES: dict[str, tuple[float, ...]] = {
    BATCH: (1, 8, 32, 128, 512, 2048, 8192),
    DATA: (1_000, 4_000, 16_000, 60_000, 240_000, 600_000),
    WIDTH: (0.25, 0.5, 1, 2, 4, 8),
    SEEDS: (1, 2, 4, 8, 16, 32),
}
"""Of each axis, small ones first: samples of a step, samples of an epoch, times as wide as in the
workshop, models that train together."""
AXES = tuple(VALUES)
SAMPLES = 2**16
"""Of an epoch, where data is not what grows: eight of the largest batch."""
FIT = "keras fit"
"""What everything is held against."""
TOGETHER, ALONE = "raw vectorised", ("raw step", "raw epoch")
"""Seeds in one graph, and the engines that train one after the other: the one that ``gvk accuracy``
has by default, and the fastest with its bits."""
TIMED = RAW_ENGINES
"""By hand, each beside ``fit``."""
WITH_MEMORY = ("raw step", "raw epoch", FIT, TOGETHER)
"""Whose memory is looked at: a process of its own for each."""
THRESHOLD = 0.05
"""What ``fit`` may take more to count as nothing; ``--margin`` names another."""
ALWAYS, FROM, NEVER, OPEN = "always", "from", "never", "open"
"""Where ``fit`` takes next to nothing more: everywhere, from one point on, nowhere, not known."""
NOTHING_TO_WIDEN = "not measured: it has no hidden layer"
NOT_TOGETHER = "not measured: seeds of a ConvNet take no less time together"


@dataclass(frozen=True)
class Point:
    """One place of one axis."""

    axis: str
    value: float

    @property
    def name(self) -> str:
        """Its place, such as ``batch 128`` or ``width 0.25``."""
        return f"{self.axis} {self.value:g}" if self.value < 1 else f"{self.axis} {self.value:.0f}"

    @property
    def samples(self) -> int:
        """Samples of an epoch."""
        return int(self.value) if self.axis == DATA else SAMPLES

    @property
    def seeds(self) -> int:
        """Models that train together."""
        return int(self.value) if self.axis == SEEDS else 1

    def config(self, config: Config) -> Config:
        """Return the dials of a model at this place."""
        if self.axis == BATCH:
            return config.but(batch_size=int(self.value))
        return config.but(width=self.value) if self.axis == WIDTH else config


def points_of(spec: ModelSpec, axes: tuple[str, ...]) -> tuple[list[Point], dict[str, str]]:
    """Return the points of some axes, small ones first; and why others have none, by axis."""
    reasons = {}
    if WIDTH in axes and not spec.has_hidden_layers:
        reasons[WIDTH] = NOTHING_TO_WIDEN
    if SEEDS in axes and spec.filters:
        reasons[SEEDS] = NOT_TOGETHER
    points = [Point(axis, v) for axis in axes if axis not in reasons for v in VALUES[axis]]
    return points, reasons
