"""The answer: plain data that can cross a process, with one way to say it."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SCHEMA = 1
AGREE, DISAGREE, UNDECIDED = "agree", "disagree", "not decided"
EXIT_CODES = {AGREE: 0, DISAGREE: 1, UNDECIDED: 3}


@dataclass(frozen=True)
class Line:
    """A line of source."""

    file: str
    line: int
    text: str

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
        loop, reference: the lines, where known.
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


@dataclass(frozen=True)
class Diagnosis:
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

    @property
    def exit_code(self) -> int:
        """Of ``gvk diagnose``."""
        return EXIT_CODES[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, under a versioned schema."""
        return {"diagnosis_schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Diagnosis":
        """Return the diagnosis that ``to_dict`` wrote."""
        findings = tuple(
            Finding(**{**f, "loop": _line(f["loop"]), "reference": _line(f["reference"])})
            for f in values["findings"]
        )
        texts = {k: tuple(values[k]) for k in ("agrees", "harmless", "limits")}
        return cls(verdict=values["verdict"], findings=findings, facts=values["facts"], **texts)

    def __str__(self) -> str:
        from bench.diagnose.words import screen

        return screen(self)


def _line(values: dict[str, Any] | None) -> Line | None:
    return None if values is None else Line(**values)
