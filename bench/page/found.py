"""What a search over the page finds: concepts, causes, terms and chapters, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from bench.explain.concept import SOURCES, Concept
from bench.explain.concepts import concepts_of
from bench.faults.words import FAULTS
from bench.page.site import CAUSES, Page
from bench.page.to_html import Part
from bench.render import glossary
from bench.specs import MODELS

CONCEPT, CAUSE, TERM, CHAPTER = KINDS = ("Concept", "Cause", "Term", "Chapter")
LONGEST = 400
"""Characters of a text that is shown; the whole of a cause, which names what it is called."""


@dataclass(frozen=True)
class Entry:
    """Something to be found.

    Attributes:
        kind: one of ``KINDS``.
        title, text: what it is, in plain words.
        places: where it stands, within the page, each with the page of the reports that it is on.
    """

    kind: str
    title: str
    text: str
    places: tuple[tuple[str, str], ...]


def entries(pages: Sequence[tuple[Page, Sequence[Part]]]) -> list[Entry]:
    """Return what can be found on some pages, kind by kind, in their order; a concept once."""
    found: dict[tuple[str, ...], Entry] = {}
    for page, part in ((page, part) for page, parts in pages for part in parts):
        kind, name = _kind(page, part), page.model[0] if page.model else page.title
        same = (kind, part.title) if kind == CONCEPT else (kind, part.id)
        text = _concepts()[part.title.lower()] if kind == CONCEPT else part.text
        shown = text if kind in (CONCEPT, CAUSE) or len(text) <= LONGEST else f"{text[:LONGEST]}…"
        entry = found.setdefault(same, Entry(kind, part.title, shown, ()))
        found[same] = replace(entry, places=(*entry.places, (f"#{part.id}", name)))
    return sorted(found.values(), key=lambda entry: KINDS.index(entry.kind))


def _kind(page: Page, part: Part) -> str:
    if page.path in CAUSES and not part.level:
        return CAUSE
    if page.path.endswith(f"/{glossary.FILE}") and part.level > 1:
        return TERM
    is_concept = part.level == 3 and part.title.lower() in _concepts()
    return CONCEPT if is_concept else CHAPTER


@cache
def _concepts() -> dict[str, str]:
    """Return what is said of each concept: its formulas, what is hidden, what can go wrong."""
    every: dict[str, list[Concept]] = {}
    for concept in (each for model in SOURCES for each in concepts_of(MODELS[model])):
        every.setdefault(concept.name.lower(), []).append(concept)
    return {name: _said(alike) for name, alike in every.items()}


def _said(alike: Sequence[Concept]) -> str:
    """Return what is said of a concept of several models."""
    formulas = dict.fromkeys(part for concept in alike for part in concept.formula.split("; "))
    faults = dict.fromkeys(FAULTS[fault] for concept in alike for fault in concept.faults)
    wrong = "; ".join(faults)
    return f"{'; '.join(formulas)}. {alike[-1].hidden} What can go wrong: {wrong}."
