"""The index of a reports folder: a line for each report in it."""

from pathlib import Path
from urllib.parse import quote

from bench import tables, throughput_report
from bench.chapters import chapters
from bench.errors import UserError
from bench.report import REPORT
from bench.results import FILE_NAME, ModelRecords, latest, read, write_whole
from bench.tables import escape, interval
from bench.verdicts import INCONCLUSIVE

INDEX = "README.md"


def write_index(reports: Path) -> Path:
    """Write ``README.md`` of the reports folder: a line for each report in it.

    Raises:
        UserError: the folder cannot be written to.
    """
    return write_whole(reports / INDEX, index(reports))


def index(reports: Path) -> bytes:
    """Return what the index of a reports folder says."""
    lines = [_index_line(path.parent) for path in sorted(reports.glob(f"*/{FILE_NAME}"))]
    text = "\n".join(lines) or "No reports yet: run `gvk bench`."
    return f"# Reports\n\n{text}\n".encode()


def _index_line(folder: Path) -> str:
    """Return a report's link, data, date, and what was found for each model."""
    name = escape(folder.name)
    if (folder / REPORT).is_file():
        name = f"[{name}]({quote(folder.name)}/{REPORT})"
    try:
        records = read(folder)
    except UserError:
        return f"- {name}: its records cannot be read"
    models, more = latest(records), ", ".join(chapter.title for chapter in chapters(records))
    if not models:
        return f"- {name}: {more or 'no complete run'}"
    runs = [records.run for records in models.values()]
    data = dict.fromkeys(escape(str((run.get("dataset") or {}).get("name"))) for run in runs)
    day = escape(max(str(run["started"])[:10] for run in runs))
    found = "; ".join(_index_verdict(model, records) for model, records in models.items())
    said = f"- {name}: {', '.join(data)}, {day}. {found}."
    return f"{said} Also: {more}." if more else said


def _index_verdict(model: str, records: ModelRecords) -> str:
    """Return whether a model is equal and the best ratio of its raw arms."""
    arms = (records.throughput or {}).get("arms", [])
    found = [ratio for a in arms if a.get("impl") == "raw" and (ratio := records.ratio(a["arm"]))]
    best = max((r for r in found if r["ratio"] is not None), key=lambda r: r["ratio"], default=None)
    equal = f"{escape(model)} {tables.verdict(records)}"
    if best is None:
        return equal
    size = interval(best["ratio"], best.get("low"), best.get("high"))
    doubt = ", no verdict on speed" if throughput_report.word(best) == INCONCLUSIVE else ""
    return f"{equal}, {escape(best['arm'])} {size} times Keras fit{doubt}"
