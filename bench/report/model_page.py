"""The page of one model: what to do and what it costs, what is its own, how both are equal."""

from collections.abc import Iterable, Sequence

from bench.explain.chapter import chapter, faults_text, summary
from bench.explain.concept import adds_to
from bench.explain.concepts import concepts_of
from bench.explain.form import Form
from bench.explain.places import Forms, anchor
from bench.records.reading import ModelRecords, Record
from bench.render.glossary import IN_THE_FOLDER_ABOVE, linked
from bench.render.markdown import NOT_MEASURED, escape
from bench.render.slugs import slug
from bench.render.svg import svg
from bench.report import advice, curves_figure, throughput_figure, two_prices
from bench.report import equality as equality_report
from bench.report.chapters import HIDDEN_PAGE, LOOPS, Chapter, figure
from bench.report.stages import stages_text
from bench.specs import MODELS, ModelSpec

OF_THE_PROOF = ("drift",)
"""The kinds of chapters that stand with the proof; all others come after the speed."""

NO_OUTCOMES = (
    "Confusion matrix and surest mistakes: not measured. This training was stored without them; "
    "a new `gvk bench` keeps them."
)


def page_name(model: str) -> str:
    """Return the file name of a model's page."""
    return f"model-{slug(model)}.md"


def form_of(records: ModelRecords | None) -> Form:
    """Return which code by hand a model's page reports on: that of its timing, or of its proof."""
    if records is None:
        return Form()
    reported = [*filter(None, [records.throughput]), *records.parity, *records.accuracy]
    return Form.of(next((r["config"] for r in reported if r.get("config")), {}))


def page(
    model: str,
    records: ModelRecords | None,
    more: Sequence[Chapter],
    faults: Sequence[Record],
    ladder: Record | None,
    forms: Forms,
) -> dict[str, bytes]:
    """Return the page of a model and its figures, by file name.

    Args:
        model: its name.
        records: what is known of its equality, accuracy and speed.
        more: the chapters on what else was measured of it.
        faults: the records of the faults that were planted in it.
        ladder: its record, for the advice.
        forms: of every model that has a page, which code by hand it reports on.
    """
    files = {name: content for each in more for name, content in each.figures.items()}
    spec = MODELS.get(model)
    parts = [f"# {escape(model)}, by hand and in Keras"]
    parts += [_what_it_is(spec, forms)] if spec else []
    said = [*answers(model, records, ladder), *(each.short for each in more if each.short)]
    parts += ["\n".join(f"- {line}" for line in said)]
    if records and records.throughput:
        parts += ["## How fast each way is", _speed(model, records, files)]
    if spec:
        parts += ["## What Keras hides", _hidden(spec, forms, more)]
        parts += ["## What can go wrong", faults_text(spec, {f["fault"]: f for f in faults})]
    if records:
        parts += ["## How one can tell that the two are equal", _equal(model, records, files)]
    parts += _shown(each for each in more if each.kind in OF_THE_PROOF)
    if records and records.accuracy:
        parts += ["## What it learned", _learned(model, records, files)]
    parts += _shown(each for each in more if each.kind not in OF_THE_PROOF)
    parts += ["[The whole report](report.md) has settings, data, environment and commands."]
    text = linked("\n\n".join(parts) + "\n", IN_THE_FOLDER_ABOVE)
    return files | {page_name(model): text.encode()}


def _what_it_is(spec: ModelSpec, forms: Forms) -> str:
    """Return what a model is, in a sentence; one that adds to another names it."""
    said = escape(spec.summary)
    first = adds_to(spec.name)
    named = f"[{escape(first)}]({page_name(first)})" if first in forms else escape(first)
    said = said.replace("the same", f"the same as {named}", 1)
    return f"{said[0].upper()}{said[1:]}: `{spec.layers}`."


def _hidden(spec: ModelSpec, forms: Forms, more: Sequence[Chapter]) -> str:
    """Return what a model hides that no page before it has."""
    drift = next((each.title for each in more if each.kind == "drift"), None)
    if drift:
        far = f"How far it drifts: [{drift}](#{anchor(drift)})."
    else:
        far = f"How far it drifts is not measured here: `gvk explain {spec.name} --run`."
    said = (
        f"What is shown here is this model's own; [What Keras hides]({HIDDEN_PAGE}) has what all "
        f"models share. It is the code that ran: {forms[spec.name].words}."
    )
    return f"{said}\n\n{chapter(spec, forms, _file_of, far)}"


def _file_of(model: str) -> str:
    return page_name(model) if model else HIDDEN_PAGE


def answers(model: str, records: ModelRecords | None, ladder: Record | None) -> list[str]:
    """Return what a reader came for, in four lines: what to do, cost, equal, hidden."""
    lines = [f"**What to do:** {advice.what_to_do(records, ladder)}"]
    lines.append(f"**The cost:** {advice.cost_in_words(records)}")
    lines.append(f"**Equal?** {advice.equal_in_words(records)}")
    if spec := MODELS.get(model):
        lines.append(f"**Hidden:** {summary(concepts_of(spec, form_of(records)))}")
    return lines


def _shown(chapters: Iterable[Chapter]) -> list[str]:
    return [part for each in chapters for part in (f"## {each.title}", each.text)]


def _equal(model: str, records: ModelRecords, files: dict[str, bytes]) -> str:
    """Return how whole trainings went on both sides, then what was compared of them."""
    parts = []
    if records.accuracy:
        file = f"curves-{slug(model)}.svg"
        files[file] = svg(curves_figure.curves, records)
        parts += [figure(file, curves_figure.ALT, curves_figure.CAPTION)]
    if records.parity:
        parts.append(stages_text(records.parity))
    return "\n\n".join(parts) or NOT_MEASURED


def _learned(model: str, records: ModelRecords, files: dict[str, bytes]) -> str:
    from bench.report import outcomes_figure  # NumPy comes with it

    record = next((r for r in records.accuracy if r.get("outcomes")), None)
    parts = [equality_report.accuracy_table({model: records})]
    if record is None:
        return "\n\n".join([*parts, NO_OUTCOMES])
    file = f"outcomes-{slug(model)}.svg"
    files[file] = svg(outcomes_figure.outcomes, record)
    parts.append(figure(file, outcomes_figure.ALT, outcomes_figure.caption(record)))
    parts.append(escape(outcomes_figure.most_confused(record)))
    if record["outcomes"]["kernel"]:
        file = f"weights-{slug(model)}.svg"
        files[file] = svg(outcomes_figure.kernels, record)
        parts.append(figure(file, outcomes_figure.KERNEL_ALT, outcomes_figure.KERNEL_CAPTION))
    return "\n\n".join(parts)


def _speed(model: str, records: ModelRecords, files: dict[str, bytes]) -> str:
    from bench.report.speed import epoch_in_words, training_table

    file = f"throughput-{slug(model)}.svg"
    files[file] = svg(throughput_figure.throughput, model, records)
    shown = figure(file, throughput_figure.ALT, throughput_figure.CAPTION)
    said = f"Here {epoch_in_words(records.throughput)}." if records.throughput else ""
    prices = " ".join(two_prices.sentences(records))
    loops = f"[Whose loops these are]({HIDDEN_PAGE}#{anchor(LOOPS)})."
    parts = [prices, shown, training_table({model: records}), f"{said} {loops}".strip()]
    return "\n\n".join(part for part in parts if part)
