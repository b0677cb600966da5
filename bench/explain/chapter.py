"""The explanation of a model as Markdown: Keras's lines, and beneath them those by hand."""

from collections.abc import Callable, Mapping, Sequence

from bench.explain.concept import Concept
from bench.explain.concepts import concepts_of, shared_concepts, totals
from bench.explain.excerpts import Excerpt, Size, source
from bench.explain.form import Form
from bench.explain.places import SHARED_PAGE, anchor, elsewhere, form_of_all, own
from bench.faults.words import FAULTS, told
from bench.records.reading import Record
from bench.render.markdown import count, counted, escape, folded, markdown_table
from bench.specs import ModelSpec

NOT_RUN = "not run here: `gvk explain {model} --run` plants it"
SHARED_TITLE, ABOVE = "What Keras hides", "above"
WRITTEN_OUT = "Written out by hand, which did not run here"
NOT_RUN_CODE = (
    "The same with nothing left to TensorFlow but its arithmetic: each operation as its formula, "
    "gradients by the chain rule. What this report proved and timed did not run it."
)
COLUMNS = ("Concept", "Keras, lines", "calls", "By hand, lines", "calls", "Stands")
Link = Callable[[str], str]
"""From the name of a model, or of no model for what all share, to the file of its page."""
Places = Mapping[Excerpt, str]
"""Code that is not shown again, and in words where it stands."""


def chapter(spec: ModelSpec, forms: Mapping[str, Form], link: Link, drift: str) -> str:
    """Return what no earlier page has of a model, and where the rest stands.

    Args:
        spec: of the model.
        forms: of each model that has a page, what its run went through.
        link: to the page of each.
        drift: how far what is written out drifts, in a sentence.
    """
    before = elsewhere(spec.name, forms)
    concepts = concepts_of(spec, forms[spec.name])
    places = {e: f"on the page {page or SHARED_TITLE}" for e, page in before.items()}
    shown = [concept for concept in concepts if own(concept, before)]
    return "\n\n".join([_counts_table(concepts, before, link), *_told(shown, places, drift)])


def shared_chapter(forms: Mapping[str, Form], drift: str) -> str:
    """Return what Keras hides of every model alike, and what can go wrong there."""
    concepts = shared_concepts(form_of_all(forms))
    texts = _told(concepts, {}, drift)
    wrong = [_what_can_go_wrong(concept) for concept in concepts]
    told = [part for both in zip(texts, wrong, strict=True) for part in both]
    return "\n\n".join([_shared_table(concepts), *told])


def summary(concepts: Sequence[Concept]) -> str:
    """Return how much code stands on either side, in a sentence."""
    keras, raw = totals(list(concepts))
    return (
        f"{_words(keras)} in Keras stand for {_words(raw)} by hand, each line counted once; "
        "TensorFlow's own code is on neither side."
    )


def _words(code: Size) -> str:
    return f"{counted(code.lines, 'line')} with {counted(code.calls, 'call')}"


def _counts_table(concepts: Sequence[Concept], before: Places, link: Link) -> str:
    """Return a row for each concept of a model, one for what all models share, and one for all."""
    rows = []
    shared = [concept for concept in concepts if _is_shared(concept, before)]
    for concept in concepts:
        if concept in shared:
            continue
        heading = f"#{anchor(concept.name)}"
        stands = f"[below]({heading})"
        if not own(concept, before):
            pages = dict.fromkeys(before[excerpt] for excerpt in concept.raw)
            stands = ", ".join(f"[{escape(page)}]({link(page)}{heading})" for page in pages)
        rows.append([escape(concept.name), *_sizes([concept]), stands])
    rows.append(
        ["what all models share", *_sizes(shared), f"[{SHARED_TITLE}]({link(SHARED_PAGE)})"]
    )
    rows.append(["together", *_sizes(concepts), ""])
    return markdown_table(COLUMNS, rows, "lrrrrl")


def _is_shared(concept: Concept, before: Places) -> bool:
    return all(before.get(excerpt) == SHARED_PAGE for excerpt in concept.raw)


def _shared_table(concepts: Sequence[Concept]) -> str:
    """Return a row for each concept that all models share."""
    rows = [[escape(c.name), *_sizes([c]), f"[below](#{anchor(c.name)})"] for c in concepts]
    return markdown_table(COLUMNS, rows, "lrrrrl")


def _sizes(concepts: Sequence[Concept]) -> list[str]:
    return [count(n) for code in totals(list(concepts)) for n in (code.lines, code.calls)]


def _told(concepts: Sequence[Concept], places: Places, drift: str) -> list[str]:
    """Return each concept; code that one has shown is not shown by those after it."""
    texts, seen = [], dict(places)
    for concept in concepts:
        texts.append(_concept_text(concept, seen, drift))
        for excerpt in (*concept.keras, *concept.raw, *concept.written_out):
            seen.setdefault(excerpt, ABOVE)
    return texts


def _concept_text(concept: Concept, places: Places, drift: str) -> str:
    """Return one concept: its formula, both codes, what is hidden, and what did not run."""
    keras = _code(concept.keras, places) if concept.keras else escape(concept.no_line)
    parts = [f"### {escape(concept.name[0].upper() + concept.name[1:])}", f"`{concept.formula}`"]
    parts += ["In Keras:", keras, "By hand:", _code(concept.raw, places)]
    parts += [f"**Hidden.** {escape(concept.hidden)}"]
    if left := tuple(excerpt for excerpt in concept.written_out if excerpt not in places):
        parts.append(folded(WRITTEN_OUT, f"{NOT_RUN_CODE} {drift}\n\n{_code(left, places)}"))
    return "\n\n".join(parts)


def _code(excerpts: Sequence[Excerpt], places: Places) -> str:
    """Return a block of code, what stands elsewhere named in a line."""
    shown = [
        f"# {e.place}: {places[e]}" if e in places else f"# {e.place}\n{source(e)}"
        for e in excerpts
    ]
    text = "\n\n".join(shown)
    return f"```python\n{text}\n```"


def _what_can_go_wrong(concept: Concept) -> str:
    wrong = "; ".join(escape(FAULTS[name]) for name in concept.faults)
    return f"**What can go wrong.** {wrong[0].upper()}{wrong[1:]}."


def faults_text(spec: ModelSpec, faults: Mapping[str, Record]) -> str:
    """Return a line for each fault that a model can have, and what came of it.

    Args:
        spec: of the model.
        faults: the records of the faults that were planted, by name.
    """
    return "\n".join(
        f"- {escape(concept.name)}: {fault_words(name, spec, faults)}"
        for concept in concepts_of(spec)
        for name in concept.faults
    )


def fault_words(name: str, spec: ModelSpec, faults: Mapping[str, Record]) -> str:
    """Return what a planted fault did to a model, or that it was not run."""
    if name in faults:
        return escape(told(faults[name])) + "."
    return f"{escape(FAULTS[name])}: {NOT_RUN.format(model=spec.name)}."
