"""The front page of a reports folder: the answers for each model on one screen, then the way in."""

from pathlib import Path
from urllib.parse import quote

from bench.errors import UserError
from bench.records.reading import (
    ModelRecords,
    latest,
    latest_summaries,
    read,
    report_folders,
    write_whole,
)
from bench.render import glossary
from bench.render.glossary import WORKSHOP, linked
from bench.render.markdown import escape
from bench.report.chapters import chapters, models_with_chapters
from bench.report.decisions import decisions
from bench.report.document import REPORT
from bench.report.first_screen import where
from bench.report.model_page import page_name

INDEX = "README.md"
NOTHING = "no complete run"
INTRODUCTION = (
    f"Each model of a [workshop on TensorFlow and Keras]({WORKSHOP}) is written twice, by hand in "
    "TensorFlow and in Keras layers, proved equal, then timed. Below is what follows for each kind "
    "of model: the cost of Keras's layers against the same by hand in the same loop, that of `fit` "
    "against an own loop around the same layers, and what to do."
)


def write_index(reports: Path) -> Path:
    """Write the files of the reports folder itself; return the path of its ``README.md``.

    Raises:
        UserError: the folder cannot be written to.
    """
    for name, content in index_files(reports).items():
        write_whole(reports / name, content)
    return reports / INDEX


def index_files(reports: Path) -> dict[str, bytes]:
    """Return the front page of a reports folder, and the glossary that every page leads to."""
    return {INDEX: linked(index(reports)).encode(), glossary.FILE: glossary.glossary().encode()}


def index(reports: Path) -> str:
    """Return the front page of a reports folder."""
    folders = report_folders(reports)
    described = [(folder, *_front(folder)) for folder in folders]
    fronts = sorted((each for each in described if each[1]), key=lambda each: -len(each[1]))
    parts = ["# Reports", *[INTRODUCTION] * bool(fronts), *(text for _, _, text in fronts)]
    if others := [_line(folder) for folder, models, _ in described if not models]:
        parts.append("\n".join(others))
    if not folders:
        parts.append("No reports yet: run `gvk bench`.")
    return "\n\n".join(parts) + "\n"


def _front(folder: Path) -> tuple[dict[str, ModelRecords], str]:
    """Return the models of a report, and what the front page says of them; none where it cannot."""
    try:
        records = read(folder)
    except UserError:
        return {}, ""
    models = latest(records)
    if not models:
        return {}, ""
    pages = [f"[{escape(m)}]({quote(folder.name)}/{quote(page_name(m))})" for m in models]
    parts = [
        f"## {_name(folder)}",
        where(models),
        decisions(models, latest_summaries(records, "ladder")),
        f"Every model in a table: {_name(folder)}. A page each: {', '.join(pages)}.",
    ]
    return models, "\n\n".join(part for part in parts if part)


def _name(folder: Path) -> str:
    """Return the name of a report, a link where its file is there."""
    name = escape(folder.name)
    return f"[{name}]({quote(folder.name)}/{REPORT})" if (folder / REPORT).is_file() else name


def _line(folder: Path) -> str:
    """Return a line for a report without models."""
    try:
        records = read(folder)
    except UserError:
        return f"- {_name(folder)}: its records cannot be read"
    titles = [chapter.title for chapter in chapters(records)]
    if models := models_with_chapters(records):
        titles.append(f"pages of {escape(', '.join(models))}")
    return f"- {_name(folder)}: {', '.join(titles) or NOTHING}"
