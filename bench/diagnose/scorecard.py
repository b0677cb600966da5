"""How often a diagnosis is right, on pairs whose answer is known.

A known pair is a file whose ``LINE``, ``KIND`` and ``CAUSE`` say what is wrong. They are read from
the source here, to mark the answer; the diagnosis itself is given the file without them.
"""

import ast
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.diagnose.answer import Diagnosis
from bench.diagnose.finding import AGREE, DISAGREE
from bench.diagnose.worker import Request, diagnose_apart
from bench.errors import UserError

KEYS = ("CAUSE", "LINE", "KIND")


@dataclass(frozen=True)
class Score:
    """One pair's marks.

    Attributes:
        name: of the file.
        kind: ``result``, or else one where both agree.
        verdict: of the diagnosis, or ``failed``.
        place: whether the line is named, or for an omission any place; None where there is none.
        confirmed: whether every difference has a cause that its cure confirmed.
        causes: their names.
        truth: the file's own words, for the reader to compare.
        usual: what accuracy, allclose and the first differing variable say.
    """

    name: str
    kind: str
    verdict: str
    place: bool | None
    confirmed: bool | None
    causes: tuple[str, ...]
    words: tuple[str, ...]
    truth: str
    seconds: float
    usual: str = ""

    @property
    def right(self) -> bool:
        """Whether the verdict is."""
        return self.verdict == (DISAGREE if self.kind == "result" else AGREE)


def known(file: Path) -> dict[str, Any] | None:
    """Return what a file says of itself, or None where it says nothing."""
    marks = {}
    for node in ast.parse(file.read_text()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Name) and target.id in KEYS:
            marks[target.id] = ast.literal_eval(node.value)
    return marks if len(marks) == len(KEYS) else None


def stripped(source: str, keep: str = "loop") -> str:
    """Return a pair without its answer: no marks, no docstrings, no comments, no other factory.

    >>> print(stripped("'''Doc.'''\\nKIND = 'none'\\n\\ndef loop():\\n    return 1  # why"))
    def loop():
        return 1
    """
    tree = ast.parse(source)
    tree.body = [node for node in tree.body if not _tells(node, keep)]
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]) and len(body) > 1:
            del body[0]
    return ast.unparse(tree)


def _tells(node: ast.stmt, keep: str) -> bool:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id in KEYS
    if isinstance(node, ast.FunctionDef) and node.name in ("loop", "fixed"):
        return node.name != keep
    return _is_text(node)


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def mark(file: Path, loop: str, timeout: float, memory_mb: float) -> Score:
    """Diagnose a known pair, stripped of its answer and its name, and mark it."""
    truth = known(file)
    assert truth is not None
    kind = truth["KIND"] if loop == "loop" else "none"
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        blind = Path(folder) / "pair.py"
        blind.write_text(stripped(file.read_text(), keep=loop))
        try:
            answer = diagnose_apart(Request((str(blind),), loop), timeout, memory_mb)
        except UserError as error:
            return Score(
                file.stem,
                kind,
                "failed",
                None,
                None,
                (),
                (str(error),),
                truth["CAUSE"],
                time.monotonic() - begin,
            )
    seconds = time.monotonic() - begin
    return _marked(file.stem, kind, truth, answer, seconds)


def _marked(
    name: str, kind: str, truth: dict[str, Any], answer: Diagnosis, seconds: float
) -> Score:
    findings, wrong = answer.findings, kind == "result"
    lines = {_plain(f.loop.text) for f in findings if f.loop}
    place = (truth["LINE"] is None and bool(findings)) or _plain(truth["LINE"] or "") in lines
    confirmed = bool(findings) and all(f.confirmed for f in findings)
    return Score(
        name,
        kind,
        answer.verdict,
        place if wrong else None,
        confirmed if wrong else None,
        tuple(f.cause for f in findings),
        tuple(f.words for f in findings),
        truth["CAUSE"],
        seconds,
        _usual(answer.facts.get("usual", {})),
    )


def _usual(facts: dict[str, Any]) -> str:
    """Return what the usual means say, in words."""
    said = []
    if "accuracies" in facts:
        said.append("accuracy " + " / ".join(f"{a:.2f}" for a in facts["accuracies"]))
    if "allclose" in facts:
        said.append("close" if facts["allclose"] else "not close")
    said.append(f"first: {facts['first variable']}" if facts.get("first variable") else "no weight")
    return ", ".join(said)


def _plain(line: str) -> str:
    """Return a line as ``ast.unparse`` writes it, where it is a whole statement."""
    text = line.strip()
    try:
        return ast.unparse(ast.parse(text + (" pass" if text.endswith(":") else "")))
    except SyntaxError:
        return text


def totals(scores: list[Score]) -> dict[str, Any]:
    """Return the counts over all pairs."""
    faulty = [s for s in scores if s.kind == "result"]
    return {
        "pairs": len(scores),
        "with a fault": len(faulty),
        "reported": sum(s.right for s in faulty),
        "line right": sum(bool(s.place) for s in faulty),
        "cause confirmed": sum(bool(s.confirmed) for s in faulty),
        "false alarms": sum(not s.right for s in scores if s.kind != "result"),
        "median seconds": round(median(s.seconds for s in scores), 1) if scores else 0.0,
        "longest seconds": round(max((s.seconds for s in scores), default=0.0), 1),
    }


def table(scores: list[Score]) -> str:
    """Return the marks as Markdown."""
    from bench.render.markdown import table as markdown

    said = {True: "yes", False: "no", None: ""}
    rows = [
        (
            s.name,
            s.kind,
            s.verdict,
            said[s.place],
            said[s.confirmed],
            "; ".join(s.words),
            s.truth,
            s.usual,
            f"{s.seconds:.1f}",
        )
        for s in scores
    ]
    columns = ("pair", "kind", "verdict", "line", "confirmed", "cause found", "cause known",
               "the usual means", "s")  # fmt: skip
    counts = ", ".join(f"{k} {v}" for k, v in totals(scores).items())
    return f"{counts}.\n\n{markdown(columns, rows, 'llllllllr')}\n"
