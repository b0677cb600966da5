"""Every concept of a model, in the order in which a program meets them; those that all share."""

from collections.abc import Iterable, Sequence

from bench.explain import building, learning, running
from bench.explain.concept import Concept
from bench.explain.excerpts import Excerpt, Size, size, source
from bench.explain.form import Form
from bench.specs import MODELS, ModelSpec

SHARED = (
    building.initialisation,
    learning.loss,
    learning.gradient,
    learning.optimizer,
    learning.metrics,
    running.batching,
    running.loop,
    running.prediction,
    running.saving,
)
"""What the code of a model does not decide: it is told once for all of them."""
DEFAULT = Form()


def concepts_of(spec: ModelSpec, form: Form = DEFAULT) -> list[Concept]:
    """Return what Keras hides of a model, with the code of a run of that form."""
    makers = [building.forward]
    makers += [building.convolution] if spec.filters else []
    makers += [building.activation]
    makers += [building.dropout] if spec.dropout_rate else []
    makers += [building.batch_norm] if spec.batch_norm else []
    return [make(spec, form) for make in (SHARED[0], *makers, *SHARED[1:])]


def shared_concepts(form: Form = DEFAULT) -> list[Concept]:
    """Return what Keras hides of every model alike."""
    return [_merged([make(spec, form) for spec in MODELS.values()]) for make in SHARED]


def _merged(each: Sequence[Concept]) -> Concept:
    """Return the same concept of several models as one: what any of them has, once."""
    return Concept(
        name=each[0].name,
        formula="; or ".join(dict.fromkeys(concept.formula for concept in each)),
        hidden=each[0].hidden,
        keras=_once(e for concept in each for e in concept.keras),
        raw=_once(e for concept in each for e in concept.raw),
        written_out=_once(e for concept in each for e in concept.written_out),
        no_line=each[0].no_line,
        faults=tuple(dict.fromkeys(fault for concept in each for fault in concept.faults)),
    )


def _once(excerpts: Iterable[Excerpt]) -> tuple[Excerpt, ...]:
    """Return excerpts without those whose code an earlier one has too, word for word."""
    found: dict[str, Excerpt] = {}
    for excerpt in excerpts:
        found.setdefault(source(excerpt), excerpt)
    return tuple(found.values())


def totals(concepts: list[Concept]) -> tuple[Size, Size]:
    """Return how much code all concepts are in Keras and by hand, no line counted twice.

    What is written out beside the code that ran is on neither side.
    """
    keras = [excerpt for concept in concepts for excerpt in concept.keras]
    raw = [excerpt for concept in concepts for excerpt in concept.raw]
    return size(keras), size(raw)
