"""The page *What Keras hides*: what the pages of all models would say alike, once."""

from collections.abc import Mapping, Sequence

from bench.anatomy import costs_report, graph_report
from bench.explain.chapter import shared_chapter
from bench.explain.places import Forms, anchor, form_of_all
from bench.law import words as law_report
from bench.records.reading import Record, latest_summaries
from bench.render.glossary import IN_THE_FOLDER_ABOVE, linked
from bench.render.markdown import escape
from bench.report import peers_table, two_prices
from bench.report.chapters import HIDDEN_PAGE, LOOPS, METHODS, Chapter
from bench.report.model_page import page_name

DRIFT = "How far the formulas drift"
WRITTEN_OUT = (
    "What is written out in formulas, gradients by hand, is the same model. Its sums are taken in "
    "another order, so its weights part from Keras's in the last bits first, and by more with each "
    "step."
)
INTRODUCTION = (
    "A model's own page has its layers, and what came of each planted fault; here is what all "
    "models share: the line in Keras, then the code by hand that does the same."
)


def hidden_page(
    records: list[Record], pages: Mapping[str, Sequence[Chapter]], forms: Forms
) -> dict[str, bytes]:
    """Return the page, by its file name.

    Args:
        records: of the report.
        pages: the chapters of each model that has a page.
        forms: of each of these, which code by hand it reports on.
    """
    far = f"[{DRIFT}](#{anchor(DRIFT)})."
    parts = [
        "# What Keras hides",
        f"{INTRODUCTION} It is the code that ran: {form_of_all(forms).words}.",
    ]
    parts += ["## What all models share", shared_chapter(forms, far)]
    parts += [f"## {DRIFT}", _drifts(pages)]
    parts += [f"## {LOOPS}", two_prices.explained()]
    if graphs := latest_summaries(records, "graphs"):
        parts += ["## What the operations of a step do"]
        parts += [graph_report.words_tables([own[-1] for own in graphs.values()])]
    kinds = {chapter.kind for chapters in pages.values() for chapter in chapters}
    methods = [f"**{title}.** {text}" for kind, (title, text) in _METHODS.items() if kind in kinds]
    parts += [f"## {METHODS}", *methods] if methods else []
    text = linked("\n\n".join(parts) + "\n", IN_THE_FOLDER_ABOVE)
    return {HIDDEN_PAGE: text.encode()}


def _drifts(pages: Mapping[str, Sequence[Chapter]]) -> str:
    """Return where it stands how far the code drifts that did not run."""
    links = [
        f"[{escape(model)}]({page_name(model)}#{anchor(chapter.title)})"
        for model, chapters in pages.items()
        for chapter in chapters
        if chapter.kind == "drift"
    ]
    if not links:
        return f"{WRITTEN_OUT} How far is not measured here: `gvk explain all --run`."
    return f"{WRITTEN_OUT} How far, and how far rounding alone goes: {', '.join(links)}."


_METHODS = {
    "law": ("The law of overhead", law_report.METHOD),
    "peers": ("Beside other libraries", peers_table.METHOD),
    "costs": ("What else it costs", costs_report.METHOD),
    "graphs": ("The two graphs", graph_report.METHOD),
}
"""By the kind of a chapter: its title, and how what it tells was measured."""
