"""How often a diagnosis is right, on pairs whose answer is known: fault by fault."""

import ast
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.diagnose.answer import Diagnosis
from bench.diagnose.finding import AGREE, DISAGREE, Finding, Line
from bench.diagnose.marks import Truth, stripped, truth_of
from bench.diagnose.words import led
from bench.diagnose.worker import Request, diagnose_apart
from bench.errors import UserError

FAULTY = "result"
MARK = "bench.diagnose.scorecard:mark"


@dataclass(frozen=True)
class Fault:
    """One fault's marks.

    Attributes:
        cause, line: the file's own words; the line is None for an omission.
        first: whether a finding names the line first, or for an omission whether one is left that
            names any.
        shown: whether the line is among those that a screen shows.
    """

    cause: str
    line: str | None
    first: bool
    shown: bool


@dataclass(frozen=True)
class Score:
    """One pair's marks.

    Attributes:
        name: of the file.
        kind: ``result``, or else one where both agree.
        verdict: of the diagnosis, or ``failed``.
        faults: what is wrong with the pair; none where both agree.
        confirmed: of how many differences the cause was confirmed by its cure.
        causes: their names.
        words: those in words; what went wrong where the diagnosis failed.
        usual: what accuracy, allclose and the first differing variable say.
        beside: whether other work ran beside, so that the seconds are no measure.
    """

    name: str
    kind: str
    verdict: str
    faults: tuple[Fault, ...]
    seconds: float
    confirmed: int = 0
    causes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    usual: str = ""
    beside: bool = False

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Score":
        """Return what ``asdict`` said, though JSON made lists of tuples."""
        faults = tuple(Fault(**fault) for fault in values["faults"])
        causes, words = tuple(values["causes"]), tuple(values["words"])
        return cls(**values | {"faults": faults, "causes": causes, "words": words})

    @property
    def right(self) -> bool:
        """Whether the verdict is."""
        return self.verdict == (DISAGREE if self.kind == FAULTY else AGREE)

    @property
    def told(self) -> int:
        """How many of its faults have a confirmed cause, one each."""
        return min(self.confirmed, len(self.faults))


def mark(
    name: str, source: str, loop: str, timeout: float, memory_mb: float, beside: bool
) -> dict[str, Any]:
    """Diagnose a known pair, stripped of its answer and its name, and mark it.

    Args:
        name: of its file.
        source: of its file, so that it need not lie where this is done.
        loop: the function that is diagnosed.
        timeout, memory_mb: as ``diagnose_apart`` takes them.
        beside: whether other work runs beside.

    Returns:
        A ``Score`` as plain values.
    """
    truth = truth_of(source)
    assert truth is not None
    if loop != "loop":
        truth = Truth("none", (), ())
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        blind = Path(folder) / "pair.py"
        blind.write_text(stripped(source, keep=loop))
        try:
            answer = diagnose_apart(Request((str(blind),), loop), timeout, memory_mb)
        except UserError as error:
            answer = Diagnosis(verdict="failed", limits=(str(error),))
    score = marked(name, truth, answer, time.monotonic() - begin)
    return asdict(replace(score, beside=beside))


def marked(name: str, truth: Truth, answer: Diagnosis, seconds: float) -> Score:
    """Return the marks of an answer."""
    findings = answer.findings
    return Score(
        name,
        truth.kind,
        answer.verdict,
        tuple(_faults(truth, findings)) if truth.kind == FAULTY else (),
        seconds,
        sum(bool(f.confirmed) for f in findings),
        tuple(f.cause for f in findings),
        tuple(f.words for f in findings) or (answer.limits if answer.verdict == "failed" else ()),
        _usual(answer.facts.get("usual", {})),
    )


def _faults(truth: Truth, findings: tuple[Finding, ...]) -> list[Fault]:
    """Return each fault with whether its line is named; a finding names one fault's alone."""
    left = list(findings)
    marks: dict[int, Fault] = {}
    placed = sorted(range(len(truth.lines)), key=lambda i: truth.lines[i] is None)
    for i in placed:
        line = truth.lines[i]
        first = next((f for f in left if _names(line, _firsts(f, line))), None)
        if first is not None:
            left.remove(first)
        shown = first is not None or any(_names(line, led(f, "loop")) for f in findings)
        marks[i] = Fault(truth.causes[i], line, first is not None, shown)
    return [marks[i] for i in sorted(marks)]


def _firsts(finding: Finding, line: str | None) -> list[Line | None]:
    """Return the lines that may name a fault: the loop's first, for an omission the reference's."""
    return [finding.loop] if line is not None else [finding.loop, finding.reference]


def _names(line: str | None, lines: Sequence[Line | None]) -> bool:
    """Return whether a line of source is among some lines; for an omission whether any is."""
    texts = [plain_line(each.text) for each in lines if each is not None]
    return bool(texts) if line is None else plain_line(line) in texts


def _usual(facts: dict[str, Any]) -> str:
    """Return what the usual means say, in words."""
    said = []
    if "accuracies" in facts:
        said.append("accuracy " + " / ".join(f"{a:.2f}" for a in facts["accuracies"]))
    if "allclose" in facts:
        said.append("close" if facts["allclose"] else "not close")
    said.append(f"first: {facts['first variable']}" if facts.get("first variable") else "no weight")
    return ", ".join(said)


def plain_line(line: str) -> str:
    """Return a line as ``ast.unparse`` writes it, where it is a whole statement."""
    text = line.strip()
    try:
        return ast.unparse(ast.parse(text + (" pass" if text.endswith(":") else "")))
    except SyntaxError:
        return text


def totals(scores: list[Score]) -> dict[str, Any]:
    """Return the counts over all pairs, and over all faults of those that hold any."""
    faulty = [s for s in scores if s.kind == FAULTY]
    faults = [fault for s in faulty for fault in s.faults]
    placed = [fault for fault in faults if fault.line is not None]
    return {
        "pairs": len(scores),
        "with a fault": len(faulty),
        "reported": sum(s.right for s in faulty),
        "faults": len(faults),
        "cause confirmed": sum(s.told for s in faulty),
        "faults with a line": len(placed),
        "line": sum(fault.first for fault in placed),
        "line among those shown": sum(fault.shown for fault in placed),
        "omissions placed": sum(fault.first for fault in faults if fault.line is None),
        "false alarms": sum(not s.right for s in scores if s.kind != FAULTY),
        "median seconds": round(median(s.seconds for s in scores), 1) if scores else 0.0,
        "longest seconds": round(max((s.seconds for s in scores), default=0.0), 1),
    }


def table(scores: list[Score]) -> str:
    """Return the marks as Markdown."""
    from bench.render.markdown import table as markdown

    rows = [
        (
            s.name,
            s.kind,
            s.verdict,
            *(_said(s.faults, what) for what in ("first", "shown")),
            f"{s.told} of {len(s.faults)}" if s.faults else "",
            "; ".join(s.words),
            "; ".join(fault.cause for fault in s.faults),
            s.usual,
            f"{s.seconds:.1f}",
        )
        for s in scores
    ]
    columns = ("pair", "kind", "verdict", "line", "line among those shown", "confirmed",
               "cause found", "cause known", "the usual means", "s")  # fmt: skip
    return f"{counts(scores)}.\n\n{markdown(columns, rows, 'lllllllllr')}\n"


def counts(scores: list[Score]) -> str:
    """Return the totals in words; where seconds are no measure, it is said."""
    said = ", ".join(f"{k} {v}" for k, v in totals(scores).items())
    return f"{said}, other jobs beside" if any(s.beside for s in scores) else said


def _said(faults: tuple[Fault, ...], what: str) -> str:
    """Return yes or no for each fault; of an omission in brackets, as any line will do."""
    words = ["yes" if getattr(fault, what) else "no" for fault in faults]
    pairs = zip(words, faults, strict=True)
    return ", ".join(w if fault.line is not None else f"({w})" for w, fault in pairs)
