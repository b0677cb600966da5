"""What is found of a pair: plain data that can cross a process."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AGREE, DISAGREE, UNDECIDED = "agree", "disagree", "not decided"


@dataclass(frozen=True)
class Line:
    """A line of source.

    Attributes:
        role: what it has to do with a difference, in words; empty for the line at fault.
    """

    file: str
    line: int
    text: str
    role: str = ""

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line}"


@dataclass(frozen=True)
class Finding:
    """One difference.

    Attributes:
        rung: forward, loss, gradient, update, state, prediction, metric, epoch, data or start.
        step: counted from 1; 0 for what comes after the steps.
        size: the relative distance of what differs first.
        what: that, in words.
        loop, reference: the lines at fault, where known.
        loop_more, reference_more: the lines that lead there, the nearest first.
        computed: the ops of either side.
        cause: its name, or ``unexplained``.
        words, remedy, confirmed: the cause, a line of code, and how it was confirmed.
        omission: whether the loop lacks something, so that its line is only the nearest one.
    """

    rung: str
    step: int
    size: float
    what: str
    loop: Line | None
    reference: Line | None
    computed: dict[str, Any]
    cause: str
    words: str
    remedy: str = ""
    confirmed: str = ""
    omission: bool = False
    loop_more: tuple[Line, ...] = ()
    reference_more: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What was found of a pair.

    Attributes:
        verdict: agree, disagree or not decided.
        agrees: what agrees, in words, in the order of the climb.
        findings: the differences, the first first.
        harmless: what else differs, but not in a weight, a prediction or a metric.
        limits: what was cut short or could not be compared.
        facts: seconds, steps, floor, runs, parameters.
    """

    verdict: str
    agrees: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    harmless: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
