"""The fairness audit in a report: what all arms share, and what is measured."""

from collections.abc import Mapping, Sequence

from bench.records.reading import AGAIN, Record
from bench.render.markdown import escape, table

Findings = Mapping[str, Sequence[Record]]


def audits_text(by_model: Findings) -> str:
    """Return what the arms of all models share, what those of a model do, and where they differ.

    Args:
        by_model: the findings of the audit of each model.
    """
    facts = dict.fromkeys(f["fact"] for findings in by_model.values() for f in findings)
    fixed = [fact for fact in facts if not _measured(by_model, fact)]
    everywhere = [fact for fact in fixed if len(set(_values(by_model, fact).values())) == 1]
    a_model = [fact for fact in fixed if fact not in everywhere]
    shared = [f"{fact} {next(iter(_values(by_model, fact).values()))}" for fact in everywhere]
    parts = [f"The same on all arms: {escape('; '.join(shared))}."] * bool(shared)
    if a_model:
        parts += ["The same on all arms of a model:", _models_table(by_model, a_model)]
    if why := meaning([f for findings in by_model.values() for f in findings]):
        parts += ["Where arms differ it is what is measured:", _arms_table(by_model, list(why))]
        parts.append("\n".join(f"- {escape(fact)}: {escape(words)}" for fact, words in why.items()))
    return "\n\n".join(parts)


def meaning(findings: Sequence[Record]) -> dict[str, str]:
    """Return why each fact in which arms differ is what is measured."""
    return {f["fact"]: f["measured"] for f in findings if _differs(f)}


def _models_table(by_model: Findings, facts: Sequence[str]) -> str:
    """Return a row a model, of facts that its arms share."""
    values = {fact: _values(by_model, fact) for fact in facts}
    rows = [[model, *(values[fact].get(model, "") for fact in facts)] for model in by_model]
    return table(("Model", *facts), rows)


def _arms_table(by_model: Findings, facts: Sequence[str]) -> str:
    """Return a row an arm, once for all models of which the same was found."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for model, findings in by_model.items():
        values = {f["fact"]: f["values"] for f in findings if f["fact"] in facts}
        for arm in _arms(findings):
            cells = (arm, *(str(values.get(fact, {}).get(arm, "")) for fact in facts))
            rows.setdefault(cells, []).append(model)
    columns = ("Arm", *facts)
    if all(len(models) == len(by_model) for models in rows.values()):
        return table(columns, list(rows))
    of = ["all" if len(own) == len(by_model) else ", ".join(own) for own in rows.values()]
    return table((*columns, "Of"), [[*cells, own] for cells, own in zip(rows, of, strict=True)])


def _arms(findings: Sequence[Record]) -> list[str]:
    arms = dict.fromkeys(arm for finding in findings for arm in finding["values"])
    return [arm for arm in arms if not arm.endswith(AGAIN)]


def _values(by_model: Findings, fact: str) -> dict[str, str]:
    """Return by model the value that a fact has on all its arms."""
    return {
        model: str(next(iter(finding["values"].values())))
        for model, findings in by_model.items()
        for finding in findings
        if finding["fact"] == fact
    }


def _measured(by_model: Findings, fact: str) -> bool:
    every = (f for findings in by_model.values() for f in findings if f["fact"] == fact)
    return any(_differs(finding) for finding in every)


def _differs(finding: Record) -> bool:
    return len(set(finding["values"].values())) > 1
