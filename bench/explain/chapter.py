"""The explanation of a model as Markdown: Keras's lines and those by hand, side by side."""

from collections.abc import Mapping, Sequence

from bench.explain.concept import Concept
from bench.explain.concepts import concepts_of, totals
from bench.explain.excerpts import Excerpt, Size, size, source
from bench.faults.words import FAULTS, baseline, listed, told
from bench.records.reading import Record
from bench.render.markdown import count, counted, escape, table
from bench.specs import ModelSpec

NOT_RUN = "not run here: `gvk explain {model} --run` plants it"


def chapter(spec: ModelSpec, faults: Mapping[str, Record]) -> str:
    """Return every concept of a model, and the table that counts them.

    Args:
        spec: of the model.
        faults: the records of the faults that were planted, by name.
    """
    concepts = concepts_of(spec)
    parts = [summary(concepts), counts_table(concepts)]
    parts += [f"**Planted faults.** {escape(baseline(f))}" for f in list(faults.values())[:1]]
    parts += [concept_text(concept, spec, faults) for concept in concepts]
    return "\n\n".join(parts)


def summary(concepts: Sequence[Concept]) -> str:
    """Return how much code stands on either side, in a sentence."""
    keras, raw = totals(list(concepts))
    return (
        f"{_words(keras)} in Keras stand for {_words(raw)} by hand, each line counted once; "
        "TensorFlow's own code is on neither side."
    )


def _words(code: Size) -> str:
    return f"{counted(code.lines, 'line')} with {counted(code.calls, 'call')}"


def counts_table(concepts: Sequence[Concept]) -> str:
    """Return a row for each concept: lines and calls on either side."""
    rows = []
    for concept in concepts:
        keras, raw = size(concept.keras), size(concept.raw)
        numbers = (keras.lines, keras.calls, raw.lines, raw.calls)
        rows.append([concept.name, *(count(n) for n in numbers)])
    columns = ("Concept", "Keras, lines", "calls", "By hand, lines", "calls")
    return table(columns, rows, "lrrrr")


def concept_text(concept: Concept, spec: ModelSpec, faults: Mapping[str, Record]) -> str:
    """Return one concept: its formula, both codes, what is hidden, what can go wrong."""
    named = listed(concept.faults, spec, faults)
    wrong = "\n".join(f"- {fault_words(name, spec, faults)}" for name in named)
    parts = [
        f"### {escape(concept.name[0].upper() + concept.name[1:])}",
        f"`{concept.formula}`",
        _side_by_side(concept),
        f"**Hidden.** {escape(concept.hidden)}",
        *(["**What can go wrong.**", wrong] if wrong else []),
    ]
    return "\n\n".join(parts)


def fault_words(name: str, spec: ModelSpec, faults: Mapping[str, Record]) -> str:
    """Return what a planted fault did to a model, or that it was not run."""
    if name in faults:
        return escape(told(faults[name])) + "."
    return f"{escape(FAULTS[name])}: {NOT_RUN.format(model=spec.name)}."


def _side_by_side(concept: Concept) -> str:
    """Return a table of two cells, a block of code in each: GitHub lets both scroll."""
    keras = _code(concept.keras) if concept.keras else escape(concept.no_line)
    return (
        "<table>\n<tr><th>Keras</th><th>By hand</th></tr>\n"
        f'<tr valign="top"><td>\n\n{keras}\n\n</td><td>\n\n{_code(concept.raw)}\n\n</td></tr>\n'
        "</table>"
    )


def _code(excerpts: Sequence[Excerpt]) -> str:
    text = "\n\n".join(f"# {each.place}\n{source(each)}" for each in excerpts)
    return f"```python\n{text}\n```"
