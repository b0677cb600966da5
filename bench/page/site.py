"""Which pages the site has, in their order, and where a link between them leads."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from bench.errors import UserError
from bench.explain.concept import SOURCES
from bench.explain.form import Form
from bench.growth.page import page_name as growth_name
from bench.records.reading import latest, read
from bench.render import glossary
from bench.report.chapters import HIDDEN_PAGE
from bench.report.document import REPORT
from bench.report.index import INDEX
from bench.report.model_page import form_of, page_name
from bench.specs import MODELS

HOME = "reports"
"""The folder of all reports, whatever it is called on disk."""
CAUSES = ("docs/diagnose.md", "docs/slow.md")
"""Pages of the documentation that say what makes programs differ, and what makes them slow."""
_SHORT = {REPORT: "Report"}
CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Page:
    """A page in Markdown.

    Attributes:
        path: where it lies, from the folder above all reports, such as ``reports/glossary.md``.
        text: in Markdown.
        model: whose page it is, if it is a model's, and the code by hand that it reports on.
    """

    path: str
    text: str
    model: tuple[str, Form] | None = None

    @property
    def key(self) -> str:
        """Its name within the site, such as ``mnist-report``."""
        path = self.path.removeprefix(f"{HOME}/").removesuffix(".md").lower()
        return re.sub(r"[^a-z0-9]+", "-", path)

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.text.partition("\n")[0].removeprefix("# ")

    @property
    def short(self) -> str:
        """What the navigation calls it."""
        return self.model[0] if self.model else _SHORT.get(self.path.split("/")[-1], self.title)


@dataclass(frozen=True)
class Site:
    """All pages, and the files that they show, by path."""

    pages: tuple[Page, ...]
    files: Mapping[str, Path]

    def place(self, page: Page, link: str) -> str | None:
        """Return where a relative link of a page leads within the site; None where out of it."""
        path, _, fragment = link.partition("#")
        target = self.path(page, path) if path else page.path
        there = next((each for each in self.pages if each.path == target), None)
        if there is None:
            return None
        return f"#{there.key}--{fragment}" if fragment else f"#{there.key}"

    @staticmethod
    def path(page: Page, link: str) -> str:
        """Return the path that a relative link of a page leads to."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(page.path), unquote(link)))


def site(reports: Path, folders: Sequence[Path]) -> Site:
    """Return the site of some reports: of all of them where there is an index over them.

    Args:
        reports: the folder of all reports, with its glossary.
        folders: those that the site has.

    Raises:
        UserError: a report was never written.
    """
    pages = [_page(HOME, reports / INDEX)] if len(folders) > 1 else []
    # as on the front page, the fuller report comes first
    each = sorted((list(_pages_of(folder)) for folder in folders), key=lambda own: -len(own))
    pages += [page for own in each for page in own]
    pages += [Page(path, (CHECKOUT / path).read_text("utf-8")) for path in CAUSES if _is_here(path)]
    pages.append(_page(HOME, reports / glossary.FILE))
    drawings = (path for folder in folders for path in folder.glob("*.svg"))
    return Site(tuple(pages), {f"{HOME}/{p.parent.name}/{p.name}": p for p in drawings})


def _is_here(path: str) -> bool:
    """Return whether a page of the documentation lies beside the program: it is not installed."""
    return (CHECKOUT / path).is_file()


def _pages_of(folder: Path) -> Iterator[Page]:
    """Yield the pages of a report: its own, those of each model, the one that all models share."""
    models = latest(read(folder))
    home = f"{HOME}/{folder.name}"
    yield _page(home, folder / REPORT)
    for model in MODELS:
        path = folder / page_name(model)
        if path.is_file():
            known = (model, form_of(models.get(model))) if model in SOURCES else None
            yield _page(home, path, known)
        if (folder / growth_name(model)).is_file():
            yield _page(home, folder / growth_name(model))
    if (folder / HIDDEN_PAGE).is_file():
        yield _page(home, folder / HIDDEN_PAGE)


def _page(home: str, path: Path, model: tuple[str, Form] | None = None) -> Page:
    try:
        return Page(f"{home}/{path.name}", path.read_text("utf-8"), model)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}: write it first, by `gvk report`") from error
