"""The answer in words: one screen for a person, and a page in Markdown."""

from collections.abc import Callable
from pathlib import Path

from bench.slow.finding import FAST, SLOW, SlowFinding, SpeedDiagnosis, Way

UNITS = {"step": "a step", "fit": "a step", "predict": "a call", "evaluate": "a call"}
MOST_CODE = 14
"""Lines of a cure that a screen shows; ``--report`` has them all."""


def screen(answer: SpeedDiagnosis, dim: Callable[[str], str] = str) -> str:
    """Return the answer for a person, one screen.

    Args:
        dim: puts what matters less into another colour.
    """
    parts = [headline(answer), *map(_beside, answer.ways)]
    for number, finding in enumerate(answer.findings, 1):
        parts.append(_finding(number, finding, dim))
    if answer.findings:
        parts += ["", *filter(None, map(_cured, answer.ways))]
    parts += [f"note: {words}" for words in answer.limits]
    return "\n".join(parts)


def headline(answer: SpeedDiagnosis) -> str:
    """Return the verdict as one line."""
    n = len(answer.findings)
    if n:
        return f"the loop is slow: {n} {'cause' if n == 1 else 'causes'} found"
    if answer.verdict == SLOW:
        return "the loop is slower than the reference, and nothing that was tried makes it faster"
    if answer.verdict != FAST:
        return "not decided: the times vary too much to tell the loop from the reference"
    if any(way.name in ("step", "fit") and way.times.high < 0.67 for way in answer.ways):
        return "the loop is faster than the reference: of the two the reference is the slow one"
    return "the loop is as fast as the reference"


def us(value: float) -> str:
    """Return microseconds as one writes them, or milliseconds where they are many.

    >>> us(312.4), us(27140.0)
    ('312 us', '27.1 ms')
    """
    return f"{value:.0f} us" if value < 10_000 else f"{value / 1000:.1f} ms"


def _times(ratio: float, low: float, high: float) -> str:
    digits = 2 if ratio < 10 else 0
    return f"{ratio:.{digits}f} times ({low:.{digits}f} to {high:.{digits}f})"


def _beside(way: Way) -> str:
    each = way.times
    return (
        f"{way.name:<9} {us(way.loop_us)} {UNITS[way.name]}, the reference {us(way.reference_us)}: "
        f"{_times(each.ratio, each.low, each.high)} as long"
    )


def _cured(way: Way) -> str:
    each = way.cured_times
    if way.cured_us is None or each is None:
        return ""
    return (
        f"cured     {way.name} {us(way.cured_us)} {UNITS[way.name]}: "
        f"{_times(each.ratio, each.low, each.high)} as long as the reference"
    )


def _costs(finding: SlowFinding) -> str:
    share, low, high = finding.share()
    return (
        f"{us(finding.cost_us)} {UNITS[finding.way]}, {share:.0%} of it ({low:.0%} to {high:.0%}): "
        f"{us(finding.before_us)} with it, {us(finding.after_us)} without"
    )


def _finding(number: int, finding: SlowFinding, dim: Callable[[str], str]) -> str:
    lines = [f"\n{number}. {finding.words}", f"   where     {finding.line}, in {finding.way}",
             f"             {finding.line.text}"]  # fmt: skip
    lines += [dim(f"             {m.role} {m}: {m.text}") for m in finding.more]
    lines += [f"   costs     {_costs(finding)}", f"   cure      {finding.remedy}"]
    code = finding.code.splitlines()
    lines += [f"             {line}" for line in code[:MOST_CODE]]
    if len(code) > MOST_CODE:
        lines.append(dim(f"             and {len(code) - MOST_CODE} lines more, in --report"))
    return "\n".join(lines)


def page(answer: SpeedDiagnosis, names: tuple[str, ...]) -> str:
    """Return the answer as Markdown, with the whole cures and what else was tried."""
    title = " and ".join(Path(n.split(":")[0]).name for n in names)
    text = [f"# Why {title} is as fast as it is", "", headline(answer) + ".", ""]
    text += [f"- {' '.join(_beside(way).split())}" for way in answer.ways]
    text += [f"- {' '.join(c.split())}" for way in answer.ways if (c := _cured(way))]
    for number, finding in enumerate(answer.findings, 1):
        text += ["", *_section(number, finding)]
    if answer.tried:
        text += ["", "## Tried without gain", "", *(f"- {each}" for each in answer.tried)]
    text += ["", *(f"- Note: {words}." for words in answer.limits)]
    facts = ", ".join(f"{k} {v}" for k, v in answer.facts.items())
    return "\n".join([*text, "", f"Facts: {facts}.", ""])


def _section(number: int, finding: SlowFinding) -> list[str]:
    return [
        f"## {number}. {finding.words}",
        "",
        f"- Where: {finding.line}: `{finding.line.text}`",
        *(f"  - {m.role} {m}: `{m.text}`" for m in finding.more),
        f"- Costs: {_costs(finding)}",
        f"- Cure: {finding.remedy}",
        "",
        "```diff",
        finding.code,
        "```",
    ]
