"""The front page of a reports folder: the answers for each model on one screen, then the way in."""

from pathlib import Path
from urllib.parse import quote

from bench.errors import UserError
from bench.records.reading import (
    ModelRecords,
    Record,
    latest,
    latest_summaries,
    read,
    report_folders,
    write_whole,
)
from bench.render import glossary
from bench.render.glossary import linked
from bench.render.markdown import escape, interval, markdown_table, percent
from bench.report import advice, front_figure, two_prices
from bench.report.chapters import chapters, model_chapters
from bench.report.document import FIGURE, REPORT
from bench.report.model_page import page_name
from bench.stats.intervals import Ratio
from bench.timing.prices import FIT, LAYERS

INDEX = "README.md"
NOTHING = "no complete run"
DASH = "not measured"
INTRODUCTION = (
    "Each model is written twice, by hand in TensorFlow and in Keras layers. *Equal* is how far "
    "the two lie apart, over the longest training that was followed. *Keras's layers* is how many "
    "times as long they take as the same by hand in the same loop, *fit* how many times as long it "
    "takes as a loop of one's own around the same layers, *best* how many times as fast the best "
    "engine by hand is as the best of Keras, all with 95 % intervals. A model's name leads to its "
    "page: what Keras hides of it, how one can tell that both are equal, what it costs."
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
    ladders = latest_summaries(records, "ladder")
    rows = [_row(folder, model, of_model, ladders) for model, of_model in models.items()]
    columns = ("Model", "Equal", "Accuracy", "Keras's layers", "fit", "Best, times", "What to do")
    return models, "\n\n".join(
        [
            f"## {_name(folder)}: {_about(models)}",
            markdown_table(columns, rows, "lllrrrl"),
            f"![{front_figure.ALT}]({quote(folder.name)}/{FIGURE})",
            front_figure.CAPTION,
        ]
    )


def _about(models: dict[str, ModelRecords]) -> str:
    """Return data and date of a report."""
    runs = [run for records in models.values() for run in (records.run, *records.also)]
    data = dict.fromkeys(escape(str((run.get("dataset") or {}).get("name"))) for run in runs)
    return f"{', '.join(data)}, {escape(max(str(run['started'])[:10] for run in runs))}"


def _row(
    folder: Path, model: str, records: ModelRecords, ladders: dict[str, list[Record]]
) -> list[str]:
    """Return a model's answers: equal, accurate, how much faster, what to do."""
    both, timed = advice.best_ratio(records), records.throughput if records.equal else None
    ladder = next(iter(ladders.get(model, [])[-1:]), None)
    return [
        f"[{escape(model)}]({quote(folder.name)}/{quote(page_name(model))})",
        escape(advice.walked(records)),
        _accuracy(records),
        two_prices.cell(timed, LAYERS),
        two_prices.cell(timed, FIT),
        _best(both) if records.equal else DASH,
        advice.what_to_do(records, ladder),
    ]


def _accuracy(records: ModelRecords) -> str:
    """Return the test accuracy of both sides; once where it is the same."""
    if not records.accuracy:
        return DASH
    raw, keras = (records.accuracy[0][side].get("accuracy") for side in ("raw", "keras"))
    if raw == keras:
        return percent(raw)
    return f"{percent(raw)} by hand, {percent(keras)} Keras"


def _best(ratio: Ratio | None) -> str:
    return interval(ratio.ratio, ratio.low, ratio.high) if ratio else DASH


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
    titles += [f"pages of {escape(', '.join(model_chapters(records)))}"] * bool(
        model_chapters(records)
    )
    return f"- {_name(folder)}: {', '.join(titles) or NOTHING}"
