"""How often the answer is right, on pairs whose slow line is known, and how good the cure is."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.diagnose.marks import Truth, known, stripped
from bench.diagnose.worker import Request, answered_apart
from bench.errors import UserError
from bench.slow.finding import SpeedDiagnosis
from bench.slow.worker import speed_apart

SPEED, NONE = "speed", "none"
ASKED = 1.2
"""What a cured step may take of a step of ``fixed()``."""


@dataclass(frozen=True)
class SpeedScore:
    """One pair's marks.

    Attributes:
        name: of the file.
        kind: ``speed``, or ``none`` where nothing is slow.
        verdict: of the answer, or ``failed``.
        named: whether a cause was found and timed.
        line: whether the first line of a finding is the slow one; any, where one is missing.
        shown: the same of all lines that a screen shows.
        of_fixed: what a cured step takes of one of ``fixed()``, with its interval.
        causes, words: of the findings; what went wrong where it failed.
        known: the cause in the file's own words.
    """

    name: str
    kind: str
    verdict: str
    named: bool
    line: bool
    shown: bool
    of_fixed: tuple[float, float, float] | None
    causes: tuple[str, ...]
    words: tuple[str, ...]
    known: str
    seconds: float

    @property
    def right(self) -> bool:
        """Whether a slow pair has its cause, and an equal one none.

        That an equal pair takes longer than the reference may well be so; a cause would be false.
        """
        return self.verdict != "failed" and self.named == (self.kind == SPEED)

    @property
    def cured(self) -> bool:
        """Whether the cured program is as fast as the fixed one."""
        return self.of_fixed is not None and self.of_fixed[0] <= ASKED


def is_marked(file: Path) -> bool:
    """Return whether a file says of itself that it is slow, or that nothing is wrong with it."""
    truth = known(file)
    return truth is not None and truth.kind in (SPEED, NONE)


def mark_speed(file: Path, timeout: float, memory_mb: float) -> SpeedScore:
    """Search a known pair, stripped of its answer and its name, and mark what is found."""
    truth = known(file)
    assert truth is not None
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        blind = Path(folder) / "pair.py"
        blind.write_text(stripped(file.read_text()))
        try:
            answer = speed_apart(Request((str(blind),)), timeout, memory_mb)
        except UserError as error:
            answer = SpeedDiagnosis("failed", limits=(str(error),))
        seconds = time.monotonic() - begin
        of_fixed = _of_fixed(file, answer, Path(folder), timeout, memory_mb)
    return marked_speed(file.stem, truth, answer, of_fixed, seconds)


def marked_speed(
    name: str,
    truth: Truth,
    answer: SpeedDiagnosis,
    of_fixed: tuple[float, float, float] | None,
    seconds: float,
) -> SpeedScore:
    """Return the marks of an answer."""
    findings = answer.findings
    firsts = [f.line.text for f in findings]
    shown = firsts + [m.text for f in findings for m in f.more]
    return SpeedScore(
        name,
        truth.kind,
        answer.verdict,
        bool(findings),
        all(_names(line, firsts) for line in truth.lines),
        all(_names(line, shown) for line in truth.lines),
        of_fixed,
        tuple(f.cause for f in findings),
        tuple(f.words for f in findings) or answer.limits,
        "; ".join(truth.causes),
        seconds,
    )


def _names(line: str | None, texts: Sequence[str]) -> bool:
    from bench.diagnose.scorecard import plain_line

    if line is None:
        return bool(texts)
    return plain_line(line) in map(plain_line, texts)


def _of_fixed(
    file: Path, answer: SpeedDiagnosis, folder: Path, timeout: float, memory_mb: float
) -> tuple[float, float, float] | None:
    """Time the cured program and the file's own ``fixed()`` in turns."""
    truth = known(file)
    if not answer.findings or truth is None or truth.kind != SPEED:
        return None
    cured = folder / "cured.py"
    cured.write_text(answer.cured)
    asked = {"cured": str(cured), "fixed": str(file), "way": answer.findings[0].way}
    try:
        told = answered_apart("bench.slow.against_fixed", asked, timeout, memory_mb)
    except UserError:
        return None
    return told["ratio"], told["low"], told["high"]


def speed_totals(scores: Sequence[SpeedScore]) -> dict[str, Any]:
    """Return the counts over all pairs."""
    slow = [s for s in scores if s.kind == SPEED]
    placed = [s for s in slow if s.named]
    return {
        "pairs": len(scores),
        "slow": len(slow),
        "cause found": len(placed),
        "line": sum(s.line for s in placed),
        "line among those shown": sum(s.shown for s in placed),
        "cured as fast as fixed": sum(s.cured for s in slow),
        "false alarms": sum(not s.right for s in scores if s.kind == NONE),
        "median seconds": round(median(s.seconds for s in scores), 1) if scores else 0.0,
        "longest seconds": round(max((s.seconds for s in scores), default=0.0), 1),
    }


def speed_table(scores: Sequence[SpeedScore]) -> str:
    """Return the marks as Markdown."""
    from bench.render.markdown import table

    rows = [
        (s.name, s.kind, s.verdict, _yes(s.line, s.named), _yes(s.shown, s.named),
         _times(s.of_fixed), "; ".join(s.words), s.known, f"{s.seconds:.1f}")
        for s in scores
    ]  # fmt: skip
    columns = ("pair", "kind", "verdict", "line", "line among those shown", "cured / fixed",
               "cause found", "cause known", "s")  # fmt: skip
    counts = ", ".join(f"{k} {v}" for k, v in speed_totals(scores).items())
    return f"{counts}.\n\n{table(columns, rows, 'lllllrllr')}\n"


def _yes(holds: bool, asked: bool) -> str:
    return ("yes" if holds else "no") if asked else ""


def _times(ratio: tuple[float, float, float] | None) -> str:
    return "" if ratio is None else f"{ratio[0]:.2f} ({ratio[1]:.2f} to {ratio[2]:.2f})"


def plain(score: SpeedScore) -> dict[str, Any]:
    """Return a pair's marks as plain values."""
    return asdict(score) | {"right": score.right, "cured": score.cured}
