"""The reports: Markdown and one figure, written from the stored records and nothing else."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bench import tables, throughput_report
from bench.errors import UserError
from bench.figures import ALT, CAPTION, draw
from bench.results import (
    FILE_NAME,
    ModelRecords,
    Record,
    holds,
    incomplete,
    latest,
    read,
    write_whole,
)
from bench.tables import NOT_EQUAL, counted, escape, interval, percent
from bench.verdicts import INCONCLUSIVE

Models = dict[str, ModelRecords]

INTRODUCTION = (
    "Each model is written twice, by hand in TensorFlow (raw) and in Keras layers. Both are first "
    "shown to be the same program, tensor by tensor and step by step, and only then timed."
)
REPORT, INDEX = "report.md", "README.md"
DEFAULT_INITIALIZER, WORKSHOP_INITIALIZER = "glorot-uniform", "truncated-normal"


def write_report(folder: Path) -> Path:
    """Write ``report.md`` and the figures of a report folder from its records.

    Raises:
        UserError: there are no complete records, or the folder cannot be written to.
    """
    for name, content in documents(folder).items():
        write_whole(folder / name, content)
    return folder / REPORT


def documents(folder: Path) -> dict[str, bytes]:
    """Return every file that the records of a report folder give, by name.

    Raises:
        UserError: there are no complete records.
    """
    records = read(folder)
    models = latest(records)
    if not models:
        raise UserError(f"no complete run in {folder}: let `gvk bench` run to its end")
    text = render(folder.resolve().name, models, incomplete(records))
    return {"figure.svg": draw(models), REPORT: text.encode()}


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


def render(name: str, models: Models, cut_short: list[Record]) -> str:
    """Return the Markdown of a report."""
    sections: dict[str, Callable[[Models], str]] = {
        "Equal?": _equal,
        "Accuracy": _accuracy,
        "Throughput": throughput_report.section,
        "Settings": tables.settings_table,
        "Data": partial(tables.facts_tables, key="dataset"),
        "Environment": partial(tables.facts_tables, key="environment"),
        "How to reproduce": _reproduce,
    }
    summary = "\n".join(f"- {_summary(model, found)}" for model, found in models.items())
    parts = [f"# By hand and in Keras: {escape(name)}", INTRODUCTION, summary]
    parts += [f"![{ALT}](figure.svg)", CAPTION]
    for title, section in sections.items():
        parts += [f"## {title}", section(models)]
    parts += _cut_short(models, cut_short)
    return "\n\n".join(parts) + "\n"


# The summary


def _summary(model: str, records: ModelRecords) -> str:
    """Return what a reader wants to know of a model, in a few sentences."""
    sentences = [_equality(records), _both_accuracies(records)]
    sentences += _speed(records) if records.equal else [_no_speed(records)]
    return f"**{escape(model)}**: " + " ".join(sentences)


def _equality(records: ModelRecords) -> str:
    if records.equal is None:
        return "Equality not measured."
    if not records.equal:
        return f"**{NOT_EQUAL}**: {_where_parted(records)}."
    criteria = " and ".join(dict.fromkeys(escape(p["criterion"]) for p in records.parity))
    steps = min(p["steps"] for p in records.parity)
    epochs = min(p["epochs"] for p in records.parity)
    engines = ", ".join(escape(label) for label in tables.labels(records.parity))
    return (
        f"**EQUAL** ({criteria}) over {counted(steps, 'step')} and {counted(epochs, 'epoch')} "
        f"(engines: {engines})."
    )


def _where_parted(records: ModelRecords) -> str:
    broken = next(p for p in records.parity if not holds(p))
    engine = f"engine {escape(str(broken['config'].get('engine')))}"
    rung = tables.first_difference(broken)
    if rung is None:
        return f"{engine} did not reach the last comparison"
    place = f"{rung['rung']} {rung['tensor']}"
    return (
        f"{engine} parts at {escape(place)}, step {tables.count(rung.get('first_step'))}, by "
        f"{tables.small(rung.get('max_abs'))} at most (to be met: {escape(broken['criterion'])})"
    )


def _both_accuracies(records: ModelRecords) -> str:
    if not records.accuracy:
        return "Test accuracy not measured."
    record = _of_initializer(records, DEFAULT_INITIALIZER) or records.accuracy[0]
    trained = counted(record["epochs"], "epoch")
    text = (
        f"Test accuracy {percent(record['raw'].get('accuracy'))} raw, "
        f"{percent(record['keras'].get('accuracy'))} Keras, after {trained} from "
        f"{escape(tables.scalar(record['config'].get('initializer')))}."
    )
    if record["max_ulp"] == 0:
        return text
    return f"{text} Their weights end {tables.ulps(record['max_ulp'])} ULP apart."


def _no_speed(records: ModelRecords) -> str:
    why = "are not equal" if records.equal is False else "were not proved equal"
    return f"No ratio is given: programs that {why} are not compared in speed."


def _speed(records: ModelRecords) -> list[str]:
    ratio = records.ratio("raw step")
    if ratio is None:
        return ["Speed of the raw `step` engine not measured."]
    size = interval(ratio["ratio"], ratio.get("low"), ratio.get("high"))
    return [
        f"Raw `step` is {size} times as fast as Keras `fit`.",
        throughput_report.conclusion(ratio),
    ]


# The sections


def _equal(models: Models) -> str:
    parts = [tables.parity_table(models)]
    exact = dict.fromkeys(e for m in models.values() for p in m.parity for e in p.get("exact", []))
    if exact:
        parts.append(f"Exact mode set: {'; '.join(escape(str(e)) for e in exact)}.")
    for model, records in models.items():
        for label, parity in zip(tables.labels(records.parity), records.parity, strict=True):
            if parity["config"].get("engine") == "step":
                parts.append(_folded(f"{model}, {label}: every tensor", tables.rung_table(parity)))
    return "\n\n".join(parts)


def _folded(title: str, text: str) -> str:
    plain = escape(title).replace("\\", "")  # inside HTML a backslash is a backslash
    return f"<details>\n<summary>{plain}</summary>\n\n{text}\n\n</details>"


def _accuracy(models: Models) -> str:
    gaps = [text for model, found in models.items() if (text := _gap(model, found))]
    if not gaps:
        return tables.accuracy_table(models)
    text = (
        f"What a default hides: Keras starts from {DEFAULT_INITIALIZER} unless told otherwise, "
        f"the workshop's own code from {WORKSHOP_INITIALIZER}. Test accuracy of the first less "
        f"that of the second (Keras side, one training run each): {'; '.join(gaps)}."
    )
    return f"{tables.accuracy_table(models)}\n\n{text}"


def _gap(model: str, records: ModelRecords) -> str:
    """Return by how much the two initializers differ; nothing where one was not measured."""
    pair = [_of_initializer(records, i) for i in (DEFAULT_INITIALIZER, WORKSHOP_INITIALIZER)]
    found = [record["keras"].get("accuracy") for record in pair if record]
    if len(found) < 2 or None in found:
        return ""
    return f"{escape(model)} {100 * (found[0] - found[1]):+.2f} percentage points"


def _of_initializer(records: ModelRecords, name: str) -> Record | None:
    return next((r for r in records.accuracy if r["config"].get("initializer") == name), None)


# Where it ran


def _reproduce(models: Models) -> str:
    runs = {r["run"]: r for found in models.values() for r in (found.run, *found.also)}
    commands = dict.fromkeys(_command(run) for run in runs.values())
    return "```sh\n" + "\n".join(commands) + "\n```"


def _command(run: Record) -> str:
    """Return the command of a run, without the folder that the program lies in."""
    text = " ".join(str(run.get("command") or "# not recorded").split())
    program, *rest = tables.without_paths(text).replace("```", "'''").split(" ")
    return " ".join([program.removeprefix(".../"), *rest])


def _cut_short(models: Models, runs: list[Record]) -> list[str]:
    """Return what became of each run that has no end."""
    lines = []
    for run in runs:
        used = [m for m, records in models.items() if records.run["run"] == run["run"]]
        what = f"used for what it had finished ({', '.join(map(escape, used))})"
        lines.append(f"Run {escape(run['run'])} was cut short: {what if used else 'not used'}.")
    return lines


# The index


def _index_line(folder: Path) -> str:
    """Return a report's link, data, date, and what was found for each model."""
    name = escape(folder.name)
    if (folder / "report.md").is_file():
        name = f"[{name}]({quote(folder.name)}/report.md)"
    try:
        models = latest(read(folder))
    except UserError:
        return f"- {name}: its records cannot be read"
    if not models:
        return f"- {name}: no complete run"
    runs = [records.run for records in models.values()]
    data = dict.fromkeys(escape(str((run.get("dataset") or {}).get("name"))) for run in runs)
    day = escape(max(str(run["started"])[:10] for run in runs))
    found = "; ".join(_index_verdict(model, records) for model, records in models.items())
    return f"- {name}: {', '.join(data)}, {day}. {found}."


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
