"""The page on the growth of a model: an axis a section, with its figure and its table."""

from bench.growth.words import (
    METHOD,
    WHAT,
    crossovers_in_words,
    gains_in_words,
    growth_table,
    notes,
)
from bench.records.reading import Record
from bench.render.glossary import IN_THE_FOLDER_ABOVE, linked
from bench.render.markdown import escape
from bench.render.slugs import slug


def page_name(model: str) -> str:
    """Return the file name of the page."""
    return f"growth-{slug(model)}.md"


def sentences(record: Record) -> str:
    """Return where by hand stops to matter, a line an axis."""
    said = [*crossovers_in_words(record), *gains_in_words(record)]
    left_out = [f"{axis}: {why}" for axis, why in record["left_out"].items()]
    return "\n".join(f"- {escape(words[0].upper() + words[1:])}." for words in said + left_out)


def growth_page(record: Record) -> dict[str, bytes]:
    """Return the page and its figures, by file name."""
    from bench.growth.figure import alt, caption, make_figure
    from bench.render.svg import svg

    model, files = record["model"], dict[str, bytes]()
    parts = [f"# How {escape(model)} grows", METHOD, sentences(record)]
    for axis in record["crossovers"]:
        file = f"growth-{axis}-{slug(model)}.svg"
        files[file] = svg(make_figure, record, axis)
        parts += [f"## {WHAT[axis]}", f"![{alt(axis)}]({file})", caption(axis)]
        parts += [growth_table(record, axis), notes(record, axis)]
    text = "\n\n".join(part for part in parts if part) + "\n"
    return files | {page_name(model): linked(text, IN_THE_FOLDER_ABOVE).encode()}
