"""The rungs of ``gvk ladder``: from the barest way to train a model to ``fit`` as users call it.

Nothing here imports TensorFlow: the figures of a ladder are worked out again without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bench.records.reading import AGAIN

RUNG, WHOLE, LEFT_OUT, SIDEWAYS, CONTROL = "rung", "whole", "left out", "sideways", "control"
"""What a pair of rungs is measured for."""
STEPS, END, EPOCH = "steps", "end of an epoch", "whole epochs"
"""What is timed of a rung: steps in the middle of an epoch; the last step of one and what comes
before the next; epochs as they are, never held between two steps."""
LEAST_STEPS = 30
"""Of an epoch: in a shorter one what comes once would outweigh the steps."""
ADDS_UP = 0.25
"""Of the whole: how far the sum of the rungs may lie from it, and how well it has to be known."""


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
    """Two rungs that are timed beside each other.

    Attributes:
        lower, upper: the rungs.
        role: what the pair is measured for.
        units: what is timed of either.
    """

    lower: Rung
    upper: Rung
    role: str
    units: tuple[str, str] = (STEPS, STEPS)

    @property
    def name(self) -> str:
        """Both names, the lower one first."""
        return f"{self.lower.name} -> {self.upper.name}"


LADDER = (
    Rung("bare epoch", "a whole epoch in one graph, compiled by XLA", "raw", "epoch", xla=True),
    Rung("without XLA", "a whole epoch in one graph, not compiled by XLA", "raw", "epoch"),
    Rung("a call a step", "Python calls the graph once a step", "raw", "gathered"),
    Rung("batches from the host", "Python cuts the batch and sends it", "raw", "step"),
    Rung("tf.data", "a pipeline cuts the batches, untuned", "raw", "piped"),
    Rung("Keras layers", "Keras's layers and loss for raw ones", "keras", "own step"),
    Rung("Keras optimizer", "Keras's optimizer", "keras", "own step, Keras optimizer"),
    Rung("loss tracker", "Keras's mean of the loss", "keras", "own step, metrics"),
    Rung("metrics", "accuracy at each step", "keras", "own step, metrics", metrics=True),
    Rung("train_step", "Keras's train_step and its function", "keras", "train_step", metrics=True),
    Rung("callbacks", "fit: a callback's turn at each step", "keras", "fit, untuned", metrics=True),
    Rung("progress bar", "fit(verbose=1)", "keras", "fit, untuned", metrics=True, verbose=1),
    Rung(
        "epoch's end", "once an epoch: its means read, a new iterator", "keras", "fit, untuned",
        metrics=True, verbose=1,
    ),
    Rung(
        "validation", "fit(validation_data=...), once an epoch", "keras", "fit, untuned",
        metrics=True, verbose=1, validates=True,
    ),
    Rung(
        "self-tuning", "tf.data tunes itself, and an epoch waits for it", "keras", "fit",
        metrics=True, verbose=1, validates=True,
    ),
)  # fmt: skip
UNITS = {
    "epoch's end": (STEPS, END),
    "validation": (END, END),
    "self-tuning": (EPOCH, EPOCH),
}
"""What is timed of the rung below and of the rung itself, where it is not steps."""
NOT_OF_FIT = ("progress bar", "validation")
"""What is no part of ``fit(verbose=0)`` without validation: it does more than train."""

PLAIN = Rung("fit, untuned", "fit(verbose=0) without metrics, untuned", "keras", "fit, untuned")
"""What the options of ``compile`` are held against: no epoch of it waits while others are timed."""
AS_IT_COMES = replace(PLAIN, name="fit", words="fit(verbose=0) without metrics", engine="fit")
UNTUNED = "autotune.enabled=False"
"""The option of ``tf.data``; the others beside the ladder are of ``compile``."""
OPTIONS = (
    replace(PLAIN, name="steps_per_execution=32", words="32 steps a call", steps_per_execution=32),
    replace(PLAIN, name="jit_compile=True", words="the step compiled by XLA", xla=True),
    replace(PLAIN, name="run_eagerly=True", words="no graph at all", eagerly=True),
)
"""Of ``compile``."""
NOT_TUNED = replace(PLAIN, name=UNTUNED, words="a tf.data pipeline that does not tune itself")
SIDEWAYS_RUNGS = (*OPTIONS, NOT_TUNED)


def pairs(start: str = LADDER[0].name) -> Iterator[Pair]:
    """Yield what is timed: each rung over the one below, the whole, sideways, the control.

    Args:
        start: the name of the lowest rung; what is below it is timed against it, and left out.
    """
    place = [rung.name for rung in LADDER].index(start)
    below, ladder = LADDER[:place], LADDER[place:]
    for lower, upper in pairwise(ladder):
        yield Pair(lower, upper, RUNG, UNITS.get(upper.name, (STEPS, STEPS)))
    yield Pair(ladder[0], ladder[-1], WHOLE, (EPOCH, EPOCH))
    for rung in below:
        yield Pair(ladder[0], rung, LEFT_OUT, (EPOCH, EPOCH))
    for rung in OPTIONS:
        yield Pair(PLAIN, rung, SIDEWAYS)
    yield Pair(AS_IT_COMES, NOT_TUNED, SIDEWAYS, (EPOCH, EPOCH))
    yield Pair(PLAIN, PLAIN.again, CONTROL)


def every_rung() -> tuple[Rung, ...]:
    """Return each rung once, copies left out."""
    return (*LADDER, PLAIN, AS_IT_COMES, *SIDEWAYS_RUNGS)
