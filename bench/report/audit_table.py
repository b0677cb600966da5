"""The fairness audit in a report: what all arms share, and what is measured."""

from collections.abc import Sequence

from bench.records.reading import AGAIN, Record
from bench.render.markdown import counted, escape, table


def audit_text(model: str, findings: Sequence[Record]) -> str:
    """Return a line of what the arms of a model share, and a table of where they differ."""
    shared = [
        f"{escape(finding['fact'])} {escape(next(iter(finding['values'].values())))}"
        for finding in findings
        if not _differs(finding)
    ]
    arms = [arm for arm in findings[0]["values"] if not arm.endswith(AGAIN)]
    measured = [finding for finding in findings if _differs(finding)]
    rows = [[arm, *(finding["values"][arm] for finding in measured)] for arm in arms]
    same = f"The same on all {counted(len(arms), 'arm')} of {escape(model)}: {'; '.join(shared)}."
    if not measured:
        return same
    return f"{same}\n\n{table(['Arm', *(finding['fact'] for finding in measured)], rows)}"


def meaning(findings: Sequence[Record]) -> dict[str, str]:
    """Return why each fact in which arms differ is what is measured."""
    return {f["fact"]: f["measured"] for f in findings if _differs(f)}


def _differs(finding: Record) -> bool:
    return len(set(finding["values"].values())) > 1
