"""What a teacher says of a submission: plain data that can cross a process."""

from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = 1
PASSES, OPEN, WRONG, UNDECIDED = "passes", "open", "wrong", "not decided"
EXIT_CODES = {PASSES: 0, OPEN: 1, WRONG: 1, UNDECIDED: 3}


@dataclass(frozen=True)
class Grade:
    """The first thing that does not hold, and what does.

    Attributes:
        exercise: its name.
        verdict: passes, open (the first gap that does not hold is not filled yet), wrong, or not
            decided.
        gaps: how many the exercise has.
        holds: the numbers of the gaps that do.
        agrees: what agrees with the twin, in words.
        gap: the number of the first gap that does not hold; None where the fault is in none.
        line, text: where in the file, if it is known.
        what: what does not hold: the first number that differs, or how the code failed.
        cause: its name in ``gvk diagnose``; empty where the code failed or is not there yet.
        words: the cause in words.
        confirmed: how the cause was confirmed, in words; empty where it was not.
        hint: what helps.
        remedy: what the diagnosis would write.
    """

    exercise: str
    verdict: str
    gaps: int
    holds: tuple[int, ...] = ()
    agrees: tuple[str, ...] = ()
    gap: int | None = None
    line: int | None = None
    text: str = ""
    what: str = ""
    cause: str = ""
    words: str = ""
    confirmed: str = ""
    hint: str = ""
    remedy: str = ""

    @property
    def exit_code(self) -> int:
        """Of ``gvk grade``."""
        return EXIT_CODES[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, under a versioned schema."""
        return {"grade_schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Grade":
        """Return the grade that ``to_dict`` wrote."""
        lists = {key: tuple(values[key]) for key in ("holds", "agrees")}
        return cls(**{k: v for k, v in values.items() if k != "grade_schema"} | lists)
