"""What a measuring verb is told of each model: on what, how precisely, for how long."""

from dataclasses import dataclass

from bench.stats.verdicts import DEFAULT_MARGIN
from bench.timing.blocks import Stop
from bench.timing.presets import PRECISIONS, Precision
from bench.timing.resumable import Measurement


@dataclass(frozen=True)
class MeasuringPlan:
    """What is measured of each model; None leaves it to the precision.

    Stored with a run: two sittings of it have the same plan.

    Attributes:
        dataset, limit: what is trained on.
        precision: a key of ``bench.timing.presets.PRECISIONS``.
        blocks: how many are taken of each stand, whatever their interval.
        target_width: how narrow the intervals have to be, 0.03 for 3 %.
        time_budget: of the timing of a model, in seconds.
        margin: the difference that counts as none.
        seed: of weights, batches and the order of the arms.
    """

    dataset: str = "auto"
    limit: int | None = None
    precision: str = "quick"
    blocks: int | None = None
    target_width: float | None = None
    time_budget: float | None = None
    margin: float = DEFAULT_MARGIN
    seed: int = 0

    @property
    def preset(self) -> Precision:
        """What the precision stands for."""
        return PRECISIONS[self.precision]

    def measuring(self, stop: Stop, max_segment_seconds: float = 0.0) -> Measurement:
        """Return how a stand is measured, by a rule of stopping or by the blocks that are asked."""
        if self.blocks:
            stop = Stop(self.blocks, self.blocks, 0, float("inf"))
        return Measurement(self.precision, stop, max_segment_seconds, self.seed, self.margin)
