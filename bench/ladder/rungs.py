"""The rungs of ``gvk ladder``: from the barest way to train a model to ``fit`` as users call it.

Nothing here imports TensorFlow: the figures of a ladder are worked out again without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bench.records.reading import AGAIN

RUNG, WHOLE, LEFT_OUT, SIDEWAYS, CONTROL = "rung", "whole", "left out", "sideways", "control"
"""What a pair of rungs is measured for."""


@dataclass(frozen=True)
class Rung:
    """One way to train a model.

    Attributes:
        name: what it has that the one below has not.
        words: the same for those who do not know it.
        impl: ``raw`` or ``keras``: who has the loop over the batches, and the layers.
        engine: a key of ``rawtf.engines.EVERY_BY_NAME`` or of ``bench.ladder.keras_rungs.RUNGS``.
        xla: whether XLA compiles it.
        metrics: whether accuracy is compiled in.
        verbose: of ``fit``; 1 for a progress bar.
        validates: whether ``fit`` validates after each epoch.
        steps_per_execution, eagerly: as ``compile`` takes them.
    """

    name: str
    words: str
    impl: str
    engine: str
    xla: bool = False
    metrics: bool = False
    verbose: int = 0
    validates: bool = False
    steps_per_execution: int = 1
    eagerly: bool = False

    @property
    def piped(self) -> bool:
        """Whether each call of it builds a pipeline first: what it takes once, not once a step."""
        return self.impl == "keras" or self.engine == "piped"

    @property
    def again(self) -> "Rung":
        """A copy, the control beside it."""
        return replace(self, name=self.name + AGAIN)


@dataclass(frozen=True)
class Pair:
    """Two rungs that are timed beside each other."""

    lower: Rung
    upper: Rung
    role: str

    @property
    def name(self) -> str:
        """Both names, the lower one first."""
        return f"{self.lower.name} -> {self.upper.name}"


LADDER = (
    Rung("bare epoch", "a whole epoch in one graph, compiled by XLA", "raw", "epoch", xla=True),
    Rung("without XLA", "a whole epoch in one graph, not compiled by XLA", "raw", "epoch"),
    Rung("a call a step", "Python calls the graph once a step", "raw", "gathered"),
    Rung("batches from the host", "Python cuts the batch and sends it", "raw", "step"),
    Rung("tf.data", "a pipeline cuts the batches", "raw", "piped"),
    Rung("Keras layers", "Keras's layers and loss for raw ones", "keras", "own step"),
    Rung("Keras optimizer", "Keras's optimizer", "keras", "own step, Keras optimizer"),
    Rung("loss tracker", "Keras's mean of the loss", "keras", "own step, metrics"),
    Rung("metrics", "accuracy at each step", "keras", "own step, metrics", metrics=True),
    Rung("train_step", "Keras's train_step and its function", "keras", "train_step", metrics=True),
    Rung("callbacks", "fit: callbacks and their host reads", "keras", "fit", metrics=True),
    Rung("progress bar", "fit(verbose=1)", "keras", "fit", metrics=True, verbose=1),
    Rung(
        "validation", "fit(validation_data=...)", "keras", "fit",
        metrics=True, verbose=1, validates=True,
    ),
)  # fmt: skip
FIT = "callbacks"
"""The rung that is ``fit`` itself; what is above it does more than train."""

PLAIN = Rung("fit", "fit(verbose=0) without metrics", "keras", "fit")
UNTUNED = "autotune.enabled=False"
"""The option of ``tf.data``; the others beside the ladder are of ``compile``."""
SIDEWAYS_RUNGS = (
    replace(PLAIN, name="steps_per_execution=32", words="32 steps a call", steps_per_execution=32),
    replace(PLAIN, name="jit_compile=True", words="the step compiled by XLA", xla=True),
    replace(PLAIN, name="run_eagerly=True", words="no graph at all", eagerly=True),
    replace(
        PLAIN,
        name=UNTUNED,
        words="a tf.data pipeline that does not tune itself",
        engine="fit, untuned",
    ),
)


def pairs(start: str = LADDER[0].name) -> Iterator[Pair]:
    """Yield what is timed: each rung over the one below, the whole, sideways, the control.

    Args:
        start: the name of the lowest rung; what is below it is timed against it, and left out.
    """
    place = [rung.name for rung in LADDER].index(start)
    below, ladder = LADDER[:place], LADDER[place:]
    for lower, upper in pairwise(ladder):
        yield Pair(lower, upper, RUNG)
    yield Pair(ladder[0], ladder[-1], WHOLE)
    for rung in below:
        yield Pair(ladder[0], rung, LEFT_OUT)
    for rung in SIDEWAYS_RUNGS:
        yield Pair(PLAIN, rung, SIDEWAYS)
    yield Pair(PLAIN, PLAIN.again, CONTROL)


def every_rung() -> tuple[Rung, ...]:
    """Return each rung once, copies left out."""
    return (*LADDER, PLAIN, *SIDEWAYS_RUNGS)
