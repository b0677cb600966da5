"""The index over all reports: ``reports/README.md``."""

from pathlib import Path
from urllib.parse import quote

from bench.results import FILE_NAME, ModelRecords, latest, read, write_whole
from bench.tables import escape, interval, verdict

_TITLE = "# Reports\n\nEach is written by `gvk report` from the records that lie beside it.\n\n"


def write_index(reports: Path) -> Path:
    """Write the list of the reports in a folder, from their records; return its path.

    Raises:
        UserError: records that cannot be read, or a folder that cannot be written to.
    """
    folders = sorted(path.parent for path in reports.glob(f"*/{FILE_NAME}"))
    lines = [line for folder in folders for line in _lines(folder)]
    text = _TITLE + "\n".join(lines or ["None yet: `gvk bench all` makes one."])
    return write_whole(reports / "README.md", (text + "\n").encode())


def _lines(folder: Path) -> list[str]:
    models = latest(read(folder))
    newest = max((records.run["started"] for records in models.values()), default="no whole run")
    data = {str(records.run.get("dataset", {}).get("name")) for records in models.values()}
    head = f"[{escape(folder.name)}]({quote(folder.name)}/report.md)"
    about = escape(f"{', '.join(sorted(data))}, {newest[:10]}" if data else newest)
    return [f"- {head}: {about}", *(f"  - {_model(m, records)}" for m, records in models.items())]


def _model(model: str, records: ModelRecords) -> str:
    found = f"{escape(model)}: {verdict(records)}"
    ratios = records.throughput["ratios"] if records.throughput and records.equal else []
    raw = [ratio for ratio in ratios if str(ratio["arm"]).startswith("raw")]
    if not raw:
        return f"{found}, not timed"
    best = max(raw, key=lambda ratio: float(ratio["ratio"] or 0))
    times = interval(best["ratio"], best["low"], best["high"])
    return f"{found}; fastest: {escape(best['arm'])}, {times} times Keras fit"
