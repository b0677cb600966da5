"""A page of Markdown as HTML: ids for headings, links within the site, figures within the page."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bench.explain.places import anchor
from bench.page.listing import coloured
from bench.page.site import CAUSES, Page, Site

_SIZE = re.compile(rb'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"')


@dataclass(frozen=True)
class Part:
    """A piece of a page that can be led to.

    Attributes:
        id: of its heading, or of the paragraph that begins with its name.
        title: in plain words.
        level: of its heading, from 1; 0 of a paragraph that is named in bold.
        text: what it begins with, in plain words.
    """

    id: str
    title: str
    level: int
    text: str


def parsed(page: Page, site: Site) -> tuple[list[Token], list[Part]]:
    """Return a page's tokens, made ready for the site, and its parts."""
    tokens = _markdown().parse(page.text)
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open":
                _lead(child, page, site)
            elif child.type == "image":
                _embed(child, page, site)
    return tokens, _named(tokens, page)


def html(tokens: Sequence[Token]) -> str:
    """Return tokens as HTML."""
    markdown = _markdown()
    return str(markdown.renderer.render(tokens, markdown.options, {}))


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    return markdown


def _fence(self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    language = tokens[at].info.strip()
    code = coloured(tokens[at].content, language)
    return f'<pre tabindex="0"><code>{code}</code></pre>\n'


def _table_open(self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    # a box of its own, which can be scrolled by keyboard: the page itself is never wider
    return '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n'


def _table_close(self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return "</table></div>\n"


def _lead(token: Token, page: Page, site: Site) -> None:
    """Lead a link to its place in the site; one to a file that is not there becomes plain text."""
    link = str(token.attrGet("href") or "")
    if "://" in link or link.startswith("mailto:"):
        return
    place = site.place(page, link)
    if place is None:
        token.attrs.pop("href", None)
    else:
        token.attrSet("href", place)


def _embed(token: Token, page: Page, site: Site) -> None:
    """Put a figure into the page, with its size, so that nothing moves when it is drawn."""
    file = site.files.get(site.path(page, str(token.attrGet("src") or "")))
    if file is None:
        return
    drawing = file.read_bytes()
    token.attrSet("src", f"data:image/svg+xml;base64,{base64.b64encode(drawing).decode()}")
    token.attrSet("loading", "lazy")
    if size := _SIZE.search(drawing):
        for name, points in zip(("width", "height"), size.groups(), strict=True):
            token.attrSet(name, f"{float(points) * 4 / 3:.0f}")


def _named(tokens: Sequence[Token], page: Page) -> list[Part]:
    """Give every heading an id, as GitHub names it, and return the parts that a page has."""
    parts: list[Part] = []
    taken: dict[str, int] = {}
    for at, token in enumerate(tokens):
        name = _name(tokens, at, page)
        if not name:
            continue
        base = anchor(name)
        number = taken[base] = taken.get(base, -1) + 1
        first = not parts
        id_ = page.key if first else f"{page.key}--{base}" + (f"-{number}" if number else "")
        token.attrSet("id", id_)
        level = int(token.tag[1]) if token.type == "heading_open" else 0
        parts.append(Part(id_, name, level, _text(tokens, at)))
    return parts


def _name(tokens: Sequence[Token], at: int, page: Page) -> str:
    """Return the name of what begins at a token; of causes, symptoms in bold have one too."""
    token = tokens[at]
    if token.type == "heading_open":
        return _plain(tokens[at + 1])
    children = tokens[at + 1].children or [] if token.type == "paragraph_open" else []
    # text of no length may stand before it
    said = [child for child in children if child.type != "text" or child.content]
    if page.path in CAUSES and said and said[0].type == "strong_open":
        return said[1].content.rstrip(".")
    return ""


def _text(tokens: Sequence[Token], at: int) -> str:
    """Return what is said from a token on, to the next heading."""
    start = at + 3 if tokens[at].type == "heading_open" else at
    words: list[str] = []
    for token in tokens[start:]:
        if token.type in {"heading_open", "table_open", "fence"} or (words and start == at):
            break
        if token.type == "inline":
            words.append(_plain(token))
    return " ".join(words)


def _plain(inline: Token) -> str:
    """Return the words of a line, without marks; an image has none."""
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in inline.children or []
        if child.type != "image"
    )
