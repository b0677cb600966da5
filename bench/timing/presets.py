"""How much is measured: a first answer within a minute, or a figure to publish."""

from dataclasses import dataclass

from bench.specs import ENGINES, KERAS_ENGINES, RAW_ENGINES
from bench.timing.blocks import Stop


@dataclass(frozen=True)
class Precision:
    """What a precision stands for, where the command line says nothing else.

    Attributes:
        engines, keras_engines: of either side.
        stop: when enough blocks are taken.
        max_segment_seconds: of the slowest arm; a ConvNet's epoch would take minutes.
        dense_steps, conv_steps: of the accuracy run; None for the workshop's whole.
        parity_steps: of the proof; None for a whole epoch.
        costs: whether memory, operations and the time to the first step are measured too.
    """

    engines: tuple[str, ...]
    keras_engines: tuple[str, ...]
    stop: Stop
    max_segment_seconds: float
    dense_steps: int | None = None
    conv_steps: int | None = None
    parity_steps: int | None = None
    costs: bool = False


PRECISIONS = {
    "quick": Precision(
        engines=tuple(name for name in RAW_ENGINES if ENGINES[name].in_quick),
        keras_engines=tuple(name for name in KERAS_ENGINES if ENGINES[name].in_quick),
        stop=Stop(least=12, most=1000, target_width=0.1, budget_seconds=None, whatever_it_takes=6),
        max_segment_seconds=1.0,
        dense_steps=100,
        conv_steps=10,
        parity_steps=5,
    ),
    "full": Precision(
        engines=RAW_ENGINES,
        keras_engines=KERAS_ENGINES,
        stop=Stop(least=12, target_width=0.03, budget_seconds=600),
        max_segment_seconds=4.0,
        costs=True,
    ),
}
