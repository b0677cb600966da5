"""The answer of a diagnosis: plain data, one way to say it, one exit code."""

from dataclasses import asdict, dataclass
from typing import Any

from bench.diagnose.finding import AGREE, DISAGREE, UNDECIDED, Answer, Finding, Line
from bench.diagnose.words import screen

SCHEMA = 1
EXIT_CODES = {AGREE: 0, DISAGREE: 1, UNDECIDED: 3}


@dataclass(frozen=True)
class Diagnosis(Answer):
    """What was found of a pair, as it is handed to whoever asked."""

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
        findings = tuple(Finding(**{**f, **_lines(f)}) for f in values["findings"])
        texts = {k: tuple(values[k]) for k in ("agrees", "harmless", "limits")}
        return cls(verdict=values["verdict"], findings=findings, facts=values["facts"], **texts)

    def __str__(self) -> str:
        return screen(self)


def _lines(finding: dict[str, Any]) -> dict[str, Any]:
    one = {side: _line(finding[side]) for side in ("loop", "reference")}
    more = {f"{side}_more": tuple(Line(**v) for v in finding[f"{side}_more"]) for side in one}
    return {**one, **more}


def _line(values: dict[str, Any] | None) -> Line | None:
    return None if values is None else Line(**values)
