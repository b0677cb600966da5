"""A diagnosis in words: one screen for a person, and a page in Markdown."""

from collections.abc import Callable
from pathlib import Path

from bench.diagnose.finding import AGREE, UNDECIDED, Answer, Finding, Line

RUNG_WORDS = {
    "forward": "in the forward pass",
    "loss": "in the loss",
    "gradient": "on the way back",
    "update": "in the optimizer's update",
    "state": "in the moving statistics",
    "prediction": "in the predictions",
    "metric": "in a metric",
    "epoch": "in a whole fit",
    "data": "in the order of the data",
    "start": "in the starting weights",
}

MAX_LED = 2
"""Lines of a kind that lead to the one at fault: a screen shows so many."""


def screen(diagnosis: Answer, dim: Callable[[str], str] = str) -> str:
    """Return the answer for a person, one screen.

    Args:
        dim: puts what matters less into another colour.
    """
    parts = [headline(diagnosis)]
    if diagnosis.agrees:
        parts.append("agrees: " + ", ".join(diagnosis.agrees))
    for number, finding in enumerate(diagnosis.findings, 1):
        parts.append(_finding(number, finding, dim))
    for words in diagnosis.harmless:
        parts.append(f"differs without harm: {words}")
    for words in diagnosis.limits:
        parts.append(f"note: {words}")
    return "\n".join(parts)


def headline(diagnosis: Answer) -> str:
    """Return the verdict as one line."""
    if diagnosis.verdict == AGREE:
        return "the programs agree"
    if diagnosis.verdict == UNDECIDED:
        return "not decided: what rounding alone does to this pair would hide a difference"
    n = len(diagnosis.findings)
    return f"the programs disagree: {n} {'difference' if n == 1 else 'differences'}"


def _finding(number: int, finding: Finding, dim: Callable[[str], str]) -> str:
    lines = [f"\n{number}. {finding.words}", f"   where     {_where(finding)}"]
    for name, line in (("loop", finding.loop), ("reference", finding.reference)):
        if line is not None:
            near = (
                " (the nearest line: something is missing)"
                if (name == "loop" and finding.omission)
                else ""
            )
            lines += [f"   {name:<9} {line}{near}", f"             {line.text}"]
            lines += [dim(f"             {m.role} {m}: {m.text}") for m in led(finding, name)]
    lines.append(f"   by        {finding.what}, {finding.size:.2g} relative")
    if finding.confirmed:
        lines.append(f"   confirmed {finding.confirmed}")
    if finding.remedy:
        lines.append(f"   cure      {finding.remedy}")
    return "\n".join(lines)


def led(finding: Finding, side: str) -> list[Line]:
    """Return the lines that lead to the one at fault, as far as a screen shows them.

    Args:
        side: ``loop`` or ``reference``.
    """
    more: tuple[Line, ...] = getattr(finding, f"{side}_more")
    roles = list(dict.fromkeys(line.role for line in more))
    return [m for role in roles for m in [line for line in more if line.role == role][:MAX_LED]]


def _where(finding: Finding) -> str:
    step = f", step {finding.step}" if finding.step else ""
    layer = finding.computed.get("layer") if finding.computed else None
    return f"{RUNG_WORDS[finding.rung]}{step}" + (f", layer {layer}" if layer else "")


def page(diagnosis: Answer, names: tuple[str, ...]) -> str:
    """Return the answer as Markdown, with the ops of both sides."""
    title = " and ".join(Path(n.split(":")[0]).name for n in names)
    text = [f"# Diagnosis of {title}", "", headline(diagnosis) + ".", ""]
    if diagnosis.agrees:
        text += ["Agrees: " + ", ".join(diagnosis.agrees) + ".", ""]
    for number, finding in enumerate(diagnosis.findings, 1):
        text += _section(number, finding)
    text += [f"- Differs without harm: {words}." for words in diagnosis.harmless]
    text += [f"- Note: {words}." for words in diagnosis.limits]
    plain = {k: v for k, v in diagnosis.facts.items() if not isinstance(v, dict)}
    facts = ", ".join(f"{k} {v}" for k, v in plain.items())
    return "\n".join([*text, "", f"Facts: {facts}.", ""])


def _section(number: int, finding: Finding) -> list[str]:
    text = [f"## {number}. {finding.words}", "", f"- Where: {_where(finding)}"]
    for name, line in (("Loop", finding.loop), ("Reference", finding.reference)):
        if line is not None:
            text.append(f"- {name}: {line}: {_code(line)}")
            text += [f"  - {m.role} {m}: {_code(m)}" for m in led(finding, name.lower())]
    text.append(f"- By: {finding.what}, {finding.size:.2g} relative")
    if finding.confirmed:
        text.append(f"- Confirmed: {finding.confirmed}")
    if finding.remedy:
        text.append(f"- Cure: `{finding.remedy}`")
    for name in ("loop", "reference"):
        if finding.computed.get(name):
            text.append(f"- Ops of the {name} there: {', '.join(finding.computed[name])}")
    return [*text, ""]


def _code(line: Line) -> str:
    return f"`{line.text}`" if "`" not in line.text else line.text
