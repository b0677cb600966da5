"""The reports: Markdown and one figure, written from the stored records and nothing else."""

from collections.abc import Callable
from pathlib import Path

from bench.errors import UserError
from bench.records.reading import (
    ModelRecords,
    Record,
    incomplete,
    latest,
    latest_summaries,
    read,
    write_whole,
)
from bench.render.glossary import IN_THE_FOLDER_ABOVE, linked
from bench.render.markdown import counted, escape, interval, percent, scalar, ulps, without_paths
from bench.render.slugs import slug
from bench.render.svg import svg
from bench.report import advice, front_figure, two_prices
from bench.report import equality as equality_report
from bench.report import settings as settings_report
from bench.report import speed as throughput_report
from bench.report.chapters import HIDDEN_PAGE, Chapter, chapters, figure, model_chapters
from bench.report.equality import NOT_EQUAL
from bench.report.hidden_page import hidden_page
from bench.report.model_page import form_of, page, page_name

Models = dict[str, ModelRecords]

INTRODUCTION = (
    "Each model is written twice, by hand in TensorFlow (raw) and in Keras layers. Both are first "
    "shown to be the same program, tensor by tensor and step by step, and only then timed."
)
REPORT, FIGURE = "report.md", "figure.svg"
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
    models, more, pages = latest(records), chapters(records), model_chapters(records)
    if not models and not more and not pages:
        raise UserError(f"no complete run in {folder}: let `gvk bench` run to its end")
    faults, ladders = (latest_summaries(records, kind) for kind in ("fault", "ladder"))
    files: dict[str, bytes] = {}
    pages_of = list(dict.fromkeys([*models, *pages, *faults]))
    forms = {model: form_of(models.get(model)) for model in pages_of}
    for model in pages_of:
        ladder = next(iter(ladders.get(model, [])[-1:]), None)
        own = pages.get(model, [])
        files |= page(model, models.get(model), own, faults.get(model, []), ladder, forms)
    if pages_of:
        files |= hidden_page(records, pages, forms)
    if models:
        files[FIGURE] = svg(front_figure.front, models)
    every = [*more, *(chapter for own in pages.values() for chapter in own)]
    runs = runs_used(records, models, every)
    text = render(folder.resolve().name, records, models, more, runs, pages_of)
    return files | {REPORT: linked(text, IN_THE_FOLDER_ABOVE).encode()}


def render(
    name: str,
    records: list[Record],
    models: Models,
    more: list[Chapter],
    runs: dict[str, Record],
    pages_of: list[str],
) -> str:
    """Return the Markdown of a report; the pages of its models are files of their own."""
    parts = [f"# By hand and in Keras: {escape(name)}"]
    pages = [f"[{slug(model)}]({page_name(model)})" for model in pages_of]
    if models or pages:
        parts.append(INTRODUCTION)
    if models:
        parts.append("\n".join(f"- {_summary(model, own)}" for model, own in models.items()))
    if pages:
        shared = f"[What Keras hides]({HIDDEN_PAGE})"
        parts.append(f"A page for each model: {', '.join(pages)}; for what they share: {shared}.")
    if models:
        parts.append(figure(FIGURE, front_figure.ALT, front_figure.CAPTION))
        for title, section in _SECTIONS.items():
            parts += [f"## {title}", section(models)]
    for chapter in more:
        parts += [f"## {chapter.title}", chapter.text]
    for title, key in (("Data", "dataset"), ("Environment", "environment")):
        if models or pages or any(run.get(key) for run in runs.values()):
            parts += [f"## {title}", settings_report.facts_tables(runs, key)]
    parts += ["## How to reproduce", _reproduce(runs)]
    parts += _cut_short(runs, incomplete(records))
    return "\n\n".join(parts) + "\n"


def runs_used(records: list[Record], models: Models, more: list[Chapter]) -> dict[str, Record]:
    """Return what is reported, such as a model or the ladder of one, with the run it is from."""
    by_id = {record["run"]: record for record in records if record["kind"] == "run"}
    used = {model: of_model.run for model, of_model in models.items()}
    for model, of_model in models.items():
        used |= {f"{model}, accuracy": run for run in of_model.also}
    for chapter in more:
        used |= {what: by_id[run] for what, run in chapter.runs.items()}
    return used


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
        return f"**{NOT_EQUAL}**: {advice.where_parted(records)}."
    criteria = " and ".join(dict.fromkeys(escape(p["criterion"]) for p in records.parity))
    steps = min(p["steps"] for p in records.parity)
    epochs = min(p["epochs"] for p in records.parity)
    engines = ", ".join(escape(label) for label in equality_report.labels(records.parity))
    return (
        f"**EQUAL** ({criteria}) over {counted(steps, 'step')} and {counted(epochs, 'epoch')} "
        f"(engines: {engines})."
    )


def _both_accuracies(records: ModelRecords) -> str:
    if not records.accuracy:
        return "Test accuracy not measured."
    record = _of_initializer(records, DEFAULT_INITIALIZER) or records.accuracy[0]
    trained = counted(record["epochs"], "epoch")
    text = (
        f"Test accuracy {percent(record['raw'].get('accuracy'))} raw, "
        f"{percent(record['keras'].get('accuracy'))} Keras, after {trained} from "
        f"{escape(scalar(record['config'].get('initializer')))}."
    )
    if record["max_ulp"] == 0:
        return text
    return f"{text} Their weights end {ulps(record['max_ulp'])} ULP apart."


def _no_speed(records: ModelRecords) -> str:
    why = "are not equal" if records.equal is False else "were not proved equal"
    return f"No ratio is given: programs that {why} are not compared in speed."


def _speed(records: ModelRecords) -> list[str]:
    ratio = records.ratio("raw step")
    if ratio is None:
        return ["Speed of the raw `step` engine not measured."]
    size = interval(ratio["ratio"], ratio.get("low"), ratio.get("high"))
    return [f"Raw `step` is {size} times as fast as Keras `fit`.", *two_prices.sentences(records)]


# The sections


def _equal(models: Models) -> str:
    parts = [equality_report.parity_table(models)]
    exact = dict.fromkeys(e for m in models.values() for p in m.parity for e in p.get("exact", []))
    if exact:
        parts.append(f"Exact mode set: {'; '.join(escape(str(e)) for e in exact)}.")
    return "\n\n".join(parts)


def _accuracy(models: Models) -> str:
    gaps = [text for model, of_model in models.items() if (text := _gap(model, of_model))]
    if not gaps:
        return equality_report.accuracy_table(models)
    text = (
        f"What a default hides: Keras starts from {DEFAULT_INITIALIZER} unless told otherwise, "
        f"the workshop's own code from {WORKSHOP_INITIALIZER}. Test accuracy of the first less "
        f"that of the second (Keras side, one training run each): {'; '.join(gaps)}."
    )
    return f"{equality_report.accuracy_table(models)}\n\n{text}"


def _gap(model: str, records: ModelRecords) -> str:
    """Return by how much the two initializers differ; nothing where one was not measured."""
    pair = [_of_initializer(records, i) for i in (DEFAULT_INITIALIZER, WORKSHOP_INITIALIZER)]
    accuracies = [record["keras"].get("accuracy") for record in pair if record]
    if len(accuracies) < 2 or None in accuracies:
        return ""
    return f"{escape(model)} {100 * (accuracies[0] - accuracies[1]):+.2f} percentage points"


def _of_initializer(records: ModelRecords, name: str) -> Record | None:
    return next((r for r in records.accuracy if r["config"].get("initializer") == name), None)


_SECTIONS: dict[str, Callable[[Models], str]] = {
    "Equal?": _equal,
    "Accuracy": _accuracy,
    "Throughput": throughput_report.section,
    "Settings": settings_report.settings_table,
}


# Where it ran


def _reproduce(runs: dict[str, Record]) -> str:
    commands = dict.fromkeys(_command(run) for run in runs.values())
    return "```sh\n" + "\n".join(commands) + "\n```"


def _command(run: Record) -> str:
    """Return the command of a run, without the folder that the program lies in."""
    text = " ".join(str(run.get("command") or "# not recorded").split())
    program, *rest = without_paths(text).replace("```", "'''").split(" ")
    return " ".join([program.removeprefix(".../"), *rest])


def _cut_short(used: dict[str, Record], runs: list[Record]) -> list[str]:
    """Return what became of each run that has no end."""
    lines = []
    for run in runs:
        what = [name for name, source in used.items() if source["run"] == run["run"]]
        said = f"used for what it had finished ({', '.join(map(escape, what))})"
        lines.append(f"Run {escape(run['run'])} was cut short: {said if what else 'not used'}.")
    return lines
