"""What a search over the page finds: concepts, causes, terms and chapters, each with its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from bench.explain.concept import SOURCES
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
        place: where it stands, within the page.
        page: the title of the page that it stands on.
    """

    kind: str
    title: str
    text: str
    place: str
    page: str


def entries(pages: Sequence[tuple[Page, Sequence[Part]]]) -> list[Entry]:
    """Return what can be found on some pages, kind by kind, in their order."""
    every = [entry for page, parts in pages for entry in _of_page(page, parts)]
    return sorted(every, key=lambda entry: KINDS.index(entry.kind))


def _of_page(page: Page, parts: Sequence[Part]) -> Iterator[Entry]:
    for part in parts:
        kind, text = _kind(page, part), part.text
        if kind == CONCEPT:
            text = _concepts()[part.title.lower()]
        shown = text if kind in (CONCEPT, CAUSE) or len(text) <= LONGEST else f"{text[:LONGEST]}…"
        yield Entry(kind, part.title, shown, f"#{part.id}", page.title)


def _kind(page: Page, part: Part) -> str:
    if page.path in CAUSES and not part.level:
        return CAUSE
    if page.path.endswith(f"/{glossary.FILE}") and part.level > 1:
        return TERM
    is_concept = part.level == 3 and part.title.lower() in _concepts()
    return CONCEPT if is_concept else CHAPTER


@cache
def _concepts() -> dict[str, str]:
    """Return what is said of each concept of any model: its formula, what is hidden, what fails."""
    every = {c.name.lower(): c for model in SOURCES for c in concepts_of(MODELS[model])}
    return {
        name: f"{concept.formula}. {concept.hidden} What can go wrong: "
        f"{'; '.join(FAULTS[fault] for fault in concept.faults)}."
        for name, concept in every.items()
    }
