"""On which page the code of a concept stands: each function by hand once in a report.

A report has a page for what all models share, then one for each model in the order of the workshop.
A function stands on the first page that has use for it; later ones lead there.
"""

import re
from collections.abc import Mapping

from bench.explain.concept import Concept
from bench.explain.concepts import concepts_of, shared_concepts
from bench.explain.excerpts import Excerpt
from bench.explain.form import Form
from bench.specs import MODELS

SHARED_PAGE = ""
"""Stands where a model's name does: the page for what all models share."""

Forms = Mapping[str, Form]
"""Of each model that has a page, what its run went through."""


def form_of_all(forms: Forms) -> Form:
    """Return the form of what all models share: that of the first of them."""
    return next((forms[model] for model in MODELS if model in forms), Form())


def elsewhere(model: str, forms: Forms) -> dict[Excerpt, str]:
    """Return the code by hand that stands on an earlier page than a model's, and on which."""
    order = [name for name in MODELS if name in forms]
    pages = {SHARED_PAGE: shared_concepts(form_of_all(forms))}
    for name in order[: order.index(model)] if model in order else ():
        pages[name] = concepts_of(MODELS[name], forms[name])
    found: dict[Excerpt, str] = {}
    for page, concepts in pages.items():
        for excerpt in (e for each in concepts for e in (*each.raw, *each.written_out)):
            found.setdefault(excerpt, page)
    return found


def own(concept: Concept, before: Mapping[Excerpt, str]) -> bool:
    """Return whether a concept has code by hand that no earlier page has."""
    return any(excerpt not in before for excerpt in concept.raw)


def anchor(title: str) -> str:
    """Return what GitHub names a heading.

    >>> anchor("Dropout's random state")
    'dropouts-random-state'
    """
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
