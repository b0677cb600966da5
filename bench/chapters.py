"""The chapters of a report beside equality, accuracy and throughput: ladder, law, costs, method."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bench import audit_report, calibration_report, costs_report, ladder_report, law_report
from bench.results import Record
from bench.tables import escape

Found = dict[str, list[Record]]


@dataclass(frozen=True)
class Chapter:
    """A part of a report, its figures by file name, and by what it is about the run it is from."""

    title: str
    text: str
    figures: dict[str, bytes] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)


def chapters(records: list[Record]) -> list[Chapter]:
    """Return a chapter for each kind of summary that there are records of."""
    every = []
    for kind, chapter in _CHAPTERS.items():
        if found := latest_summaries(records, kind):
            runs = {f"{kind} {name}": own[-1]["run"] for name, own in found.items()}
            every.append(replace(chapter(found), runs=runs))
    return every


def latest_summaries(records: list[Record], kind: str) -> Found:
    """Return the latest records of a kind by model (or part), those of one run together."""
    found: Found = {}
    for record in (r for r in records if r["kind"] == kind):
        name = str(record.get("model", record.get("part")))
        earlier = found.get(name, [])
        same_run = [r for r in earlier if r["run"] == record["run"]]
        found[name] = [*same_run, record]
    return found


def _audits(found: Found) -> Chapter:
    parts: list[str] = []
    why: dict[str, str] = {}
    for model, records in found.items():
        findings = next(r for r in records if r["task"] == "training")["findings"]
        parts.append(audit_report.audit_text(model, findings))
        why |= audit_report.meaning(findings)
    parts += ["Where they differ it is what is measured:"] * bool(why)
    parts.append("\n".join(f"- {escape(fact)}: {escape(words)}" for fact, words in why.items()))
    return Chapter("What the arms share", "\n\n".join(parts).strip())


def _ladders(found: Found) -> Chapter:
    parts, figures = [], {}
    for model, (*_, record) in found.items():
        name = f"ladder-{model}.svg"
        figures[name] = ladder_report.draw_ladder(record)
        parts += [f"### {escape(model)}", ladder_report.ladder_table(record)]
        parts += [f"![{ladder_report.ALT}]({name})", ladder_report.CAPTION]
    return Chapter("The price of each abstraction", "\n\n".join(parts), figures)


def _laws(found: Found) -> Chapter:
    from bench.law_figure import ALT, CAPTION, draw_law

    parts, figures = [], {}
    for model, (*_, record) in found.items():
        name = f"law-{model}.svg"
        figures[name] = draw_law(record)
        parts += [f"### {escape(model)}", law_report.law_table(record)]
        parts += [f"![{ALT}]({name})", CAPTION]
    return Chapter("The law of overhead", "\n\n".join([*parts, law_report.METHOD]), figures)


def _costs(found: Found) -> Chapter:
    parts = [costs_report.costs_table(records) for records in found.values()]
    return Chapter("What else it costs", "\n\n".join([*parts, costs_report.METHOD]))


def _calibration(found: Found) -> Chapter:
    every = [record for records in found.values() for record in records]
    return Chapter("Is the method right?", calibration_report.calibration_table(every))


_CHAPTERS: dict[str, Callable[[Found], Chapter]] = {
    "audit": _audits,
    "ladder": _ladders,
    "law": _laws,
    "costs": _costs,
    "calibration": _calibration,
}
