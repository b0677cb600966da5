"""Code in colours, and two listings of which each line of the one leads to lines of the other."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from bench.explain.beside import Listing, beside
from bench.explain.form import Form
from bench.explain.layer_lines import Line
from bench.specs import model_spec


def coloured(code: str, language: str = "python") -> str:
    """Return code as HTML, each token with a class for its kind."""
    from pygments import highlight

    return highlight(code, _lexer(language), _formatter()).rstrip("\n")


@cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language or "text")
    except ClassNotFound:
        return get_lexer_by_name("text")


@cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)


@dataclass(frozen=True)
class Shown:
    """A line of code as the page shows it.

    Attributes:
        id: of the line within the page.
        html: its code in colours.
        lights: the ids of the lines by hand that do the same, the first of them first.
    """

    id: str
    html: str
    lights: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One side of a model: its listings, each a place and its lines."""

    title: str
    listings: tuple[tuple[str, tuple[Shown, ...]], ...]


def sides(key: str, model: str, form: Form) -> tuple[Side, Side]:
    """Return a model in Keras, each line with those by hand that it stands for, and by hand.

    Args:
        key: of the page, which the ids of its lines begin with.
        model: by name.
        form: which code by hand there is to show.
    """
    both = beside(model_spec(model), form)
    raw = [line for listing in both.raw for line, _ in listing.lines]
    ids = {line: f"{key}--by-hand-{number}" for number, line in enumerate(dict.fromkeys(raw), 1)}
    ids |= {
        line: f"{key}--keras-{number}"
        for number, line in enumerate((n for each in both.keras for n, _ in each.lines), 1)
    }
    lights = {
        line: tuple(ids[each] for each in dict.fromkeys(raw) if each in does)
        for line, does in both.does.items()
    }
    return (
        Side("In Keras", tuple(_shown(each, ids, lights) for each in both.keras)),
        Side("By hand", tuple(_shown(each, ids, {}) for each in both.raw)),
    )


def _shown(
    listing: Listing, ids: dict[Line, str], lights: dict[Line, tuple[str, ...]]
) -> tuple[str, tuple[Shown, ...]]:
    html = coloured("\n".join(text for _, text in listing.lines)).split("\n")
    lines = zip(listing.lines, html, strict=True)
    return listing.place, tuple(
        Shown(ids[line], code or " ", lights.get(line, ())) for (line, _), code in lines
    )
