"""The chapters of a report: those of all models, and those that stand on the page of one."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.anatomy import costs_report, graph_report
from bench.calibration import table as calibration_report
from bench.devices import words as devices_report
from bench.dials import table as dials_report
from bench.explain.places import anchor
from bench.floor import words as floor_report
from bench.growth import page as growth_report
from bench.ladder import table as ladder_report
from bench.ladder.advice import unsound
from bench.law import words as law_report
from bench.records.reading import Record, latest_summaries
from bench.render.markdown import counted, escape, folded, small
from bench.render.slugs import slug
from bench.report import audit_table as audit_report
from bench.report import peers_table
from bench.scaling import words as scaling_report

HIDDEN_PAGE, LOOPS, METHODS = "what-keras-hides.md", "Whose loops", "How it was measured"
"""The page that all models share, and two of its headings."""
HOW = f"[{METHODS}]({HIDDEN_PAGE}#{anchor(METHODS)})."

Summaries = dict[str, list[Record]]
Part = tuple[str, str, dict[str, bytes]]
"""The title, the text and the files of a chapter: figures, and what has a page of its own."""


@dataclass(frozen=True)
class Chapter:
    """A part of a report.

    Attributes:
        kind: of the records that it is made of: what it is told by, whatever its title says.
        title: its heading.
        text: what stands below.
        figures: by file name.
        runs: by what it is about, the run it is from.
        short: what it comes to, in a sentence that stands elsewhere too.
    """

    kind: str
    title: str
    text: str
    figures: dict[str, bytes] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    short: str = ""


def chapters(records: list[Record]) -> list[Chapter]:
    """Return a chapter of a report for each kind of summary that there are records of."""
    return [
        Chapter(kind, title, text(summaries), runs=_runs(kind, summaries))
        for kind, (title, text) in _OF_ALL.items()
        if (summaries := latest_summaries(records, kind))
    ]


def model_chapters(records: list[Record]) -> dict[str, list[Chapter]]:
    """Return by model the chapters of its page, in the order of ``_OF_MODEL``."""
    pages: dict[str, list[Chapter]] = {}
    dials = dials_of(records)
    for kind, make in _OF_MODEL.items():
        for model, own in latest_summaries(records, kind).items():
            title, text, figures = make(model, own)
            short = dials.get(model, "") if kind == "tune" else ""
            if kind == "ladder" and model in dials:
                text += f"\n\n{dials[model]}"
            chapter = Chapter(kind, title, text, figures, _runs(kind, {model: own}), short)
            pages.setdefault(model, []).append(chapter)
    return pages


def dials_of(records: list[Record]) -> dict[str, str]:
    """Return by model which of the process's own dials are best, in a sentence."""
    return {
        model: f"**Dials:** {escape(own[-1]['advice']).replace(escape('`'), '`')}."
        for model, own in latest_summaries(records, "tune").items()
    }


def models_with_chapters(records: list[Record]) -> list[str]:
    """Return the models of ``model_chapters``, without any of their figures drawn."""
    of_kinds = [latest_summaries(records, kind) for kind in _OF_MODEL]
    return list(dict.fromkeys(model for own in of_kinds for model in own))


def _runs(kind: str, summaries: Summaries) -> dict[str, str]:
    return {f"{kind} {name}": own[-1]["run"] for name, own in summaries.items()}


def figure(file: str, alt: str, caption: str) -> str:
    """Return a figure in Markdown, with its text alternative and its caption."""
    return f"![{alt}]({file})\n\n{caption}"


def _audits(summaries: Summaries) -> str:
    by_model = {
        model: next(r for r in records if r["task"] == "training")["findings"]
        for model, records in summaries.items()
    }
    title = "What is the same on all arms, and what differs"
    return folded(title, audit_report.audits_text(by_model))


def _calibration(summaries: Summaries) -> str:
    every = [record for records in summaries.values() for record in records]
    return calibration_report.section(every)


def _drift(model: str, records: list[Record]) -> Part:
    from bench.render.svg import svg
    from bench.report.drift_figure import ALT, CAPTION, draw

    file = f"ulp-{slug(model)}.svg"
    text = "\n\n".join([figure(file, ALT, CAPTION), _drifted(model, records[-1])])
    return "How far twins part", text, {file: svg(draw, records[-1])}


def _drifted(model: str, record: Record) -> str:
    """Return how far the code went that did not run, and how far rounding alone goes."""
    walks = record["series"].values()
    shown, written_out, shaken = (small(walk[-1]["max_relative"]) for walk in walks)
    return (
        f"After {counted(record['steps'], 'step')}, the farthest that a weight lies from Keras's, "
        f"as a share of the largest in its tensor: {shown} with the code that this page shows, "
        f"{written_out} with what is written out by hand, and {shaken} between Keras and itself "
        f"with its last bits shaken. `gvk parity {escape(model)} --kernels primitive --gradients "
        "manual` trains by what is written out."
    )


def _ladder(model: str, records: list[Record]) -> Part:
    from bench.render.svg import svg

    record, file = records[-1], f"ladder-{slug(model)}.svg"
    text = ladder_report.ladder_table(record)
    if unsound(record):
        return "The price of each abstraction", text, {}
    shown = figure(file, ladder_report.ALT, ladder_report.CAPTION)
    figures = {file: svg(ladder_report.make_figure, record)}
    return "The price of each abstraction", f"{shown}\n\n{text}", figures


def _tune(model: str, records: list[Record]) -> Part:
    return dials_report.TITLE, dials_report.tune_text(records[-1]), {}


def _law(model: str, records: list[Record]) -> Part:
    from bench.law.figure import ALT, CAPTION, make_figure
    from bench.render.svg import svg

    record, file = records[-1], f"law-{slug(model)}.svg"
    parts = [figure(file, ALT, CAPTION), law_report.law_table(record), HOW]
    return "The law of overhead", "\n\n".join(parts), {file: svg(make_figure, record)}


def _floor(model: str, records: list[Record]) -> Part:
    return "The floor", f"{floor_report.floor_text(records[-1])}\n\n{HOW}", {}


def _growth(model: str, records: list[Record]) -> Part:
    record = records[-1]
    more = f"[Figures and tables]({growth_report.page_name(model)})."
    text = f"{growth_report.sentences(record)}\n\n{more}"
    return "How it grows", text, growth_report.growth_page(record)


def _scaling(model: str, records: list[Record]) -> Part:
    from bench.render.svg import svg
    from bench.scaling.figure import ALT, CAPTION, make_figure

    record, file = records[-1], f"scaling-{slug(model)}.svg"
    text = scaling_report.scaling_text(record)
    if not record["points"]:
        return scaling_report.TITLE, text, {}
    parts = [figure(file, ALT, CAPTION), text, HOW]
    return scaling_report.TITLE, "\n\n".join(parts), {file: svg(make_figure, record)}


def _costs(model: str, records: list[Record]) -> Part:
    parts = [costs_report.costs_table(records), HOW]
    return "What else it costs", "\n\n".join(parts), {}


def _graphs(model: str, records: list[Record]) -> Part:
    from bench.anatomy.graph_figure import ALT, CAPTION, draw
    from bench.render.svg import svg

    record, file = records[-1], f"graph-{slug(model)}.svg"
    text = "\n\n".join([figure(file, ALT, CAPTION), graph_report.graphs_text(record), HOW])
    return "The two graphs", text, {file: svg(draw, record)}


def _peers(model: str, records: list[Record]) -> Part:
    from bench.render.svg import svg
    from bench.report.peers_figure import ALT, CAPTION, draw

    record, file = records[-1], f"peers-{slug(model)}.svg"
    parts = [figure(file, ALT, CAPTION), peers_table.peers_text(record), HOW]
    return "Beside other libraries", "\n\n".join(parts), {file: svg(draw, record)}


_OF_ALL: dict[str, tuple[str, Callable[[Summaries], str]]] = {
    "devices": (devices_report.TITLE, devices_report.section),
    "audit": ("What the arms share", _audits),
    "calibration": ("Is the method right?", _calibration),
}
_OF_MODEL: dict[str, Callable[[str, list[Record]], Part]] = {
    "drift": _drift,
    "ladder": _ladder,
    "peers": _peers,
    "law": _law,
    "tune": _tune,
    "floor": _floor,
    "growth": _growth,
    "scaling": _scaling,
    "costs": _costs,
    "graphs": _graphs,
}
