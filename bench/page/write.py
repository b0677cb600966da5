"""The page itself: everything that the site has, set into the template, in one file."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bench.page.found import KINDS, entries
from bench.page.listing import Side, sides
from bench.page.site import CAUSES, HOME, Page, Site, site
from bench.page.to_html import html, parsed
from bench.records.reading import write_whole

STYLES = ("page.css", "code.css")
SCRIPTS = ("pages.js", "lights.js", "sort.js", "find.js")
BEFORE = "what-keras-hides"
"""The chapter of a model's page that both programs, side by side, stand before."""


def write_page(reports: Path, folders: Sequence[Path], path: Path) -> Path:
    """Write the reports of some folders as one page of HTML, from the Markdown that they hold.

    Raises:
        UserError: a report was never written, or the file cannot be.
    """
    return write_whole(path, page(site(reports, folders)).encode())


def page(whole: Site) -> str:
    """Return a site as one page of HTML."""
    ready = [(each, *parsed(each, whole)) for each in whole.pages]
    found = entries([(each, parts) for each, _, parts in ready])
    text = _template().render(
        groups=_groups([each for each, _, _ in ready]),
        articles=[{"page": each, **_article(each, tokens)} for each, tokens, _ in ready],
        kinds=[(kind, [entry for entry in found if entry.kind == kind]) for kind in KINDS],
        styles=[_asset(name) for name in STYLES],
        scripts=[_asset(name) for name in SCRIPTS],
    )
    return str(text)


def _groups(pages: Sequence[Page]) -> dict[str, list[Page]]:
    """Return the pages under what they are about, as the navigation has them."""
    groups: dict[str, list[Page]] = {}
    for each in pages:
        folder = each.path.split("/")[-2]
        name = "Causes" if each.path in CAUSES else "Start" if folder == HOME else folder
        groups.setdefault(name, []).append(each)
    return groups


def _article(each: Page, tokens: Sequence[Any]) -> dict[str, Any]:
    """Return a page's HTML in two parts, and what stands between them: both programs of a model."""
    before = (i for i, t in enumerate(tokens) if t.attrGet("id") == f"{each.key}--{BEFORE}")
    at = next(before, None)
    if each.model is None or at is None:
        return {"head": html(tokens), "sides": None, "rest": ""}
    both: tuple[Side, Side] = sides(each.key, *each.model)
    return {"head": html(tokens[:at]), "sides": both, "rest": html(tokens[at:])}


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_asset("page.html.jinja"))


def _asset(name: str) -> str:
    return files("bench.page").joinpath("assets", name).read_text("utf-8")
