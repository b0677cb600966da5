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
from bench.render.glossary import IN_THE_FOLDER_ABOVE, WORKSHOP, linked
from bench.render.markdown import NOT_MEASURED, escape, folded, without_paths
from bench.render.slugs import slug
from bench.render.svg import svg
from bench.report import equality as equality_report
from bench.report import front_figure
from bench.report import settings as settings_report
from bench.report import speed as throughput_report
from bench.report.chapters import HIDDEN_PAGE, Chapter, chapters, dials_of, figure, model_chapters
from bench.report.first_screen import first_screen
from bench.report.hidden_page import hidden_page
from bench.report.model_page import form_of, page, page_name

Models = dict[str, ModelRecords]

INTRODUCTION = (
    f"Each model of a [workshop on TensorFlow and Keras]({WORKSHOP}) is written twice, by hand in "
    "TensorFlow (raw) and in Keras layers. Both are first shown to be the same program, tensor by "
    "tensor and step by step, and only then timed."
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
    first = [INTRODUCTION] if pages_of else []
    first += first_screen(models, ladders) if models else []
    first += ["\n".join(f"- {escape(m)}: {said}" for m, said in dials_of(records).items())]
    first += [_ways_in(pages_of, models)] if pages_of else []
    first = [part for part in first if part]
    text = render(folder.resolve().name, first, models, more, runs, incomplete(records))
    return files | {REPORT: linked(text, IN_THE_FOLDER_ABOVE).encode()}


def render(
    name: str,
    first: list[str],
    models: Models,
    more: list[Chapter],
    runs: dict[str, Record],
    cut_short: list[Record],
) -> str:
    """Return the Markdown of a report; the pages of its models are files of their own.

    Args:
        name: of the report.
        first: what stands on the first screen, below the title.
        models: what is known of each.
        more: chapters that are not of one model.
        runs: what is reported, and the run that it is from.
        cut_short: the records of runs that have no end.
    """
    parts = [f"# By hand and in Keras: {escape(name)}", *first]
    if models:
        parts.append(figure(FIGURE, front_figure.ALT, front_figure.CAPTION))
        for title, section in _SECTIONS.items():
            parts += [f"## {title}", section(models)]
    for chapter in more:
        parts += [f"## {chapter.title}", chapter.text]
    for title, key in (("Data", "dataset"), ("Environment", "environment")):
        if first or any(run.get(key) for run in runs.values()):
            tables = settings_report.facts_tables(runs, key)
            parts += [f"## {title}", folded(f"{title} of every run", tables)]
    parts += ["## How to reproduce", folded("The command of every run", _reproduce(runs))]
    parts += _unended(runs, cut_short)
    return "\n\n".join(parts) + "\n"


def _ways_in(pages_of: list[str], models: Models) -> str:
    """Return the way to the page that all models share, and to those that no row leads to."""
    alone = [f"[{slug(m)}]({page_name(m)})" for m in pages_of if m not in models]
    said = f"A model's name leads to its page; [What Keras hides]({HIDDEN_PAGE}) is for all models"
    return f"{said}. More pages: {', '.join(alone)}." if alone else f"{said}."


def runs_used(records: list[Record], models: Models, more: list[Chapter]) -> dict[str, Record]:
    """Return what is reported, such as a model or the ladder of one, with the run it is from."""
    by_id = {record["run"]: record for record in records if record["kind"] == "run"}
    used = {model: of_model.run for model, of_model in models.items()}
    for model, of_model in models.items():
        own = [*of_model.also, *(by_id[trained["run"]] for trained in of_model.accuracy)]
        used |= {f"accuracy {model}": run for run in own if run["run"] != of_model.run["run"]}
    for chapter in more:
        used |= {what: by_id[run] for what, run in chapter.runs.items()}
    return used


# The sections


def _equal(models: Models) -> str:
    if not any(records.parity for records in models.values()):
        return NOT_MEASURED
    parts = [equality_report.parity_table(models)]
    exact = dict.fromkeys(e for m in models.values() for p in m.parity for e in p.get("exact", []))
    if exact:
        parts += ["Exact mode set:", "\n".join(f"- {escape(str(line))}" for line in exact)]
    table = folded("Every pair, and what exact mode set", "\n\n".join(parts))
    return f"{equality_report.in_short(models)}\n\n{table}"


def _accuracy(models: Models) -> str:
    gaps = [text for model, of_model in models.items() if (text := _gap(model, of_model))]
    table = folded("Every training", equality_report.accuracy_table(models))
    if not gaps:
        return table
    text = (
        f"What a default hides: Keras starts from {DEFAULT_INITIALIZER} unless told otherwise, "
        f"the workshop's own code from {WORKSHOP_INITIALIZER}. Test accuracy of the first less "
        f"that of the second (Keras side, one training run each): {'; '.join(gaps)}."
    )
    return f"{text}\n\n{table}"


def _settings(models: Models) -> str:
    return folded("Every dial", settings_report.settings_table(models))


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
    "Settings": _settings,
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


def _unended(used: dict[str, Record], runs: list[Record]) -> list[str]:
    """Return what became of each run that has no end."""
    lines = []
    for run in runs:
        what = [name for name, source in used.items() if source["run"] == run["run"]]
        said = f"used for what it had finished ({', '.join(map(escape, what))})"
        lines.append(f"Run {escape(run['run'])} was cut short: {said if what else 'not used'}.")
    return lines
